// The simulating thread: one for each simulation, so that the machine goes on meanwhile and a simulation can be stopped at any
// moment by ending its thread. It reads the workspace file once, and then works on its copy.
import { parentPort, workerData } from 'node:worker_threads';
import { ProblemError } from '../../shared/problem.ts';
import { isOutOfRoom, readImage, type Image } from '../store/simulation-copy.ts';
import { backtest } from './backtest.ts';
import { cover } from './cover.ts';
import type { JobMessage, JobRequest } from './job.ts';
import { previewPublish } from './preview-publish.ts';
import { runChecks } from './run-checks.ts';
import { simulate } from './simulate.ts';
import { tryContact } from './try.ts';
import { why } from './why.ts';

const port = parentPort;
if (port === null) throw new Error('The simulating thread was started as a program');

const post = (message: JobMessage) => port.postMessage(message);

async function perform(request: JobRequest): Promise<unknown> {
  try {
    return await performOn(await readImage(request.source), request);
  } catch (error) {
    // It has outgrown memory while it ran: the same once more in a file, with the same answer.
    if (!isOutOfRoom(error) || 'image' in request.source) throw error;
    return performOn(await readImage(request.source, true), request);
  }
}

async function performOn(image: Image, request: JobRequest): Promise<unknown> {
  const tell = (progress: Extract<JobMessage, { progress: unknown }>['progress']) => post({ progress });
  switch (request.name) {
    case 'simulate':
      return simulate(image, request.now, request.asked, tell);
    case 'backtest':
      return backtest(image, request.now, request.asked, tell);
    case 'cover':
      return cover(image, request.now, request.asked, tell);
    case 'try':
      return tryContact(image, request.now, request.asked, tell);
    case 'check':
      return runChecks(image, request.now, request.asked, tell);
    case 'why':
      return why(image, request.now, request.asked);
    case 'previewPublish':
      return previewPublish(image, request.now, request.asked, tell);
  }
}

try {
  post({ answer: await perform(workerData as JobRequest) });
} catch (error) {
  if (error instanceof ProblemError) post({ problems: error.problems });
  else post({ bug: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}
