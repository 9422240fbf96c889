// Which flows an import or a bulk edit would start: it is really carried out, and the flows really run, on a copy of the workspace whose
// clock stands still and whose mails go nowhere. So the forecast cannot mean something else than what happens then.
import { join } from 'node:path';
import type { FlowStart } from '../../shared/contacts/bulk-edit.ts';
import { virtualClock } from '../clock.ts';
import type { Outbox } from '../runner/outbox.ts';
import { createRunner } from '../runner/runner.ts';
import { copyGently } from '../store/backup.ts';
import { openDatabase, type Database } from '../store/database.ts';
import { beginImport } from '../store/imports.ts';
import { enteredSince, lastEnrollment } from '../store/enrollment-counts.ts';
import type { Workspace } from '../workspace.ts';
import { runActivityImport } from './activity-import.ts';
import { runImport } from './importer.ts';
import type { PreparedImport } from './prepare.ts';
import { removeFolder, temporaryFolder } from './temporary.ts';

/** The flows that would start, with the contacts that would enter and the mails that they would get at once. `goOn` false: breaks off, with none. */
export function flowsStarted(workspace: Workspace, prepared: PreparedImport, goOn: () => boolean): Promise<FlowStart[]> {
  return flowsStartedBy(workspace, async (copy) => {
    const { finished } = await (prepared.plan.kind === 'contacts' ? runImport : runActivityImport)({ workspace: copy, prepared, id: beginImport(copy, prepared.fileName, prepared.plan), rejects: null, goOn, progress: () => undefined });
    return finished;
  });
}

/** The same of anything that is carried out on a copy; `carryOut` answers whether it came to its end. */
export async function flowsStartedBy(workspace: Workspace, carryOut: (copy: Workspace) => Promise<boolean>): Promise<FlowStart[]> {
  const folder = temporaryFolder();
  let db: Database | null = null;
  try {
    const file = join(folder, 'copy.kanal');
    await copyGently(workspace.db, file);
    db = openDatabase(file, () => undefined);
    const copy = silentCopy(file, db, workspace.clock.now());
    const runner = createRunner(copy, noOutbox);
    // What is due anyway has nothing to do with it.
    await runner.runDue();
    const before = lastEnrollment(copy);
    if (!(await carryOut(copy))) return [];
    await runner.runDue();
    return enteredSince(copy, before);
  } finally {
    db?.close();
    removeFolder(folder);
  }
}

function silentCopy(file: string, db: Database, now: number): Workspace {
  return {
    file,
    db,
    clock: virtualClock(now),
    secrets: { get: () => null, set: () => undefined, remove: () => undefined },
    tell: () => undefined,
    changed: () => undefined,
    wake: () => undefined,
  };
}

const noOutbox: Outbox = {
  recover() {
    // Nothing was ever sent from the copy.
  },
  performDue: () => Promise.resolve(0),
  nextDueAt: () => null,
  paused: () => null,
  close: () => Promise.resolve(),
};
