// Calls about contacts that may be one person: the list of them, merging, and taking a merge back.
import { GRADES, type Grade } from '../../shared/contacts/duplicates.ts';
import type { ContactRow } from '../../shared/api.ts';
import type { DuplicateList, MergePreview } from '../../shared/contacts/merge.ts';
import { stopwatch } from '../clock.ts';
import type { Handlers } from '../dispatch.ts';
import { readersOf } from '../readers/readers.ts';
import { foresee, mergeContacts } from '../runner/merging.ts';
import { undoMerge } from '../runner/unmerging.ts';
import { attributesOf, fromColumn } from '../store/attributes.ts';
import { contactRows } from '../store/contact-list.ts';
import { refuseUnknownContact } from '../store/contacts.ts';
import { transaction } from '../store/database.ts';
import { areStillOne, stillThere, writesSoFar, type FoundGroup } from '../store/duplicates.ts';
import { lastEventId } from '../store/events.ts';
import { belongings, listMerges } from '../store/merges.ts';
import { keepApart, letBeCompared } from '../store/not-duplicates.ts';
import { turn } from '../turns.ts';
import type { Workspace } from '../workspace.ts';

type Calls = Pick<Handlers, 'duplicates.list' | 'duplicates.keepApart' | 'duplicates.mergeCertain' | 'merges.preview' | 'merges.merge' | 'merges.list' | 'merges.undo'>;

/** What takes longer to find (ms) is not looked for again by itself after every change. */
const QUICK = 400;
/** So many are merged before other calls are answered. */
const AT_ONCE = 20;

/** What was found, as of an event. */
type Look = { at: number; event: number; took: number; groups: FoundGroup[] };

export function duplicateHandlers(workspace: Workspace): Calls {
  let latest: Look | null = null;
  /** What was left of it, as of so many writes: pages of a long list do not look through all of it again. */
  let left: { of: readonly FoundGroup[]; writes: number; groups: FoundGroup[] } | null = null;
  let looking: Promise<Look> | null = null;

  const look = (): Promise<Look> => {
    looking ??= lookNow().finally(() => (looking = null));
    return looking;
  };
  async function lookNow(): Promise<Look> {
    const elapsed = stopwatch();
    const [at, event] = [workspace.clock.now(), lastEventId(workspace)];
    const groups = await readersOf(workspace).read('duplicates', null);
    return (latest = { at, event, took: elapsed(), groups });
  }

  /** What was found last, without those who are gone or were told apart since; looked for again where that is quick. */
  async function current(again: boolean): Promise<Look> {
    const isStale = latest === null || again || (latest.event !== lastEventId(workspace) && latest.took < QUICK);
    const found = isStale || latest === null ? await look() : latest;
    const writes = writesSoFar(workspace);
    if (left === null || left.of !== found.groups || left.writes !== writes) left = { of: found.groups, writes, groups: stillThere(workspace, found.groups) };
    return { ...found, groups: left.groups };
  }

  const changed = () => {
    workspace.changed('contacts', 'counts', 'segments', 'duplicates');
    workspace.wake();
  };

  return {
    'duplicates.list': async ({ grade, again, offset, limit }): Promise<DuplicateList<ContactRow>> => {
      const { at, groups } = await current(again);
      const chosen = grade === null ? groups : groups.filter((group) => group.grade === grade);
      const page = chosen.slice(offset, offset + limit);
      const contacts = new Map(contactRows(workspace, [...new Set(page.flatMap(({ ids }) => ids))]).map((row) => [row.id, row]));
      return {
        foundAt: at,
        counts: Object.fromEntries(GRADES.map((each) => [each, groups.filter((group) => group.grade === each).length])) as Record<Grade, number>,
        groups: page.map(({ grade: of, ids, reasons }) => ({ grade: of, contacts: ids.map((id) => contacts.get(id)!), reasons })),
        total: chosen.length,
      };
    },
    'duplicates.keepApart': ({ contacts, apart }) => {
      if (contactRows(workspace, contacts).length < new Set(contacts).size) refuseUnknownContact(contacts.find((id) => contactRows(workspace, [id]).length === 0)!);
      transaction(workspace.db, () => (apart ? keepApart(workspace, contacts) : letBeCompared(workspace, contacts)));
      if (!apart) latest = null;
      workspace.changed('duplicates');
      return null;
    },
    'duplicates.mergeCertain': async () => {
      // What is merged without being looked at one by one is looked for now.
      const { groups } = await current(true);
      const pairs = groups.filter(({ grade }) => grade === 'certain').flatMap(({ ids: [survivor, ...others] }) => others.map((other) => ({ survivor: survivor!, other })));
      const merges: number[] = [];
      for (let at = 0; at < pairs.length && workspace.db.open; at += AT_ONCE) {
        transaction(workspace.db, () => {
          for (const pair of pairs.slice(at, at + AT_ONCE)) {
            // Somebody may have merged one of them by hand meanwhile, or the merge before this one has brought another birthday.
            if (areStillOne(workspace, pair.survivor, pair.other)) merges.push(mergeContacts(workspace, { ...pair, take: [], actor: 'user' }));
          }
        });
        await turn();
      }
      changed();
      return { merged: merges.length, merges };
    },
    'merges.preview': ({ survivor, other, take }) => previewOf(workspace, survivor, other, take),
    'merges.merge': ({ survivor, other, take }) => {
      const merge = mergeContacts(workspace, { survivor, other, take, actor: 'user' });
      changed();
      return { merge };
    },
    'merges.list': ({ limit }) => listMerges(workspace, limit),
    'merges.undo': ({ merge }) => {
      const { survivor, merged, name, kept } = undoMerge(workspace, merge, 'user');
      latest = null;
      changed();
      return { survivor, merged, name, kept };
    },
  };
}

function previewOf(workspace: Workspace, survivor: number, other: number, take: readonly string[]): MergePreview<ContactRow> {
  const { values, consents, flows } = foresee(workspace, { survivor, other, take });
  const rows = new Map(contactRows(workspace, [survivor, other]).map((row) => [row.id, row]));
  const [one, two] = [rows.get(survivor)!, rows.get(other)!] as [ContactRow, ContactRow];
  const attributes = [...attributesOf(workspace).values()].filter(({ key }) => (one.values[key] ?? null) !== null || (two.values[key] ?? null) !== null);
  return {
    survivor: one,
    other: two,
    values: attributes.map((attribute) => {
      const { key, column } = attribute;
      const [own, theirs] = [one.values[key] ?? null, two.values[key] ?? null];
      const taken = values[column] !== undefined && JSON.stringify(fromColumn(attribute, values[column])) === JSON.stringify(theirs);
      return { key, survivor: own, other: theirs, chosen: taken ? ('other' as const) : ('survivor' as const), differs: own !== null && theirs !== null && JSON.stringify(own) !== JSON.stringify(theirs) };
    }),
    tags: [...new Set([...one.tags, ...two.tags])].sort((a, b) => a.localeCompare(b)),
    consents: consents.map(({ channel, topic, state }) => ({ channel, topic, state })),
    flows,
    belongings: { survivor: belongings(workspace, survivor), other: belongings(workspace, other) },
  };
}
