// Takes an import back, contact by contact, in slices that other calls are answered between. Each slice keeps how far it has
// come in its own transaction, so an undo that was broken off goes on where it was, and never does anything twice.
import type { AttributeValue } from '../../shared/contacts/contact.ts';
import type { ImportKind, ImportUndo } from '../../shared/contacts/import-plan.ts';
import { say, type Text } from '../../shared/text.ts';
import { attributesOf } from '../store/attributes.ts';
import { lookAtContacts } from '../runner/memberships.ts';
import { countLeftByOptOut } from '../store/caused-entries.ts';
import { findByEmail, getContacts } from '../store/contacts.ts';
import { sliceTransaction, transaction } from '../store/database.ts';
import {
  contactsOfImport,
  giveBackConsent,
  giveBackValues,
  historiesOf,
  isTakenByOther,
  removeActivities,
  removeEmptyTags,
  removeImported,
  setUndo,
  spanOfImport,
  takeOffTag,
  undoneImports,
  undoOf,
  type History,
  type StoredUndo,
} from '../store/import-undo.ts';
import { fixedSegmentsFor, giveMembershipBack } from '../store/bulk-undo.ts';
import { removeMade } from '../store/import-made.ts';
import { giveBackOrders, ordersKept } from '../store/order-undo.ts';
import { fixedSegments } from '../store/segments.ts';
import { takeOutOfFlows } from '../undoing/take-out.ts';
import { turn } from '../turns.ts';
import type { Workspace } from '../workspace.ts';
import { takeBack, type TakeBack } from './take-back.ts';

const AT_ONCE = 100;
const EVENTS_AT_ONCE = 50_000;
const ACTIVITIES_AT_ONCE = 1000;
/** So many contacts that stay are named; all are counted. */
const MOST_NAMED = 500;

/** Takes an import back as far as nobody has built on it. Answers what was done, together with what an earlier, broken-off attempt did. */
export async function undoImport(workspace: Workspace, id: number, kind: ImportKind): Promise<ImportUndo> {
  const { after, until, tagsAfter } = spanOfImport(workspace, id);
  const { cursor, done }: StoredUndo = undoOf(workspace, id) ?? {
    cursor: 0,
    done: { state: 'running', at: workspace.clock.now(), removed: 0, restored: 0, values: 0, tags: 0, consents: 0, kept: 0, inFlows: 0, takenOut: 0, cancelled: 0, leftFlows: 0, keptList: [] },
  };
  if (kind !== 'contacts') return await undoActivities(workspace, id, { after, until }, cursor, done);
  const contacts = new Set<number>();
  for (let from = after; from < until; from += EVENTS_AT_ONCE) {
    for (const contact of contactsOfImport(workspace, id, from, Math.min(until, from + EVENTS_AT_ONCE))) contacts.add(contact);
    await turn();
  }
  const waiting = [...contacts].filter((contact) => contact > cursor).sort((a, b) => a - b);
  const touchedTags = new Set<string>();
  for (let at = 0; at < waiting.length && workspace.db.open; at += AT_ONCE) {
    const slice = waiting.slice(at, at + AT_ONCE);
    sliceTransaction(workspace, () => {
      const attributes = attributesOf(workspace);
      const undone = undoneImports(workspace);
      const passages = takeOutOfFlows(workspace, { kind: 'import', id }, slice, done);
      done.leftFlows += countLeftByOptOut(workspace, id, slice);
      const fixed = fixedSegments(workspace);
      const members = fixedSegmentsFor(workspace, slice);
      for (const history of historiesOf(workspace, slice, [...passages])) {
        const what = takeBack(history, { importId: id, undone, attributes, isTaken: (email) => isTakenByOther(workspace, history.id, email) || isKnownAs(workspace, email, history.id), passages, fixed, segments: members.get(history.id) ?? new Set() });
        carryOut(workspace, id, history, what, done);
        for (const tag of history.tags) touchedTags.add(tag);
      }
      setUndo(workspace, id, { cursor: slice.at(-1)!, done });
    });
    await turn();
  }
  if (workspace.db.open) {
    transaction(workspace.db, () => {
      removeEmptyTags(workspace, tagsAfter, [...touchedTags]);
      removeMade(workspace, id);
      done.state = 'done';
      setUndo(workspace, id, { cursor: waiting.at(-1) ?? cursor, done });
    });
  }
  return done;
}

/** Takes back events and orders: they never happened. What they said about consent stays. */
async function undoActivities(workspace: Workspace, id: number, { after, until }: { after: number; until: number }, cursor: number, done: ImportUndo): Promise<ImportUndo> {
  for (let from = Math.max(after, cursor); from < until && workspace.db.open; from += ACTIVITIES_AT_ONCE) {
    const to = Math.min(until, from + ACTIVITIES_AT_ONCE);
    transaction(workspace.db, () => {
      const contacts = contactsOfImport(workspace, id, from, to);
      takeOutOfFlows(workspace, { kind: 'import', id }, contacts, done);
      const given = giveBackOrders(workspace, id, from, to);
      const kept = ordersKept(workspace, id, from, to);
      done.removed += removeActivities(workspace, id, from, to, kept.map(({ eventId }) => eventId)) + given.filter(({ gone }) => gone).length;
      done.restored += given.filter(({ changed, gone }) => changed && !gone).length;
      for (const { contactId, order } of given.filter(({ later }) => later)) keep(workspace, done, contactId, say('The order {order} was changed again later, and stays as it is.', { order }));
      for (const { contactId, order } of kept) keep(workspace, done, contactId, say('The order {order} came with this import, and was changed later.', { order }));
      // With the events nothing is left that would tell of it.
      lookAtContacts(workspace, contacts);
      if (to >= until) done.state = 'done';
      setUndo(workspace, id, { cursor: to, done });
    });
    await turn();
  }
  return done;
}

/** Counts and names an order that stays. */
function keep(workspace: Workspace, undo: ImportUndo, contactId: number, reason: Text): void {
  undo.kept++;
  const values = getContacts(workspace, [contactId]).get(contactId)?.values ?? {};
  if (undo.keptList.length < MOST_NAMED) undo.keptList.push({ contact: contactId, name: nameOf(contactId, values), reason });
}

function nameOf(contactId: number, values: Readonly<Record<string, AttributeValue>>): string {
  return String(values['email'] ?? values['phone'] ?? values['external_id'] ?? contactId);
}

/** Whether another contact is found under this address, into which the one that had it was merged. */
function isKnownAs(workspace: Workspace, email: AttributeValue, contactId: number): boolean {
  const found = typeof email === 'string' ? findByEmail(workspace, email) : undefined;
  return found !== undefined && found !== contactId;
}

function carryOut(workspace: Workspace, importId: number, history: History, what: TakeBack, undo: ImportUndo): void {
  if (history.flows.some(({ inside }) => inside)) undo.inFlows++;
  if (what.remove) {
    removeImported(workspace, history.id);
    undo.removed++;
    return;
  }
  const values = Object.keys(what.values).length;
  if (values > 0) giveBackValues(workspace, history.id, importId, what.values);
  for (const tag of what.tags) takeOffTag(workspace, history.id, importId, tag);
  for (const segment of what.segments.out) giveMembershipBack(workspace, history.id, { importId }, segment, false);
  for (const { name, since } of what.segments.into) giveMembershipBack(workspace, history.id, { importId }, name, true, since);
  for (const { channel, topic, before } of what.consents) giveBackConsent(workspace, history.id, importId, channel, topic, before);
  if (values + what.tags.length + what.consents.length + what.segments.out.length + what.segments.into.length > 0) undo.restored++;
  undo.values += values;
  undo.tags += what.tags.length;
  undo.consents += what.consents.length;
  if (what.kept.length === 0) return;
  undo.kept++;
  const name = nameOf(history.id, history.values);
  for (const reason of what.kept) if (undo.keptList.length < MOST_NAMED) undo.keptList.push({ contact: history.id, name, reason });
}
