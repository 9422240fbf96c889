// Takes a bulk edit back, contact by contact, in slices that other calls are answered between. Each slice keeps how far it has
// come in its own transaction, so an undo that was broken off goes on where it was, and never does anything twice.
import type { BulkUndo } from '../../shared/contacts/bulk-edit.ts';
import type { Attribute } from '../../shared/contacts/contact.ts';
import { say, type Text } from '../../shared/text.ts';
import { setChoices } from '../store/attribute-changes.ts';
import { attributesOf } from '../store/attributes.ts';
import { BULK, companyChangesOf, getBulkEdit, type StoredBulkUndo } from '../store/bulk-edits.ts';
import { bulkUndoOf, contactsOfBulkEdit, fixedSegmentsFor, giveMembershipBack, giveTagBack, giveValuesBack, setBulkUndo, spanOfBulkEdit, undoneBulkEdits } from '../store/bulk-undo.ts';
import { companyRecord, forgetCompany, saveCompany } from '../store/companies.ts';
import { sliceTransaction, transaction } from '../store/database.ts';
import { historiesOf, removeEmptyTags, UNDO, undoneImports, type History } from '../store/import-undo.ts';
import { segmentName, SEGMENTS } from '../store/segment-membership.ts';
import { fixedSegments } from '../store/segments.ts';
import { movesToGiveBack, ofFixedSegments, valuesToGiveBack, type Judges } from '../undoing/give-back.ts';
import { takeOutOfFlows } from '../undoing/take-out.ts';
import { turn } from '../turns.ts';
import type { Workspace } from '../workspace.ts';

const AT_ONCE = 100;
const EVENTS_AT_ONCE = 50_000;
/** So many contacts of whom something stays are named; all are counted. */
const MOST_NAMED = 500;

/** Takes an edit back as far as nobody has built on it. Answers what was done, together with what an earlier, broken-off attempt did. */
export async function undoBulkEdit(workspace: Workspace, id: number, progress: (done: number, total: number) => void): Promise<BulkUndo> {
  const { after, until, tagsAfter } = spanOfBulkEdit(workspace, id);
  const { cursor, done }: StoredBulkUndo = bulkUndoOf(workspace, id) ?? {
    cursor: 0,
    done: { state: 'running', at: workspace.clock.now(), restored: 0, values: 0, tags: 0, memberships: 0, takenOut: 0, cancelled: 0, kept: 0, keptList: [] },
  };
  const contacts = new Set<number>();
  for (let from = after; from < until && workspace.db.open; from += EVENTS_AT_ONCE) {
    for (const contact of contactsOfBulkEdit(workspace, id, from, Math.min(until, from + EVENTS_AT_ONCE))) contacts.add(contact);
    await turn();
  }
  const waiting = [...contacts].filter((contact) => contact > cursor).sort((a, b) => a - b);
  const tags = new Set<string>();
  for (let at = 0; at < waiting.length && workspace.db.open; at += AT_ONCE) {
    const slice = waiting.slice(at, at + AT_ONCE);
    sliceTransaction(workspace, () => {
      takeBackSome(workspace, id, slice, done, tags);
      setBulkUndo(workspace, id, { cursor: slice.at(-1)!, done });
    });
    progress(at + slice.length, waiting.length);
    await turn();
  }
  if (workspace.db.open) {
    transaction(workspace.db, () => {
      removeEmptyTags(workspace, tagsAfter, [...tags]);
      giveCompaniesBack(workspace, id);
      giveChoicesBack(workspace, id);
      done.state = 'done';
      setBulkUndo(workspace, id, { cursor: waiting.at(-1) ?? cursor, done });
    });
  }
  return done;
}

/** Details of companies become what they were, where nobody has changed them since. */
function giveCompaniesBack(workspace: Workspace, id: number): void {
  const { before, after } = companyChangesOf(workspace, id);
  for (const company of after) if (JSON.stringify(companyRecord(workspace, company.key)) === JSON.stringify(company)) forgetCompany(workspace, company.key);
  for (const company of before) if (companyRecord(workspace, company.key) === undefined) saveCompany(workspace, company);
}

/** A choice that was renamed or removed can be chosen again: somebody has it. */
function giveChoicesBack(workspace: Workspace, id: number): void {
  for (const change of getBulkEdit(workspace, id)?.changes ?? []) {
    if (change.kind !== 'replace') continue;
    const choices = attributesOf(workspace).get(change.attribute)?.choices ?? [];
    if (choices.length > 0 && !choices.includes(change.from)) setChoices(workspace, change.attribute, [...choices, change.from]);
  }
}

function takeBackSome(workspace: Workspace, id: number, slice: readonly number[], done: BulkUndo, touchedTags: Set<string>): void {
  const attributes: ReadonlyMap<string, Attribute> = attributesOf(workspace);
  const fixed = fixedSegments(workspace);
  const undoneEdits = undoneBulkEdits(workspace);
  const imports = undoneImports(workspace);
  takeOutOfFlows(workspace, { kind: 'bulkEdit', id }, slice, done);
  const memberships = fixedSegmentsFor(workspace, slice);
  const judges: Judges = {
    isMine: ({ bulkEditId, source }) => bulkEditId === id && source === BULK,
    // What was itself taken back, and what the program notes by itself, is nobody's later edit.
    isLife: ({ importId, bulkEditId, source }) =>
      source !== UNDO && source !== SEGMENTS && bulkEditId !== id && (importId === null || !imports.has(importId)) && (bulkEditId === null || !undoneEdits.has(bulkEditId)),
  };
  for (const history of historiesOf(workspace, slice)) {
    const { values, kept } = valuesToGiveBack(history.events, history.values, { ...judges, attributes, isTaken: () => false });
    const tags = movesToGiveBack(history.events, { types: { into: 'tag_added', out: 'tag_removed', name: 'tag' }, isIn: history.tags }, judges);
    const segments = movesToGiveBack(ofFixedSegments(history.events, fixed), { types: { into: 'segment_entered', out: 'segment_left', name: 'segment' }, isIn: memberships.get(history.id) ?? new Set() }, judges);
    kept.push(
      ...tags.stays.map((tag) => say('The tag {tag} was put on again later, and stays.', { tag })),
      ...tags.staysOut.map((tag) => say('The tag {tag} was taken off again later, and stays off.', { tag })),
      ...segments.stays.map((key) => say('It was put into “{segment}” again later, and stays in it.', { segment: segmentName(workspace, key) })),
      ...segments.staysOut.map((key) => say('It was taken out of “{segment}” again later, and stays out.', { segment: segmentName(workspace, key) })),
    );
    if (Object.keys(values).length > 0) giveValuesBack(workspace, history.id, id, values);
    for (const tag of tags.out) giveTagBack(workspace, history.id, id, tag, false);
    for (const { name, since } of tags.into) giveTagBack(workspace, history.id, id, name, true, since);
    for (const segment of segments.out) giveMembershipBack(workspace, history.id, { bulkEditId: id }, segment, false);
    for (const { name, since } of segments.into) giveMembershipBack(workspace, history.id, { bulkEditId: id }, name, true, since);
    for (const tag of tags.out) touchedTags.add(tag);
    count(done, history, { values: Object.keys(values).length, tags: tags.out.length + tags.into.length, memberships: segments.out.length + segments.into.length }, kept);
  }
}

function count(done: BulkUndo, { id, values }: History, back: Pick<BulkUndo, 'values' | 'tags' | 'memberships'>, kept: readonly Text[]): void {
  if (back.values + back.tags + back.memberships > 0) done.restored++;
  done.values += back.values;
  done.tags += back.tags;
  done.memberships += back.memberships;
  if (kept.length === 0) return;
  done.kept++;
  const name = String(values['email'] ?? values['phone'] ?? values['external_id'] ?? id);
  for (const reason of kept) if (done.keptList.length < MOST_NAMED) done.keptList.push({ contact: id, name, reason });
}
