// Starts and stops the simulating thread. A workspace has one simulation at a time: a new one stops the one before.
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { problem, ProblemError } from '../../shared/problem.ts';
import type { SimulationProgress } from '../../shared/simulation/simulation.ts';
import { say } from '../../shared/text.ts';
import { removeFolder, temporaryFolder } from '../imports/temporary.ts';
import { imageOf } from '../store/simulation-copy.ts';
import type { Workspace } from '../workspace.ts';
import type { JobMessage, JobName, JobRequest, Jobs } from './job.ts';

/** Beside this file, from source and when built: the host's build has `simulation-worker` as an entry of its own. */
const WORKER = new URL(import.meta.url.endsWith('.ts') ? './simulation-worker.ts' : './simulation-worker.js', import.meta.url);

export type Simulator = {
  /** Runs a job to its end. Throws a ProblemError when the job cannot be done, or when it was stopped. */
  run<Name extends JobName>(name: Name, asked: Jobs[Name]['asked']): Promise<Jobs[Name]['answer']>;
  /** Stops the simulation that runs, if one does. */
  stop(): Promise<void>;
};

/** `tell` hears how far it is. */
export function createSimulator(workspace: Workspace, tell: (progress: SimulationProgress) => void): Simulator {
  let running: { worker: Worker; stopped: boolean } | null = null;

  async function stop(): Promise<void> {
    const mine = running;
    if (mine === null) return;
    mine.stopped = true;
    await mine.worker.terminate();
  }

  async function run<Name extends JobName>(name: Name, asked: Jobs[Name]['asked']): Promise<Jobs[Name]['answer']> {
    void stop();
    const { file, db, clock } = workspace;
    const folder = temporaryFolder();
    const source = existsSync(file) ? { file, folder } : { image: imageOf(db) };
    const request = { name, asked, source, now: clock.now() } as JobRequest;
    const job = (running = { worker: new Worker(WORKER, { workerData: request, env: {} }), stopped: false });
    try {
      return await new Promise((resolve, reject) => {
        job.worker.on('message', (message: JobMessage) => {
          // A workspace that was closed meanwhile has nobody who wants to know.
          if (!db.open) void stop();
          else if ('progress' in message) tell(message.progress);
          else if ('answer' in message) resolve(message.answer as Jobs[Name]['answer']);
          else if ('problems' in message) reject(new ProblemError(...message.problems));
          else reject(new Error(message.bug));
        });
        job.worker.once('error', reject);
        job.worker.once('exit', () => reject(job.stopped ? new ProblemError(problem('simulation-stopped', say('The simulation was stopped.'))) : new Error('The simulating thread ended without an answer')));
      });
    } finally {
      if (running === job) running = null;
      await job.worker.terminate();
      removeFolder(folder);
    }
  }

  return { run, stop };
}
