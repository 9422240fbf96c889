// Makes two contacts one: everything that belongs to the one goes to the other, nothing is lost, and each row that this touches
// is remembered, so that it can be taken back (FEATURES A5.12, D29).
import { CHANNELS, IDENTIFYING, type Channel } from '../../shared/contacts/contact.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { attributesOf, type StoredAttribute } from '../store/attributes.ts';
import { consentState } from '../store/consents.ts';
import { contactFrom, deleteContactRow, refuseUnknownContact, updateContact } from '../store/contacts.ts';
import { transaction } from '../store/database.ts';
import { recordEvent } from '../store/events.ts';
import { moveRows, rowsOfEnrollment, type Cells, type Change, type Moved } from '../store/merge-rows.ts';
import {
  addFormerAddress, appendConsent, clearEntryKey, contactRow, countOrdersAnew, flowNow, insertMerge, lastIdOf, MERGE, setColumns, sharedFlows, sharedOccurrences, standingConsents, stepSums,
  type AddressKind, type Ended, type MergeRecord, type Span, type Standing,
} from '../store/merges.ts';
import { giveOverPairs } from '../store/not-duplicates.ts';
import { recordAudit } from '../store/runner-state.ts';
import { addSuppression, isSuppressed, suppressionsOf } from '../store/suppressions.ts';
import type { Workspace } from '../workspace.ts';
import { letOut } from './people.ts';
import { furtherOf } from './further.ts';

/** The reason with which the passage ends that was less far; reports and timelines know it by this name. */
const REASON_MERGED = 'merged';

/** Columns of a contact that say what it is, and not what is known of it. */
const OWN_COLUMNS: ReadonlySet<string> = new Set(['id', 'added_at', 'import_id']);

export type MergePlan = { survivor: number; other: number; /** Attributes that take the other contact's value although the survivor has one. */ take: readonly string[]; actor: string };

/** What stands in a merge before it is done, and what it comes to. */
export type Outcome = { values: Cells; consents: Standing[]; flows: { flow: number; name: string; keeps: 'survivor' | 'other' }[] };

/** What a merge would come to: the survivor's columns afterwards, the consents, and whose passage goes on where both are in a flow. */
export function foresee(workspace: Workspace, { survivor, other, take }: Omit<MergePlan, 'actor'>): Outcome {
  const [one, two] = rowsOfBoth(workspace, survivor, other);
  return {
    values: mergedColumns(workspace, one, two, take),
    consents: unitedConsents(workspace, survivor, other),
    flows: sharedFlows(workspace, survivor, other).map(({ flow, name, ofSurvivor, ofOther }) => ({ flow, name, keeps: furtherOf(workspace, flow, ofSurvivor, ofOther) === ofSurvivor ? 'survivor' : 'other' })),
  };
}

/**
 * Merges `other` into `survivor`, which keeps its id; answers the number under which it can be taken back. Values: the
 * survivor's, its empty ones filled from the other, and those of `take` from the other. Tags, events, orders, messages,
 * passages and whatever else has a contact: united. Consents: both ledgers, and of what held the strictest holds; what nobody
 * may write to on account of the other is suppressed for the survivor too, but for a dead mailbox, which is a thing of that
 * address alone. In a flow in which both are, the passage that is further goes on (D29). Refuses an unknown contact.
 */
export function mergeContacts(workspace: Workspace, { survivor, other, take, actor }: MergePlan): number {
  return transaction(workspace.db, () => {
    const [one, two] = rowsOfBoth(workspace, survivor, other);
    const consents = unitedConsents(workspace, survivor, other);
    const ended = sharedFlows(workspace, survivor, other).map((shared) => endOne(workspace, shared, survivor, other));
    const changes = freeOccurrences(workspace, survivor, other);
    const before = { events: lastIdOf(workspace, 'events'), consents: lastIdOf(workspace, 'consents'), suppressions: lastIdOf(workspace, 'suppressions') };
    const moved = withoutEvents(moveRows(workspace, other, survivor), ended);
    const pairs = giveOverPairs(workspace, other, survivor);
    deleteContactRow(workspace, other);
    const after = mergedColumns(workspace, one, two, take);
    changeSurvivor(workspace, survivor, after);
    const addresses = keepAddresses(workspace, survivor, one, two, after);
    uniteSuppressions(workspace, addresses, { ...one, ...after });
    for (const consent of consents) if (!holds(workspace, survivor, consent)) appendConsent(workspace, survivor, { ...consent, source: MERGE });
    countOrdersAnew(workspace, [survivor]);
    const name = nameOf(two);
    const record = { merged: two, survivor: { before: pick(one, Object.keys(after)), after }, moved, changes, added: [] as Span[], ended, addresses, pairs } satisfies MergeRecord;
    recordEvent(workspace, { contactId: survivor, type: 'contact_merged', at: workspace.clock.now(), source: MERGE, data: { merged: other, name } });
    record.added = (['events', 'consents', 'suppressions'] as const).map((table) => ({ table, after: before[table], until: lastIdOf(workspace, table) }));
    const id = insertMerge(workspace, survivor, other, name, record);
    recordAudit(workspace, actor, 'contacts-merged', { merge: id, survivor, merged: other });
    return id;
  });
}

function rowsOfBoth(workspace: Workspace, survivor: number, other: number): [Cells, Cells] {
  if (survivor === other) refuse('merge-itself', say('A contact cannot be merged with itself. Choose two.'));
  return [contactRow(workspace, survivor) ?? refuseUnknownContact(survivor), contactRow(workspace, other) ?? refuseUnknownContact(other)];
}

/** The survivor's columns that change, with what they come to hold. */
function mergedColumns(workspace: Workspace, one: Cells, two: Cells, take: readonly string[]): Cells {
  const taken = new Set(take.map((key) => attributesOf(workspace).get(key)?.column ?? refuse('attribute-unknown', say('There is no attribute {key}. Add it under Contacts, or choose another one.', { key }), { field: key })));
  const changes: Cells = {};
  for (const [column, value] of Object.entries(two)) {
    if (OWN_COLUMNS.has(column) || value === null || value === one[column]) continue;
    if ((one[column] ?? null) === null || taken.has(column)) changes[column] = value;
  }
  return changes;
}

/** Attributes by the store, with their event; other columns by themselves. */
function changeSurvivor(workspace: Workspace, survivor: number, columns: Cells): void {
  const attributes = attributesOf(workspace);
  const byColumn = new Map<string, StoredAttribute>([...attributes.values()].map((attribute) => [attribute.column, attribute]));
  const { values } = contactFrom({ id: survivor, added_at: 0, import_id: null, ...columns }, attributes);
  updateContact(workspace, survivor, values, { source: MERGE }, attributes);
  setColumns(workspace, survivor, Object.fromEntries(Object.entries(columns).filter(([column]) => !byColumn.has(column))));
}

/** Whoever knew either of them under an address finds the survivor. Answers the addresses that it does not have itself. */
function keepAddresses(workspace: Workspace, survivor: number, one: Cells, two: Cells, after: Cells): MergeRecord['addresses'] {
  return IDENTIFYING.flatMap((kind) =>
    [two[kind], one[kind]].flatMap((value) => {
      const isFormer = typeof value === 'string' && value !== (after[kind] ?? one[kind]);
      return isFormer && addFormerAddress(workspace, kind, value, survivor) ? [{ kind, value }] : [];
    }),
  );
}

/** An address to which nobody may write is a word of the person about all of them, unless it is only a dead mailbox. */
function uniteSuppressions(workspace: Workspace, addresses: MergeRecord['addresses'], survivor: Cells): void {
  const channels: Record<Channel, AddressKind> = { email: 'email', sms: 'phone' };
  for (const channel of CHANNELS) {
    const now = survivor[channels[channel]];
    if (typeof now !== 'string' || isSuppressed(workspace, channel, now)) continue;
    const former = addresses.filter(({ kind }) => kind === channels[channel]);
    const reason = former.flatMap(({ value }) => suppressionsOf(workspace, channel, value)).find((each) => each.reason !== 'bounced' && each.domain === null)?.reason;
    if (reason !== undefined) addSuppression(workspace, { channel, address: now, reason, source: MERGE });
  }
}

const STRICTNESS = { withdrawn: 2, none: 1, given: 0 } as const;

/** For each channel and topic the stricter of two words; where only one has said anything, that. */
function strictest(one: readonly Standing[], two: readonly Standing[]): Standing[] {
  const found = new Map<string, Standing>();
  for (const each of [...one, ...two]) {
    const key = `${each.channel} ${each.topic}`;
    const known = found.get(key);
    if (known === undefined || STRICTNESS[each.state] > STRICTNESS[known.state]) found.set(key, each);
  }
  return [...found.values()];
}

/**
 * What holds of both together, a channel before its topics. An opt-out from the whole channel is one from each topic that its own
 * contact had not agreed to later, also where the ledger of the other one says so later.
 */
function unitedConsents(workspace: Workspace, survivor: number, other: number): Standing[] {
  const isOut = ({ channel, topic }: Standing) => [survivor, other].some((contact) => consentState(workspace, contact, channel, topic) === 'withdrawn');
  const united = strictest(standingConsents(workspace, survivor), standingConsents(workspace, other));
  return united.map((each): Standing => (isOut(each) ? { ...each, state: 'withdrawn' } : each)).sort((a, b) => (a.topic < b.topic ? -1 : 1));
}

function holds(workspace: Workspace, contactId: number, { channel, topic, state }: Standing): boolean {
  if (state !== 'none') return consentState(workspace, contactId, channel, topic) === state;
  return standingConsents(workspace, contactId).some((each) => each.channel === channel && each.topic === topic && each.state === 'none');
}

/** Ends the passage that is less far in a flow in which both are, and notes every row of it that this changed. */
function endOne(workspace: Workspace, { flow, ofSurvivor, ofOther }: { flow: number; ofSurvivor: number; ofOther: number }, survivor: number, other: number): Ended {
  const kept = furtherOf(workspace, flow, ofSurvivor, ofOther);
  const [enrollment, contact] = kept === ofSurvivor ? [ofOther, other] : [ofSurvivor, survivor];
  const { liveVersion } = flowNow(workspace, flow)!;
  const before = rowsOfEnrollment(workspace, enrollment, contact);
  const sums = new Map(stepSums(workspace, flow).map(({ stepId, what, n }) => [`${stepId} ${what}`, n]));
  const after = lastIdOf(workspace, 'events');
  letOut(workspace, { flowId: flow, version: liveVersion ?? 0 }, [enrollment], REASON_MERGED, MERGE);
  const ended: Ended = { flow, liveVersion, enrollment, changes: [], added: [], counts: [], events: { after, until: lastIdOf(workspace, 'events') } };
  for (const [name, { table, key, row }] of rowsOfEnrollment(workspace, enrollment, contact)) {
    const was = before.get(name)?.row;
    if (was === undefined) ended.added.push({ table, key });
    else {
      const changed = Object.keys(row).filter((column) => row[column] !== was[column]);
      if (changed.length > 0) ended.changes.push({ table, key, before: pick(was, changed), after: pick(row, changed) });
    }
  }
  ended.counts = stepSums(workspace, flow).flatMap(({ stepId, what, n }) => {
    const more = n - (sums.get(`${stepId} ${what}`) ?? 0);
    return more === 0 ? [] : [{ stepId, what, n: more }];
  });
  return ended;
}

/** A birthday that both have had in one flow stays the survivor's; the other passage keeps its place in the history. */
function freeOccurrences(workspace: Workspace, survivor: number, other: number): Change[] {
  return sharedOccurrences(workspace, survivor, other).map(({ id, entry_key }) => {
    clearEntryKey(workspace, id);
    return { table: 'enrollments', key: { id }, before: { entry_key }, after: { entry_key: '' } };
  });
}

/** The events of the endings themselves are no belongings: they go with what they tell of. */
function withoutEvents(moved: readonly Moved[], ended: readonly Ended[]): Moved[] {
  const isOurs = (id: unknown) => ended.some(({ events }) => Number(id) > events.after && Number(id) <= events.until);
  return moved.map((each) => (each.table === 'events' ? { ...each, keys: each.keys.filter(([id]) => !isOurs(id)) } : each));
}

function pick(row: Cells, columns: readonly string[]): Cells {
  return Object.fromEntries(columns.map((column) => [column, row[column] ?? null]));
}

function nameOf(row: Cells): string {
  const name = [row.first_name, row.last_name].filter((part) => part !== null && part !== '').join(' ');
  const address = row.email ?? row.phone ?? row.external_id ?? '';
  return name === '' ? String(address) : address === '' ? name : `${name} (${String(address)})`;
}
