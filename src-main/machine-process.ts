// Watches over the process in which the machine runs: hands it calls, and starts it again when it dies (FAULTS F48).
import type { Answer, MachineEvent, Topic } from '../shared/api.ts';
import { problem } from '../shared/problem.ts';
import { say } from '../shared/text.ts';
import type { Clock } from './clock.ts';

/** What the machine's process needs to begin. Secrets come along, because only the window's process can decrypt them. */
export type MachineStart = { dataFolder: string; documentsFolder: string; secrets: Record<string, string> };

export type ToMachine =
  { kind: 'start'; start: MachineStart } | { kind: 'call'; id: number; method: unknown; input: unknown } | { kind: 'wake' } | { kind: 'close' };
export type FromMachine =
  | { kind: 'answer'; id: number; answer: Answer }
  | { kind: 'event'; event: MachineEvent }
  | { kind: 'secret'; key: string; secret: string | null };

/** A process, however the host makes one. */
export type MachineChild = {
  post(message: ToMachine): void;
  onMessage(listener: (message: FromMachine) => void): void;
  onExit(listener: (code: number | null) => void): void;
  kill(): void;
};

export type MachineOptions = {
  fork(): MachineChild;
  start(): MachineStart;
  clock: Clock;
  log: (message: string, error: unknown) => void;
  tell(event: MachineEvent): void;
  /** A password to keep (`null`: to forget), so that it is known at the next start. */
  keep(key: string, secret: string | null): void;
};

export type Machine = {
  call(method: unknown, input: unknown): Promise<Answer>;
  /** The computer may have slept: the machine looks at its clock at once. A hint, which may be missing or doubled (FAULTS F15). */
  wake(): void;
  /** Lets the machine finish and close its file; ends it by force after some seconds. */
  close(): Promise<void>;
};

const MOST_DEATHS = 3;
const WITHIN_MS = 60_000;
const FIRST_PAUSE_MS = 200;
const LONGEST_FAREWELL_MS = 10_000;

const EVERYTHING: Topic[] = ['workspace', 'contacts', 'attributes', 'imports', 'flows', 'counts', 'messages', 'settings', 'runner'];

const RESTARTED: Answer = {
  problems: [
    problem(
      'machine-restarted',
      say(
        'The part of Kanal that works on your file stopped and was started again. What you asked for last may not have been done: look, then try again.',
      ),
    ),
  ],
};
const DOWN: Answer = {
  problems: [
    problem(
      'machine-down',
      say(
        'The part of Kanal that works on your file has stopped three times within a minute and stays stopped. Close Kanal and start it again; the log in its data folder says why.',
      ),
    ),
  ],
};

/** Starts the machine's process and keeps it alive: a pause before each new start, and no fourth start within a minute. */
export function superviseMachine(options: MachineOptions): Machine {
  const { clock } = options;
  const pending = new Map<number, { resolve: (answer: Answer) => void; method: unknown }>();
  const waiting: (() => void)[] = [];
  let deaths: number[] = [];
  let nextId = 1;
  let child: MachineChild | null = null;
  let state: 'running' | 'pausing' | 'down' | 'closing' = 'running';
  /** The file to open again after a death. */
  let workspaceFile: string | null = null;
  let gone: () => void = () => undefined;

  function begin(): void {
    const mine = options.fork();
    child = mine;
    state = 'running';
    mine.onMessage((message) => hear(message));
    mine.onExit((code) => {
      if (child === mine) died(code);
    });
    mine.post({ kind: 'start', start: options.start() });
    if (workspaceFile !== null) {
      const file = workspaceFile;
      void send('workspace.open', { file }).then(() => options.tell({ type: 'changed', topics: EVERYTHING }));
    }
    for (const go of waiting.splice(0)) go();
  }

  function hear(message: FromMachine): void {
    if (message.kind === 'event') return options.tell(message.event);
    if (message.kind === 'secret') return options.keep(message.key, message.secret);
    const asked = pending.get(message.id);
    pending.delete(message.id);
    if (asked === undefined) return;
    remember(asked.method, message.answer);
    asked.resolve(message.answer);
  }

  function remember(method: unknown, answer: Answer): void {
    if (!('value' in answer)) return;
    if (method === 'workspace.close') workspaceFile = null;
    if (method === 'workspace.open' || method === 'workspace.create') workspaceFile = (answer.value as { file: string }).file;
  }

  function died(code: number | null): void {
    child = null;
    for (const { resolve } of pending.values()) resolve(RESTARTED);
    pending.clear();
    if (state === 'closing') return gone();
    const now = clock.now();
    deaths = [...deaths.filter((at) => now - at < WITHIN_MS), now];
    options.log('The machine has stopped', `exit code ${code}, ${deaths.length} times within a minute`);
    if (deaths.length >= MOST_DEATHS) {
      state = 'down';
      for (const go of waiting.splice(0)) go();
      options.tell({ type: 'changed', topics: EVERYTHING });
      return;
    }
    state = 'pausing';
    clock.after(FIRST_PAUSE_MS * 4 ** (deaths.length - 1), () => {
      if (state === 'pausing') begin();
    });
  }

  function send(method: unknown, input: unknown): Promise<Answer> {
    const id = nextId++;
    return new Promise((resolve) => {
      pending.set(id, { resolve, method });
      child!.post({ kind: 'call', id, method, input });
    });
  }

  begin();
  return {
    async call(method, input) {
      if (state === 'pausing') await new Promise<void>((resolve) => waiting.push(resolve));
      return child === null ? DOWN : send(method, input);
    },
    wake: () => child?.post({ kind: 'wake' }),
    close() {
      state = 'closing';
      const last = child;
      if (last === null) return Promise.resolve();
      return new Promise((resolve) => {
        const cancel = clock.after(LONGEST_FAREWELL_MS, () => last.kill());
        gone = () => {
          cancel();
          resolve();
        };
        last.post({ kind: 'close' });
      });
    },
  };
}
