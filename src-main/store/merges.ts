// Merges as the workspace remembers them: who was made one with whom, and each row that this moved, changed or added, so that
// it can be taken back exactly. And the addresses under which merged contacts are still found.
import type { MergeRow } from '../../shared/contacts/merge.ts';
import type { Channel, IDENTIFYING } from '../../shared/contacts/contact.ts';
import type { Text } from '../../shared/text.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run } from './database.ts';
import { isInside } from './inside.ts';
import type { Cell, Cells, Change, Moved } from './merge-rows.ts';

type WithDatabase = Pick<Workspace, 'db'>;

/** By whom the events of a merge are: no flow starts because of them. */
export const MERGE = 'merge';

/** Rows of a table that were added: above the first id, up to the second. */
export type Span = { table: 'events' | 'consents' | 'suppressions'; after: number; until: number };

/** A passage that a merge has ended, because the other contact was further in the same flow (FEATURES D29). */
export type Ended = { flow: number; liveVersion: number | null; enrollment: number; changes: Change[]; added: { table: string; key: Cells }[]; counts: { stepId: string; what: string; n: number }[]; events: { after: number; until: number } };

export type MergeRecord = {
  /** The contact that was merged, as it stood in its table. */
  merged: Cells;
  /** Columns of the survivor that were changed. */
  survivor: { before: Cells; after: Cells };
  moved: Moved[];
  changes: Change[];
  added: Span[];
  ended: Ended[];
  /** Addresses by which the merged contact is found since; pairs that are known as two since. */
  addresses: { kind: AddressKind; value: string }[];
  pairs: { removed: Cells[]; added: Cells[] };
};

export type AddressKind = (typeof IDENTIFYING)[number];
type Stored = { id: number; holder: number; survivor: number; merged: number; name: string; at: number; record: MergeRecord };

/** Remembers a merge; answers its number. */
export function insertMerge(workspace: Workspace, survivor: number, merged: number, name: string, record: MergeRecord): number {
  const { db, clock } = workspace;
  return run(db, 'INSERT INTO merges (contact_id, survivor_id, merged_id, name, at, record) VALUES (?, ?, ?, ?, ?, ?)', survivor, survivor, merged, name, clock.now(), JSON.stringify(record)).id;
}

/** A merge that stands; `undefined` when there is none with this number, or it was taken back. */
export function standingMerge(workspace: WithDatabase, id: number): Stored | undefined {
  const found = row<Omit<Stored, 'record'> & { record: string }>(workspace.db, 'SELECT id, contact_id AS holder, survivor_id AS survivor, merged_id AS merged, name, at, record FROM merges WHERE id = ? AND undone_at IS NULL', id);
  return found === undefined ? undefined : { ...found, record: JSON.parse(found.record) as MergeRecord };
}

/** A later merge that must be taken back before this one: of the same survivor, or of the survivor itself. */
export function laterMerge(workspace: WithDatabase, id: number): { id: number; name: string } | undefined {
  return row(
    workspace.db,
    `SELECT l.id, l.name FROM merges m JOIN merges l ON l.contact_id = m.contact_id AND l.id > m.id AND l.undone_at IS NULL AND (l.survivor_id = m.survivor_id OR l.merged_id = m.survivor_id OR m.contact_id <> m.survivor_id)
     WHERE m.id = ? ORDER BY l.id DESC LIMIT 1`,
    id,
  );
}

/** Notes that a merge was taken back, and what was left as it is. What it had kept of the contact is forgotten. */
export function endMerge(workspace: Workspace, id: number, kept: readonly Text[]): void {
  run(workspace.db, `UPDATE merges SET undone_at = ?, kept = ?, record = '{}' WHERE id = ?`, workspace.clock.now(), JSON.stringify(kept), id);
}

/** The events in these contacts' histories that happened to others, who were merged into them since. */
export function eventsMovedIn({ db }: WithDatabase, contactIds: readonly number[]): Set<number> {
  const found = rows<{ id: number }>(
    db,
    `SELECT k.value ->> 0 AS id FROM json_each(?) j CROSS JOIN merges m ON m.contact_id = j.value CROSS JOIN json_each(m.record, '$.moved') t CROSS JOIN json_each(t.value, '$.keys') k
     WHERE m.undone_at IS NULL AND t.value ->> 'table' = 'events'`,
    JSON.stringify(contactIds),
  );
  return new Set(found.map(({ id }) => id));
}

/**
 * Lets what merges remember of a column follow it, so that taking one back fits what the column is by then: `become` answers what
 * stands there instead. `null`: the column is gone, and with it what was remembered.
 */
export function followColumn({ db }: WithDatabase, column: string, become: ((stored: Cell) => Cell) | null): void {
  const found = rows<{ id: number; record: string }>(db, `SELECT id, record FROM merges WHERE undone_at IS NULL AND json_type(record, '$.merged.' || ?) IS NOT NULL`, column);
  for (const { id, record } of found) {
    const { merged, survivor, ...rest } = JSON.parse(record) as MergeRecord;
    const follow = (cells: Cells): Cells => Object.fromEntries(Object.entries(cells).flatMap(([key, stored]) => (key !== column ? [[key, stored]] : become === null ? [] : [[key, become(stored)]])));
    run(db, 'UPDATE merges SET record = ? WHERE id = ?', JSON.stringify({ merged: follow(merged), survivor: { before: follow(survivor.before), after: follow(survivor.after) }, ...rest }), id);
  }
}

/** Merges, the latest first; of one contact or of all. */
export function listMerges(workspace: WithDatabase, limit: number): MergeRow[] {
  const found = rows<Omit<MergeRow, 'kept' | 'canUndo'> & { kept: string | null }>(
    workspace.db,
    `SELECT m.id, m.contact_id AS survivor, coalesce(nullif(trim(coalesce(c.first_name, '') || ' ' || coalesce(c.last_name, '')), ''), c.email, c.phone, c.external_id, '') AS survivorName,
            m.merged_id AS merged, m.name AS mergedName, m.at, m.undone_at AS undoneAt, m.kept
     FROM merges m JOIN contacts c ON c.id = m.contact_id ORDER BY m.id DESC LIMIT ?`,
    limit,
  );
  return found.map((each) => ({ ...each, canUndo: each.undoneAt === null && laterMerge(workspace, each.id) === undefined, kept: each.kept === null ? [] : (JSON.parse(each.kept) as Text[]) }));
}

/** Lets a contact be found under an address that it does not have itself any more. */
export function addFormerAddress({ db }: WithDatabase, kind: AddressKind, value: string, contactId: number): boolean {
  return run(db, 'INSERT INTO former_addresses (kind, value, contact_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING', kind, value, contactId).changes > 0;
}

export function removeFormerAddress({ db }: WithDatabase, kind: AddressKind, value: string, contactId: number): void {
  run(db, 'DELETE FROM former_addresses WHERE kind = ? AND value = ? AND contact_id = ?', kind, value, contactId);
}

/** The number of the last row of a table that was ever added. */
export function lastIdOf({ db }: WithDatabase, table: Span['table']): number {
  return row<{ id: number | null }>(db, `SELECT max(id) AS id FROM ${table}`)?.id ?? 0;
}

/** Removes rows that a merge added. */
export function removeSpan({ db, guard }: Workspace, { table, after, until }: Span): void {
  if (table === 'suppressions') {
    for (const { channel, address } of rows<{ channel: Channel; address: string }>(db, 'SELECT channel, address FROM suppressions WHERE id > ? AND id <= ?', after, until)) guard?.lifted(channel, address);
  }
  run(db, `DELETE FROM ${table} WHERE id > ? AND id <= ?`, after, until);
}

/** What a tag is called; `undefined`: there is none with this id any more. */
export function tagNamedBy({ db }: WithDatabase, id: number): string | undefined {
  return row<{ name: string }>(db, 'SELECT name FROM tags WHERE id = ?', id)?.name;
}

/** Whether a segment is what its rule makes of it, and no fixed set. */
export function isRuleSegment({ db }: WithDatabase, key: string): boolean {
  return row(db, 'SELECT 1 FROM segments WHERE key = ? AND rule IS NOT NULL', key) !== undefined;
}

/** A contact's row as it stands; `undefined` when there is none. */
export function contactRow({ db }: WithDatabase, id: number): Cells | undefined {
  return row<Cells>(db, 'SELECT * FROM contacts WHERE id = ?', id);
}

/** Puts values into columns of a contact, without any event. */
export function setColumns({ db }: WithDatabase, id: number, cells: Cells): void {
  const columns = Object.keys(cells);
  if (columns.length > 0) run(db, `UPDATE contacts SET ${columns.map((column) => `${column} = ?`).join(', ')} WHERE id = ?`, ...Object.values(cells), id);
}

/** Counts the orders of contacts anew: the n-th in time is number n. */
export function countOrdersAnew({ db }: WithDatabase, contactIds: readonly number[]): void {
  run(
    db,
    `UPDATE orders SET nth = k.n FROM (SELECT id, row_number() OVER (PARTITION BY contact_id ORDER BY at, id) AS n FROM orders WHERE contact_id IN (SELECT value FROM json_each(?))) k
     WHERE orders.id = k.id AND orders.nth <> k.n`,
    JSON.stringify(contactIds),
  );
}

export type Standing = { channel: Channel; topic: string; state: 'given' | 'withdrawn' | 'none'; source: string };

/** What holds now of a contact's consents: the latest word for each channel and topic. */
export function standingConsents({ db }: WithDatabase, contactId: number): Standing[] {
  return rows(db, 'SELECT channel, topic, state, source FROM consents k WHERE contact_id = ? AND id = (SELECT max(o.id) FROM consents o WHERE o.contact_id = k.contact_id AND o.channel = k.channel AND o.topic = k.topic) ORDER BY channel, topic', contactId);
}

/** Withdrawals of a contact that were recorded after a row of the ledger. */
export function withdrawnSince({ db }: WithDatabase, contactId: number, after: number): Standing[] {
  return rows(db, `SELECT DISTINCT channel, topic, state, source FROM consents WHERE contact_id = ? AND id > ? AND state = 'withdrawn' ORDER BY channel, topic`, contactId, after);
}

/** Appends a word to the ledger of consent, without an event. */
export function appendConsent(workspace: Workspace, contactId: number, { channel, topic, state, source }: Standing): void {
  run(workspace.db, 'INSERT INTO consents (contact_id, channel, topic, state, source, actor, at) VALUES (?, ?, ?, ?, ?, ?, ?)', contactId, channel, topic, state, source, MERGE, workspace.clock.now());
}

/** Passages through flows in which both contacts are now. */
export function sharedFlows({ db }: WithDatabase, survivor: number, other: number): { flow: number; name: string; ofSurvivor: number; ofOther: number }[] {
  return rows(
    db,
    `SELECT f.id AS flow, f.name, a.id AS ofSurvivor, b.id AS ofOther FROM enrollments a JOIN enrollments b ON b.flow_id = a.flow_id AND b.parallel_key = a.parallel_key JOIN flows f ON f.id = a.flow_id
     WHERE a.contact_id = ? AND b.contact_id = ? AND a.parent_id IS NULL AND b.parent_id IS NULL AND ${isInside('a')} AND ${isInside('b')} ORDER BY f.id`,
    survivor,
    other,
  );
}

/** Occurrences (a birthday, say) that both have had in one flow: only one of them can stand for it. */
export function sharedOccurrences({ db }: WithDatabase, survivor: number, other: number): { id: number; entry_key: string }[] {
  return rows(db, `SELECT b.id, b.entry_key FROM enrollments b JOIN enrollments a ON a.flow_id = b.flow_id AND a.entry_key = b.entry_key AND a.contact_id = ? WHERE b.contact_id = ? AND b.entry_key <> ''`, survivor, other);
}

export function clearEntryKey({ db }: WithDatabase, enrollment: number): void {
  run(db, `UPDATE enrollments SET entry_key = '' WHERE id = ?`, enrollment);
}

/** All sums of a flow, by step and what was counted. */
export function stepSums({ db }: WithDatabase, flow: number): { stepId: string; what: string; n: number }[] {
  return rows(db, 'SELECT step_id AS stepId, what, n FROM step_counts WHERE flow_id = ?', flow);
}

/** Takes sums back; what comes to nothing was never there. */
export function subtractSums({ db }: WithDatabase, flow: number, counts: readonly { stepId: string; what: string; n: number }[]): void {
  for (const { stepId, what, n } of counts) run(db, 'UPDATE step_counts SET n = n - ? WHERE flow_id = ? AND step_id = ? AND what = ?', n, flow, stepId, what);
  run(db, 'DELETE FROM step_counts WHERE flow_id = ? AND n = 0', flow);
}

export type Passage = { id: number; stepId: string | null; visit: number; enteredAt: number; /** The version that they were kept on; `null`: they follow the live one. */ keptVersion: number | null };

/** Where somebody stands in a flow. */
export function passageOf({ db }: WithDatabase, enrollment: number): Passage {
  return row<Passage>(db, 'SELECT id, step_id AS stepId, visit, entered_at AS enteredAt, kept_version AS keptVersion FROM enrollments WHERE id = ?', enrollment)!;
}

/** Where a flow is now. */
export function flowNow({ db }: WithDatabase, flow: number): { name: string; state: string; liveVersion: number | null } | undefined {
  return row(db, 'SELECT name, state, live_version AS liveVersion FROM flows WHERE id = ?', flow);
}

/** Has a passage looked at now, where it waits for a time. */
export function lookAtEnrollment(workspace: Workspace, enrollment: number): void {
  run(workspace.db, `UPDATE enrollments SET due_at = ? WHERE id = ? AND state = 'active' AND due_at IS NOT NULL`, workspace.clock.now(), enrollment);
}

/** How much belongs to a contact: shown before it is merged. */
export function belongings({ db }: WithDatabase, contactId: number): { events: number; orders: number; flows: number; messages: number } {
  return row(
    db,
    `SELECT (SELECT count(*) FROM events WHERE contact_id = j.value) AS events, (SELECT count(*) FROM orders WHERE contact_id = j.value) AS orders,
            (SELECT count(*) FROM enrollments WHERE contact_id = j.value) AS flows, (SELECT count(*) FROM outbox WHERE contact_id = j.value) AS messages FROM json_each(?) j`,
    JSON.stringify([contactId]),
  )!;
}

/** How many entries of a contact's history are newer than one, and no merge's own. */
export function entriesSince({ db }: WithDatabase, contactId: number, after: number): number {
  return row<{ n: number }>(db, 'SELECT count(*) AS n FROM events WHERE contact_id = ? AND id > ? AND source <> ?', contactId, after, MERGE)!.n;
}

/** Who has an address now; `undefined`: nobody. */
export function holderOf({ db }: WithDatabase, email: string): number | undefined {
  return row<{ id: number }>(db, 'SELECT id FROM contacts WHERE email = ?', email)?.id;
}

