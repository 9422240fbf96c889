// Sees to it that the bytes of erased people leave the file, also where somebody reads what was before for longer than an erasure
// may wait: then again and again, when the workspace is closed, and when it is opened next.
import { isDatabaseTrouble, type Database } from '../store/database.ts';
import { LeaseLost } from '../store/lease.ts';
import { purge, purgeAtOnce } from '../store/purging.ts';
import { forget, remember, remembered } from '../store/runner-state.ts';
import type { Workspace } from '../workspace.ts';

/** Survives a crash. What the texts were does not: that would keep them. */
const LEFT = 'purge-left';
const AGAIN_MS = 2000;

/** The texts that are still to leave a file. */
const left = new WeakMap<Database, Set<string>>();

/** Takes the bytes of these texts out of the file, now or as soon as nobody reads them any more. Answers whether they are gone. */
export function purgeOrLater(workspace: Workspace, traces: readonly string[]): boolean {
  const { db } = workspace;
  const waiting = left.get(db);
  if (waiting === undefined && purge(workspace, traces)) return true;
  if (waiting !== undefined) {
    for (const trace of traces) waiting.add(trace);
    return purgeLeft(workspace);
  }
  left.set(db, new Set(traces));
  remember(workspace, LEFT, true);
  again(workspace);
  return false;
}

/** Once more, without waiting for anybody: whatever could not be taken out of the file, before it was last closed or since. */
export function purgeLeft(workspace: Workspace): boolean {
  const { db } = workspace;
  if (remembered<boolean>(workspace, LEFT) !== true) return true;
  if (db.inTransaction) return false;
  try {
    if (!purgeAtOnce(workspace, left.has(db) ? [...left.get(db)!] : null)) return false;
    forget(workspace, LEFT);
  } catch (error) {
    // Somebody else reads or writes just now, the disk has no room to build the file anew, or another program has taken it over.
    if (isDatabaseTrouble(error) || error instanceof LeaseLost || String(error).includes('cannot VACUUM')) return false;
    throw error;
  }
  left.delete(db);
  return true;
}

/** What was left when the workspace was last closed, or its program ended. Call it when it is opened. */
export function purgeWhenOpened(workspace: Workspace): void {
  if (!purgeLeft(workspace)) again(workspace);
}

function again(workspace: Workspace): void {
  workspace.clock.after(AGAIN_MS, () => {
    if (workspace.db.open && !purgeLeft(workspace)) again(workspace);
  });
}
