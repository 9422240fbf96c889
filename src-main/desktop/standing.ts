// How things stand in the open workspace, as far as the icon beside the clock, closing and quitting are concerned.
import type { Answer, MachineEvent, RunnerStatus, Topic, WorkspaceInfo } from '../../shared/api.ts';
import type { Clock } from '../clock.ts';

/** `none`: no workspace is open. `down`: the machine does not answer. */
export type Standing = { kind: 'none' } | { kind: 'down' } | { kind: 'open'; workspace: WorkspaceInfo; status: RunnerStatus };

/** How many flows would stand still if the program ended now. What a person has stopped already does not count. */
export function flowsRunning(standing: Standing): number {
  return standing.kind === 'open' && standing.status.running && standing.status.stopped === null ? flowsLive(standing) : 0;
}

/** How many flows are live in the open workspace, whether they move at present or not. Those of the sample reach nobody. */
export function flowsLive(standing: Standing): number {
  return standing.kind === 'open' && !standing.workspace.isSample ? standing.status.liveFlows : 0;
}

type Call = (method: string, input: unknown) => Promise<Answer>;

/** Asks the machine. Never throws: what does not answer is down. */
export async function readStanding(call: Call): Promise<Standing> {
  const workspace = await call('workspace.current', {});
  if (!('value' in workspace)) return { kind: 'down' };
  if (workspace.value === null) return { kind: 'none' };
  const status = await call('runner.status', {});
  if ('value' in status) return { kind: 'open', workspace: workspace.value as WorkspaceInfo, status: status.value as RunnerStatus };
  // It was closed between the two questions.
  return 'problems' in status && status.problems.some(({ code }) => code === 'no-workspace') ? { kind: 'none' } : { kind: 'down' };
}

/** What changes any of it. */
const TOPICS: readonly Topic[] = ['workspace', 'runner', 'flows', 'settings'];

/** While flows run they tell of changes several times a second; a menu that is hardly ever looked at needs fewer. */
const PAUSE_MS = 1000;
/** After a quiet time it looks almost at once: several changes often come together. */
const SOON_MS = 50;

export type StandingWatch = {
  /** For every event of the machine: reads again soon where it matters. */
  hear(event: MachineEvent): void;
  /** Reads at once; answers what was found. */
  read(): Promise<Standing>;
  /** As it was read last. */
  current(): Standing;
  end(): void;
};

/** Keeps the standing up to date. `changed` is called after each reading, with what was read before. Without events it does nothing. */
export function watchStanding(clock: Clock, call: Call, changed: (now: Standing, before: Standing) => void): StandingWatch {
  let standing: Standing = { kind: 'none' };
  let cancel: (() => void) | null = null;
  let reading = 0;
  let readAt = 0;
  let isEnded = false;

  async function read(): Promise<Standing> {
    const mine = ++reading;
    readAt = clock.now();
    const found = await readStanding(call);
    // A later question knows better.
    if (mine !== reading || isEnded) return standing;
    const before = standing;
    standing = found;
    changed(found, before);
    return found;
  }

  return {
    hear(event) {
      if (isEnded || event.type !== 'changed' || !event.topics.some((topic) => TOPICS.includes(topic))) return;
      // A clock that was set back must not make it wait.
      const sinceRead = Math.abs(clock.now() - readAt);
      cancel ??= clock.after(Math.max(SOON_MS, PAUSE_MS - sinceRead), () => {
        cancel = null;
        void read();
      });
    },
    read,
    current: () => standing,
    end() {
      isEnded = true;
      cancel?.();
    },
  };
}
