// An open workspace: what handlers and the runner work on.
import type { MachineEvent, Topic } from '../shared/api.ts';
import type { Clock } from './clock.ts';
import type { Database } from './store/database.ts';

/** Keeps passwords outside the workspace file: Electron's safeStorage, or memory where a host has no keyring. */
export type Secrets = {
  get(key: string): string | null;
  set(key: string, secret: string): void;
  remove(key: string): void;
};

export type Workspace = {
  file: string;
  db: Database;
  clock: Clock;
  eventId: (at: number) => string;
  secrets: Secrets;
  /** Tells every window. */
  tell: (event: MachineEvent) => void;
  /** Shorthand for telling what has changed. */
  changed: (...topics: Topic[]) => void;
  /** Tells the runner that something may be due now: an event was recorded, a flow published. */
  wake: () => void;
};
