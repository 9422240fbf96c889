// The lease on a workspace: a number that rises each time a process takes it over, looked at in every transaction. Whoever had
// it before, and has not noticed that the lock of the operating system is gone (a network folder, a frozen machine), writes
// nothing any more (FAULTS F8).
import type { Workspace } from '../workspace.ts';
import { beforeTransactions, row, run, transaction } from './database.ts';

type Lease = { number: number; pid: number; since: number };

const KEY = 'lease';

/** A bug or a broken file system, not the user's doing: another process has taken over what this one had locked. */
export class LeaseLost extends Error {
  constructor(mine: number, now: number) {
    super(`Another Kanal has taken over this workspace (lease ${now}, this one had ${mine}); nothing is written any more`);
    this.name = 'LeaseLost';
  }
}

/** Takes the workspace over for this process, which has its lock. From now on each transaction first looks whether that still holds. */
export function takeLease({ db, clock }: Pick<Workspace, 'db' | 'clock'>, pid: number): number {
  const number = transaction(db, () => {
    const next = (leaseOf({ db })?.number ?? 0) + 1;
    const lease: Lease = { number: next, pid, since: clock.now() };
    run(db, 'INSERT INTO runner_state (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value', KEY, JSON.stringify(lease));
    return next;
  });
  beforeTransactions(db, () => {
    const now = leaseOf({ db })?.number ?? 0;
    if (now !== number) throw new LeaseLost(number, now);
  });
  return number;
}

function leaseOf({ db }: Pick<Workspace, 'db'>): Lease | null {
  const found = row<{ value: string }>(db, 'SELECT value FROM runner_state WHERE key = ?', KEY);
  return found === undefined ? null : (JSON.parse(found.value) as Lease);
}
