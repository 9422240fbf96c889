// The window's only door to the machine: typed calls, events, and the hooks with which screens read and act.
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { TOPICS, type CallInput, type CallName, type CallOutput, type MachineEvent, type Topic } from '../shared/api.ts';
import { ProblemError, type Problem } from '../shared/problem.ts';
import { electronTransport, nodeTransport, takeToken, UnreachableError, type Connection, type Transport, type WindowBridge } from './bridge.ts';
import { showFailure, showSuccess } from './app/notices.tsx';

declare global {
  interface Window {
    kanal?: WindowBridge;
  }
}

/** A bug on the machine's side: nothing the user can fix, but something to report. */
export class BugError extends Error {
  readonly method: string;
  constructor(method: string, message: string) {
    super(message);
    this.name = 'BugError';
    this.method = method;
  }
}

let chosen: Transport | null = null;

function transport(): Transport {
  chosen ??= window.kanal === undefined ? nodeTransport(takeToken()) : electronTransport(window.kanal);
  return chosen;
}

/**
 * Asks the machine. Answers the call's value; throws ProblemError (the user can fix it), BugError (nobody here can) or
 * UnreachableError (no answer at all).
 */
export async function call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>> {
  const answer = await transport().call(name, input);
  if ('value' in answer) return answer.value as CallOutput<Name>;
  if ('problems' in answer) throw new ProblemError(...answer.problems);
  throw new BugError(name, answer.bug);
}

const listeners = new Set<(event: MachineEvent) => void>();

/** Hears every event of the machine until the answer is called. */
export function onEvent(listener: (event: MachineEvent) => void): () => void {
  const off = transport().on(listener);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    off();
  };
}

/** Has all that is shown read again, as if all of it had changed. What is being typed stays. */
export function refresh(): void {
  for (const listener of listeners) listener({ type: 'changed', topics: [...TOPICS] });
}

/** Makes a dropped or chosen file readable for the machine; answers its path there. Throws as `call` does. */
export function bringFile(file: File): Promise<string> {
  return transport().bring(file);
}

/** The system's own file dialog, where the host has one; otherwise `null`. */
export function fileDialog(): WindowBridge['chooseFile'] | null {
  return transport().chooseFile;
}

/** What a person chooses about the program on this computer, where the host is a desktop program; otherwise `null`. */
export function desktopHost(): WindowBridge['desktop'] | null {
  return transport().desktop;
}

/** Whether the machine can be reached. */
export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => transport().onConnection(listener),
    () => transport().connection(),
  );
}

/** What a screen knows of a call: `loading` until the first answer; later answers replace the data without emptying it. */
export type Reading<T> =
  | { state: 'loading'; data: undefined; error: null; again: () => void }
  | { state: 'ready'; data: T; error: null; again: () => void }
  | { state: 'failed'; data: T | undefined; error: Error; again: () => void };

type Known<T> = { data: T | undefined; answered: boolean; error: Error | null };

/** Between two readings caused by events lie at least this many milliseconds: a running flow changes all the time. */
const READING_PAUSE = 200;

/**
 * Reads a call, and reads it again when its input changes or the machine tells that one of the topics has changed. Old data
 * stays in place while new data is on its way. `name` null: reads nothing yet.
 */
export function useCall<Name extends CallName>(name: Name | null, input: CallInput<Name>, topics: readonly Topic[] = []): Reading<CallOutput<Name>> {
  const [known, setKnown] = useState<Known<CallOutput<Name>>>({ data: undefined, answered: false, error: null });
  const key = JSON.stringify(input);
  const topicKey = topics.join();
  const latest = useRef(0);

  const read = useCallback(async () => {
    if (name === null) return;
    const mine = ++latest.current;
    try {
      const data = await call(name, JSON.parse(key) as CallInput<Name>);
      if (mine === latest.current) setKnown({ data, answered: true, error: null });
    } catch (error) {
      if (mine === latest.current) setKnown((before) => ({ ...before, error: error instanceof Error ? error : new Error(String(error)) }));
    }
  }, [name, key]);

  /** An answer that is still on its way no longer counts. */
  const forget = useCallback(() => {
    latest.current++;
  }, []);

  useEffect(() => {
    void read();
    const wanted = new Set(topicKey.split(','));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const off = onEvent((event) => {
      if (event.type !== 'changed' || timer !== undefined || !event.topics.some((topic) => wanted.has(topic))) return;
      timer = setTimeout(() => {
        timer = undefined;
        void read();
      }, READING_PAUSE);
    });
    return () => {
      forget();
      clearTimeout(timer);
      off();
    };
  }, [read, forget, topicKey]);

  const again = useCallback(() => void read(), [read]);
  if (known.error !== null) return { state: 'failed', data: known.data, error: known.error, again };
  if (!known.answered) return { state: 'loading', data: undefined, error: null, again };
  return { state: 'ready', data: known.data as CallOutput<Name>, error: null, again };
}

export type Act = {
  /** Performs a call and answers its value; on failure shows why and answers `undefined`. `done` is a sentence shown on success. */
  act<Name extends CallName>(name: Name, input: CallInput<Name>, done?: string): Promise<CallOutput<Name> | undefined>;
  /** Whether an act is under way: what buttons show as loading. */
  busy: boolean;
};

/** For what changes something: buttons, forms. Problems become notices in the user's language. */
export function useAct(): Act {
  const [running, setRunning] = useState(0);
  const act = useCallback<Act['act']>(async (name, input, done) => {
    setRunning((n) => n + 1);
    try {
      const value = await call(name, input);
      if (done !== undefined) showSuccess(done);
      return value;
    } catch (error) {
      showFailure(error);
      return undefined;
    } finally {
      setRunning((n) => n - 1);
    }
  }, []);
  return { act, busy: running > 0 };
}

/** The problems of an error; empty for bugs and silence. */
export function problemsOf(error: unknown): readonly Problem[] {
  return error instanceof ProblemError ? error.problems : [];
}

/** Whether the machine could not be reached. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof UnreachableError;
}
