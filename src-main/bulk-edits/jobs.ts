// The bulk edits of an open workspace: one at a time, told about while they run, stopped when somebody says so. Calls about
// contacts, attributes and companies all begin theirs here.
import type { BulkChange, BulkEditRow, BulkOrigin, BulkPreview, BulkUndo, BulkWhom, BulkWhomKept } from '../../shared/contacts/bulk-edit.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { beginBulkEdit, endBulkEdit, getBulkEdit, markInterruptedBulkEdits } from '../store/bulk-edits.ts';
import { transaction } from '../store/database.ts';
import { tellBulkEditEnded } from '../work-ended.ts';
import type { Workspace } from '../workspace.ts';
import { runBulkEdit } from './bulk-edit.ts';
import { checkChanges } from './check.ts';
import { previewBulkEdit } from './preview.ts';
import { undoBulkEdit } from './undo.ts';

/** At most so often do windows hear how far an edit is. */
const TELL_EVERY_MS = 200;

export type Asked = { changes: BulkChange[]; whom: BulkWhom; startFlows: boolean };

type Job = { cancelled: boolean; done: Promise<BulkEditRow> };
export type BulkJobs = {
  preview(asked: Asked): Promise<BulkPreview>;
  /** Begins an edit and answers its id. `begun` happens in the transaction that notes it. */
  start(asked: Asked, origin: BulkOrigin, begun?: (id: number) => void): number;
  /** Settles when the edit has ended. */
  wait(id: number): Promise<BulkEditRow>;
  cancel(id: number): Promise<void>;
  undo(id: number): Promise<BulkUndo>;
  /** Refuses while an edit runs or is taken back. */
  refuseBusy(): void;
};

const jobsOf = new WeakMap<Workspace, BulkJobs>();

/** The jobs of a workspace: the same for all who ask. */
export function bulkJobs(workspace: Workspace): BulkJobs {
  let jobs = jobsOf.get(workspace);
  if (jobs === undefined) jobsOf.set(workspace, (jobs = createJobs(workspace)));
  return jobs;
}

function createJobs(workspace: Workspace): BulkJobs {
  const jobs = new Map<number, Job>();
  let running: number | null = null;
  let undoing = false;
  let previewing: { cancelled: boolean } | null = null;
  // They are made when the workspace is opened; what runs according to the file then was broken off.
  markInterruptedBulkEdits(workspace);

  const refuseBusy = (): void => {
    if (running !== null) refuse('bulk-busy', say('Another change of many contacts is under way. Wait until it is done, or cancel it.'));
    if (undoing) refuse('bulk-busy', say('A change of many contacts is being taken back. Wait until that is done.'));
  };

  return {
    refuseBusy,
    async preview({ changes, whom, startFlows }) {
      checkChanges(workspace, changes);
      if (previewing !== null) previewing.cancelled = true;
      const mine = (previewing = { cancelled: false });
      const tell = teller(workspace, 0, false);
      try {
        return await previewBulkEdit(workspace, { changes, whom, startFlows, goOn: () => !mine.cancelled && workspace.db.open, progress: (done, total) => tell('running', done, total) });
      } finally {
        if (previewing === mine) previewing = null;
      }
    },
    start({ changes, whom, startFlows }, origin, begun) {
      refuseBusy();
      checkChanges(workspace, changes);
      const id = transaction(workspace.db, () => {
        const made = beginBulkEdit(workspace, { origin, changes, whom: keptOf(whom), startFlows });
        begun?.(made);
        return made;
      });
      running = id;
      const job: Job = { cancelled: false, done: Promise.resolve() as never };
      job.done = carryOut(workspace, id, { changes, whom, startFlows }, () => !job.cancelled).finally(() => {
        running = null;
      });
      // Whoever waits hears of a failure; nobody has to.
      job.done.catch(() => {});
      jobs.set(id, job);
      workspace.changed('bulkEdits');
      return id;
    },
    async wait(id) {
      const job = jobs.get(id);
      if (job !== undefined) await job.done;
      return getBulkEdit(workspace, id) ?? refuseUnknown(id);
    },
    async cancel(id) {
      if (id === 0) {
        if (previewing !== null) previewing.cancelled = true;
        return;
      }
      const job = jobs.get(id) ?? (getBulkEdit(workspace, id) === undefined ? refuseUnknown(id) : undefined);
      if (job === undefined) return;
      job.cancelled = true;
      await job.done.catch(() => {});
    },
    async undo(id) {
      const found = getBulkEdit(workspace, id) ?? refuseUnknown(id);
      refuseBusy();
      if (found.undo?.state === 'done') refuse('bulk-undone', say('That change was taken back already.'));
      undoing = true;
      const tell = teller(workspace, id, true);
      try {
        const undo = await undoBulkEdit(workspace, id, (done, total) => tell('running', done, total));
        tell('done', found.counts.changed, found.counts.changed);
        return undo;
      } finally {
        undoing = false;
        if (workspace.db.open) {
          workspace.changed('bulkEdits', 'contacts', 'segments');
          workspace.wake();
        }
      }
    },
  };
}

function refuseUnknown(id: number): never {
  refuse('bulk-unknown', say('There is no change of many contacts with the number {id}.', { id: String(id) }));
}

function keptOf({ contacts, rule, search }: BulkWhom): BulkWhomKept {
  return contacts === null ? { rule, search } : { picked: contacts.length };
}

async function carryOut(workspace: Workspace, id: number, { changes, whom, startFlows }: Asked, goOn: () => boolean): Promise<BulkEditRow> {
  const tell = teller(workspace, id, false);
  const end = (state: 'done' | 'cancelled' | 'failed', counts: BulkEditRow['counts']): BulkEditRow => {
    endBulkEdit(workspace, id, state, counts);
    workspace.changed('bulkEdits', 'contacts', 'segments');
    // People who wait inside flows may be meant, whether or not flows may start.
    workspace.wake();
    tell(state, counts.contacts, counts.contacts);
    tellBulkEditEnded(workspace, { state, counts });
    return getBulkEdit(workspace, id)!;
  };
  let latest = { contacts: 0, changed: 0, unchanged: 0 };
  try {
    const progress = (counts: BulkEditRow['counts'], done: number, total: number): void => {
      latest = { ...counts };
      tell('running', done, total);
    };
    const { counts, finished } = await runBulkEdit({ workspace, changes, whom, id, goOn: () => goOn() && workspace.db.open, progress });
    // A closed workspace is not written to any more: the next one who opens it finds the edit interrupted.
    if (!workspace.db.open) return { id, origin: 'contacts', changes, whom: keptOf(whom), startFlows, state: 'interrupted', counts, startedAt: 0, finishedAt: null, canUndo: false, undo: null };
    return end(finished ? 'done' : 'cancelled', counts);
  } catch (error) {
    if (workspace.db.open) end('failed', latest);
    throw error;
  }
}

function teller(workspace: Workspace, bulkEdit: number, undo: boolean) {
  let told = Number.NEGATIVE_INFINITY;
  return (state: 'running' | 'done' | 'cancelled' | 'failed', done: number, total: number): void => {
    const now = performance.now();
    if (state === 'running' && now - told < TELL_EVERY_MS) return;
    told = now;
    workspace.tell({ type: 'bulkEdit', progress: { bulkEdit, state, undo, done, total } });
  };
}
