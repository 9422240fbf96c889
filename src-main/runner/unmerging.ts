// Takes a merge back: both contacts are as they were, row by row, apart from what has happened since. That stays with the
// survivor and is named; only what a passage through a flow has done since goes with that passage.
import type { Channel } from '../../shared/contacts/contact.ts';
import { refuse } from '../../shared/problem.ts';
import { say, type Text } from '../../shared/text.ts';
import { attributesOf } from '../store/attributes.ts';
import { consentState } from '../store/consents.ts';
import { transaction } from '../store/database.ts';
import { changeBack, insertRow, moveBack, moveWithEnrollments, removeRow, type Cells } from '../store/merge-rows.ts';
import {
  appendConsent, contactRow, countOrdersAnew, endMerge, entriesSince, flowNow, holderOf, isRuleSegment, laterMerge, lookAtEnrollment, passageOf, removeFormerAddress, removeSpan, setColumns, standingConsents, standingMerge, subtractSums, tagNamedBy, withdrawnSince,
  type Ended, type MergeRecord, type Standing,
} from '../store/merges.ts';
import { recordAudit } from '../store/runner-state.ts';
import type { Workspace } from '../workspace.ts';
import { noteKept } from './following.ts';
import { lookAtContacts } from './memberships.ts';

export type Undone = { merge: number; survivor: number; merged: number; name: string; /** What stays as it is, and why. */ kept: Text[] };

/**
 * Takes a merge back, however long ago it was. Refuses one that is not there or is taken back already, and one on which a later
 * merge was built: that one goes first. A withdrawal of consent since then holds for both (FEATURES D29: an opt-out is never lost).
 */
export function undoMerge(workspace: Workspace, id: number, actor: string): Undone {
  return transaction(workspace.db, () => {
    const merge = standingMerge(workspace, id) ?? refuse('merge-unknown', say('There is no merge number {id} that could be taken back.', { id: String(id) }));
    const later = laterMerge(workspace, id);
    if (later !== undefined) refuse('merge-built-on', say('{name} was merged into the same contact later. Take that merge back first (number {id}).', { name: later.name, id: String(later.id) }));
    const { survivor, merged, name, record } = merge;
    const ledger = record.added.find(({ table }) => table === 'consents')!.until;
    const history = record.added.find(({ table }) => table === 'events')!.until;
    const withdrawn = withdrawnSince(workspace, survivor, ledger);
    const kept: Text[] = [];
    for (const span of record.added) removeSpan(workspace, span);
    for (const { kind, value } of record.addresses) removeFormerAddress(workspace, kind, value, survivor);
    for (const pair of record.pairs.added) removeRow(workspace, 'not_duplicates', pair);
    kept.push(...giveBackColumns(workspace, survivor, record));
    kept.push(...bringBack(workspace, record));
    const missing = record.moved.flatMap((moved) => moveBack(workspace, moved, survivor, merged).map((key) => ({ table: moved.table, key })));
    const enrollments = record.moved.filter(({ table }) => table === 'enrollments').flatMap(({ keys }) => keys.map(([key]) => Number(key)));
    moveWithEnrollments(workspace, enrollments, survivor, merged);
    for (const { table, key } of missing) kept.push(...whyMissing(workspace, table, key, merged));
    for (const { table, removed } of record.moved) for (const row of removed) if (!insertRow(workspace, table, row)) kept.push(...whyMissing(workspace, table, row, null));
    for (const pair of record.pairs.removed) insertRow(workspace, 'not_duplicates', pair);
    for (const change of record.changes) changeBack(workspace, change);
    for (const ended of record.ended) kept.push(...goOn(workspace, ended));
    countOrdersAnew(workspace, [survivor, merged]);
    kept.push(...keepWithdrawn(workspace, merged, withdrawn));
    const since = entriesSince(workspace, survivor, history);
    lookAtContacts(workspace, [survivor, merged]);
    if (since > 0) kept.push(say('Later entries in the history stay with the contact that had remained: {count}', { count: since }));
    endMerge(workspace, id, kept);
    recordAudit(workspace, actor, 'merge-undone', { merge: id, survivor, merged });
    return { merge: id, survivor, merged, name, kept };
  });
}

/** The survivor's own values come back where nobody has changed them since. */
function giveBackColumns(workspace: Workspace, survivor: number, { survivor: { before, after } }: MergeRecord): Text[] {
  const now = contactRow(workspace, survivor)!;
  const labels = new Map([...attributesOf(workspace).values()].map(({ column, label }) => [column, label]));
  const changed = Object.keys(after).filter((column) => now[column] !== undefined && now[column] !== after[column]);
  const back = Object.entries(before).filter(([column]) => now[column] !== undefined && !changed.includes(column));
  setColumns(workspace, survivor, Object.fromEntries(back));
  return changed.map((column) => say('{attribute} was changed again later, and stays as it is.', { attribute: labels.get(column) ?? column }));
}

/** The merged contact stands in its table again, under its own number. An address that somebody else has taken stays there. */
function bringBack(workspace: Workspace, { merged }: MergeRecord): Text[] {
  const holder = typeof merged.email === 'string' ? holderOf(workspace, merged.email) : undefined;
  const row: Cells = holder === undefined ? merged : { ...merged, email: null };
  if (!insertRow(workspace, 'contacts', row)) throw new Error(`Contact ${merged.id} is there already`);
  return holder === undefined ? [] : [say('The address {email} belongs to another contact by now, and stays there.', { email: String(merged.email) })];
}

/** Who was taken off since stays off, and is named; a segment by a rule is what its rule makes of it. */
function whyMissing(workspace: Workspace, table: string, key: Cells, contact: number | null): Text[] {
  if (table === 'contact_tags') return [say('The tag {tag} was taken off later, and stays off.', { tag: tagNamedBy(workspace, Number(key.tag_id)) ?? String(key.tag_id) })];
  if (table !== 'segment_members') return [];
  const segment = String(key.segment);
  if (contact !== null && isRuleSegment(workspace, segment)) {
    insertRow(workspace, 'segment_members', { segment, contact_id: contact, added_at: workspace.clock.now() });
    return [];
  }
  return [say('It was taken out of the segment {segment} later, and stays out.', { segment })];
}

/** The passage that the merge had ended goes on where it was, if its flow still runs and nobody has come in again since. */
function goOn(workspace: Workspace, { flow, liveVersion, enrollment, changes, added, counts, events }: Ended): Text[] {
  const now = flowNow(workspace, flow);
  const [own, rest] = [changes.filter(({ table }) => table === 'enrollments'), changes.filter(({ table }) => table !== 'enrollments')];
  if (now === undefined || now.state === 'archived' || !own.every((change) => changeBack(workspace, change))) {
    return [say('One of the two does not come back into the flow {flow}: it was archived, or they have come in again since.', { flow: now?.name ?? String(flow) })];
  }
  for (const change of rest) changeBack(workspace, change);
  for (const { table, key } of added) removeRow(workspace, table, key);
  subtractSums(workspace, flow, counts);
  removeSpan(workspace, { table: 'events', ...events });
  const { keptVersion } = passageOf(workspace, enrollment);
  if (keptVersion !== null) noteKept(workspace, flow, keptVersion);
  // It was published since: what the step means may have changed (FEATURES D1).
  if (now.liveVersion !== liveVersion) lookAtEnrollment(workspace, enrollment);
  return [];
}

/** Whoever opted out since did so as both of them. */
function keepWithdrawn(workspace: Workspace, merged: number, withdrawn: readonly Standing[]): Text[] {
  const isGiven = (channel: Channel, topic: string) => consentState(workspace, merged, channel, topic) === 'given';
  // What they had agreed to after an earlier opt-out from the whole channel, the later one ends, too.
  const isLost = ({ channel, topic }: Standing) =>
    consentState(workspace, merged, channel, topic) !== 'withdrawn' || (topic === '' && standingConsents(workspace, merged).some((each) => each.channel === channel && isGiven(channel, each.topic)));
  const lost = withdrawn.filter(isLost);
  const seen = new Set<string>();
  return lost.flatMap((each) => {
    const key = `${each.channel} ${each.topic}`;
    if (seen.has(key)) return [];
    seen.add(key);
    appendConsent(workspace, merged, each);
    return [each.channel === 'sms' ? say('The later opt-out from SMS holds for both.') : say('The later opt-out from e-mail holds for both.')];
  });
}
