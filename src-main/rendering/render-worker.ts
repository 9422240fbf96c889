// The rendering thread. It has no files, no network and no database at hand, and may be killed at any time: what it is asked
// to render was written by others. It tells how far it is through shared memory, so that whoever waits sees where it hangs.
import { parentPort } from 'node:worker_threads';
import type { Rendered, WorkerAnswer, WorkerRequest } from './job.ts';
import { renderFor } from './template.ts';

const port = parentPort;
if (port === null) throw new Error('The rendering thread was started as a program');

port.on('message', (request: WorkerRequest) => {
  void answer(request);
});

async function answer({ id, job, from, progress }: WorkerRequest): Promise<void> {
  const at = new Int32Array(progress);
  const rendered: Rendered[] = [];
  for (let index = from; index < job.readers.length; index++) {
    Atomics.store(at, 0, index);
    try {
      rendered.push(await renderFor(job, job.readers[index]!));
    } catch (error) {
      rendered.push({ failure: 'template', detail: error instanceof Error ? error.message.slice(0, 200) : 'unknown' });
    }
  }
  const answered: WorkerAnswer = { id, from, rendered };
  port!.postMessage(answered);
}
