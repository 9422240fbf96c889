// An open workspace: what handlers and the runner work on.
import type { MachineEvent, Topic } from '../shared/api.ts';
import type { Clock } from './clock.ts';
import type { BarredBy } from '../shared/contacts/privacy.ts';
import type { Instant } from '../shared/time.ts';
import type { Database } from './store/database.ts';
import type { LedgerRow } from './store/outbox.ts';

/** Keeps passwords outside the workspace file: Electron's safeStorage, or memory where a host has no keyring. */
export type Secrets = {
  get(key: string): string | null;
  set(key: string, secret: string): void;
  remove(key: string): void;
};

/**
 * Keeps outside the file what a restored or copied one must not forget (DESIGN 5): who may not be written to, and which messages
 * have left. Everything it is told is committed already.
 */
export type Guard = {
  /** A suppression or a withdrawal was recorded; it is written down within a moment. */
  soon(): void;
  /** Messages whose bodies are about to leave: on the disk when this returns. `handover`: for the how-manieth time. */
  handed(messages: readonly { key: string; handover: number; address: string }[]): void;
  /** A message has come back undelivered, and is planned again. */
  returned(key: string, handover: number): void;
  /** A suppression was taken off the list: an address, "@" and a domain, or "#" and a hash. */
  lifted(channel: BarredBy, address: string): void;
};

export type Workspace = {
  file: string;
  db: Database;
  clock: Clock;
  secrets: Secrets;
  /** Tells every window. */
  tell: (event: MachineEvent) => void;
  /** Shorthand for telling what has changed. */
  changed: (...topics: Topic[]) => void;
  /** Tells the runner that something may be due now: an event was recorded, a flow published. */
  wake: () => void;
  /** Writes a bug into the program's log, with its context and without anybody's address; absent in copies for simulations. */
  log?: (message: string, error: unknown) => void;
  /** Absent in copies for simulations, and where the guard file cannot be written. */
  guard?: Guard;
  /** Only in copies for simulations: hears of every message that is stopped before it leaves, within the transaction that stops it. */
  stopped?: (message: LedgerRow, state: 'cancelled' | 'held', reason: string, at: Instant) => void;
};
