// The rendering thread. It has no files, no network and no database at hand, and may be killed at any time: what it is asked
// to render was written by others. It tells how far it is through shared memory, so that whoever waits sees where it hangs.
import { parentPort } from 'node:worker_threads';
import type { Rendered, RenderJob, WorkerAnswer, WorkerRequest } from './job.ts';
import { renderFor } from './template.ts';

/** A message that exceeds its limits for so many readers of a job does so for all: each of them would cost a second. */
const MOST_EXCESSES = 3;

const port = parentPort;
if (port === null) throw new Error('The rendering thread was started as a program');

port.on('message', answer);

function answer({ id, job, from, progress }: WorkerRequest): void {
  const at = new Int32Array(progress);
  const rendered: Rendered[] = [];
  let excesses = 0;
  let excess: Rendered | null = null;
  for (let index = from; index < job.readers.length; index++) {
    Atomics.store(at, 0, index);
    const result: Rendered = excess !== null && excesses >= MOST_EXCESSES ? excess : resultFor(job, index);
    if ('failure' in result && /limit exceeded/.test(result.detail)) {
      excess = result;
      excesses++;
    }
    rendered.push(result);
  }
  const answered: WorkerAnswer = { id, from, rendered };
  // Given away rather than copied: what lies outside of the heap counts against a thread until it is looked through as a whole.
  port!.postMessage(answered, rendered.flatMap((each) => ('failure' in each || each.bytes === null ? [] : [each.bytes.eml.buffer, each.bytes.compressed.buffer])));
}

function resultFor(job: RenderJob, index: number): Rendered {
  try {
    return renderFor(job, job.readers[index]!);
  } catch (error) {
    return { failure: 'template', detail: error instanceof Error ? error.message.slice(0, 200) : 'unknown' };
  }
}
