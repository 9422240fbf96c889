// Carries out a bulk edit, or looks at what it would do: contacts are taken in slices of some ten milliseconds, each in a
// transaction of its own, with other calls answered in between, so that a million of them hold nobody up.
import { changesOf, isNothing, type BulkChange, type BulkCounts, type BulkWhom, type ContactChanges } from '../../shared/contacts/bulk-edit.ts';
import { askedOf, bulkWriter, lastContactId, setBulkCounts, standingsOf, type Standings } from '../store/bulk-edits.ts';
import { sliceTransaction } from '../store/database.ts';
import { contactsBetween } from '../store/rules.ts';
import { sliceTime, turn } from '../turns.ts';
import type { Workspace } from '../workspace.ts';

const LEAST = 50;
const MOST = 2000;
/** So many contacts are asked at a time whether they are meant. */
const ASKED_AT_ONCE = 2000;

export type BulkRun = {
  workspace: Workspace;
  changes: readonly BulkChange[];
  whom: BulkWhom;
  /** The edit's id; `null`: nothing is written. */
  id: number | null;
  /** Asked between slices; false: stop where you are. */
  goOn(): boolean;
  /** How many of `total` have been looked at. */
  progress(counts: BulkCounts, done: number, total: number): void;
  /** Hears what becomes of each contact, for a preview. */
  observe?(contact: Standings, changes: ContactChanges): void;
};

/** Answers what was done, and whether it was done to the end. Contacts that are gone are passed over. */
export async function runBulkEdit({ workspace, changes, whom, id, goOn, progress, observe }: BulkRun): Promise<{ counts: BulkCounts; finished: boolean }> {
  const asked = askedOf(workspace, changes);
  const write = id === null ? null : bulkWriter(workspace, id, asked);
  const counts: BulkCounts = { contacts: 0, changed: 0, unchanged: 0 };
  const slice = (ids: readonly number[]): void => {
    const before = { ...counts };
    const work = (): void => {
      for (const contact of standingsOf(workspace, ids, asked)) {
        const what = changesOf(contact, changes);
        const skipped = isNothing(what);
        counts.contacts++;
        counts[skipped ? 'unchanged' : 'changed']++;
        if (!skipped) write?.(contact, what);
        observe?.(contact, what);
      }
      if (id !== null) setBulkCounts(workspace, id, counts);
    };
    try {
      if (id === null) work();
      else sliceTransaction(workspace, work);
    } catch (error) {
      Object.assign(counts, before);
      throw error;
    }
  };
  const finished = await inTurns(workspace, whom, { goOn, slice, looked: (done, total) => progress(counts, done, total) });
  return { counts, finished };
}

type Turns = { goOn(): boolean; slice(ids: readonly number[]): void; looked(done: number, total: number): void };

/** Takes all who are meant, some at a time; answers false when it was told to stop. */
async function inTurns(workspace: Workspace, whom: BulkWhom, { goOn, slice, looked }: Turns): Promise<boolean> {
  let size = LEAST;
  /** Does all of these; `at` says how far that is among all. */
  const take = async (ids: readonly number[], at: (taken: number) => void): Promise<boolean> => {
    for (let from = 0; from < ids.length; ) {
      if (!goOn()) return false;
      const some = ids.slice(from, from + size);
      const began = performance.now();
      slice(some);
      from += some.length;
      const fitting = Math.round((some.length * sliceTime()) / Math.max(performance.now() - began, 0.2));
      size = Math.max(LEAST, Math.min(MOST, size * 2, fitting));
      at(from);
      await turn();
    }
    return true;
  };
  if (whom.contacts !== null) {
    const ids = [...new Set(whom.contacts)];
    return (await take(ids, (taken) => looked(taken, ids.length))) && goOn();
  }
  // Those who are added from now on are not meant.
  const last = lastContactId(workspace);
  for (let after = 0; after < last; after += ASKED_AT_ONCE) {
    if (!goOn()) return false;
    const until = Math.min(last, after + ASKED_AT_ONCE);
    // Whether somebody is meant depends on nobody else, so changes made before do not matter here.
    const ids = contactsBetween(workspace, whom.rule, whom.search, after, until);
    if (!(await take(ids, () => undefined))) return false;
    looked(until, last);
    await turn();
  }
  return goOn();
}
