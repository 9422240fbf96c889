// Who is to come into a flow later: people who are taken in spread over some time, and those who wait until the passage that
// they are in has ended. One row for each flow, contact and key. Whoever is due first stands first; then come those who wait for
// the end of a passage, in the order in which they came (FEATURES D7).
import type { LineEntry } from '../../shared/api.ts';
import type { Instant } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run } from './database.ts';

/** `since`: when they took their place. `dueAt` null: when the contact is out. */
export type WaitingEntry = { contactId: number; triggerId: string; entryKey: string; parallelKey: string; source: string; since: Instant; dueAt: Instant | null };

/** Has somebody come in later; whoever waits already stays as they are. */
export function addWaitingEntry(workspace: Pick<Workspace, 'db'>, flowId: number, entry: WaitingEntry): void {
  run(
    workspace.db,
    `INSERT INTO waiting_entries (flow_id, contact_id, entry_key, parallel_key, trigger_id, source, since, due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    flowId,
    entry.contactId,
    entry.entryKey,
    entry.parallelKey,
    entry.triggerId,
    entry.source,
    entry.since,
    entry.dueAt,
  );
}

/** Has many come in by one trigger, in their order and evenly from `from` until `over` ms later. One statement. */
export function spreadEntries(workspace: Pick<Workspace, 'db'>, flowId: number, contacts: readonly { contactId: number; triggerId: string }[], from: Instant, over: number): void {
  run(
    workspace.db,
    `INSERT INTO waiting_entries (flow_id, contact_id, entry_key, parallel_key, trigger_id, source, since, due_at)
     SELECT ?, j.value ->> 0, '', '', j.value ->> 1, 'user', ?, ? + CAST(? * j.key / ? AS INTEGER) FROM json_each(?) j ORDER BY j.key ON CONFLICT DO NOTHING`,
    flowId,
    from,
    from,
    over,
    Math.max(1, contacts.length),
    JSON.stringify(contacts.map(({ contactId, triggerId }) => [contactId, triggerId])),
  );
}

/** Takes the next out of the line whose time has come, the first due first. */
export function takeDueEntries(workspace: Pick<Workspace, 'db'>, flowId: number, now: Instant, limit: number): WaitingEntry[] {
  const due = rows<WaitingEntry & { id: number }>(
    workspace.db,
    `SELECT id, contact_id AS contactId, trigger_id AS triggerId, entry_key AS entryKey, parallel_key AS parallelKey, source, since, due_at AS dueAt
     FROM waiting_entries WHERE flow_id = ? AND due_at IS NOT NULL AND due_at <= ? ORDER BY due_at, id LIMIT ?`,
    flowId,
    now,
    limit,
  );
  if (due.length > 0) run(workspace.db, 'DELETE FROM waiting_entries WHERE id IN (SELECT value FROM json_each(?))', JSON.stringify(due.map(({ id }) => id)));
  return due;
}

/** When the next is due in one of these flows; `null`: nobody is. */
export function nextWaitingEntry(workspace: Pick<Workspace, 'db'>, flowIds: readonly number[]): Instant | null {
  let next: number | null = null;
  for (const flowId of flowIds) {
    const due = row<{ due: number | null }>(workspace.db, 'SELECT min(due_at) AS due FROM waiting_entries WHERE flow_id = ? AND due_at IS NOT NULL', flowId)!.due;
    if (due !== null && (next === null || due < next)) next = due;
  }
  return next;
}

/** The contact has left the flow: what waited for that is due now. */
export function freeEntries(workspace: Pick<Workspace, 'db' | 'clock'>, flowId: number, contactId: number): void {
  run(workspace.db, 'UPDATE waiting_entries SET due_at = ? WHERE flow_id = ? AND contact_id = ? AND due_at IS NULL', workspace.clock.now(), flowId, contactId);
}

/** Nobody waits to come into the flow any more: it is over. */
export function dropWaitingEntries(workspace: Pick<Workspace, 'db'>, flowId: number): void {
  run(workspace.db, 'DELETE FROM waiting_entries WHERE flow_id = ?', flowId);
}

const IN_LINE = `SELECT w.id AS entry, w.flow_id AS flow, f.name AS flowName, w.contact_id AS contact, c.email, w.parallel_key AS key, w.since, w.due_at AS dueAt
  FROM waiting_entries w JOIN flows f ON f.id = w.flow_id JOIN contacts c ON c.id = w.contact_id`;

/** Those who stand in line for a flow, in their order, from the place `offset` on; and how many stand there in all. */
export function lineOf(workspace: Pick<Workspace, 'db'>, flowId: number, offset: number, limit: number): { total: number; rows: LineEntry[] } {
  const { total, timed } = row<{ total: number; timed: number }>(workspace.db, 'SELECT count(*) AS total, count(due_at) AS timed FROM waiting_entries WHERE flow_id = ?', flowId)!;
  // Two questions, each in the order of the index: a line of a whole list of people is not sorted for a page of it.
  const page = (which: string, from: number, most: number) => (most <= 0 ? [] : rows<Omit<LineEntry, 'place'>>(workspace.db, `${IN_LINE} WHERE w.flow_id = ? AND ${which} ORDER BY w.due_at, w.id LIMIT ? OFFSET ?`, flowId, most, from));
  const due = offset < timed ? page('w.due_at IS NOT NULL', offset, limit) : [];
  const others = page('w.due_at IS NULL', Math.max(0, offset - timed), limit - due.length);
  return { total, rows: [...due, ...others].map((each, index) => ({ ...each, place: offset + index + 1 })) };
}

/** How many stand in line for a flow. */
export function lineLength(workspace: Pick<Workspace, 'db'>, flowId: number): number {
  return row<{ n: number }>(workspace.db, 'SELECT count(*) AS n FROM waiting_entries WHERE flow_id = ?', flowId)!.n;
}

/** Where a contact stands in line, in the order in which they came there. */
export function linesOfContact(workspace: Pick<Workspace, 'db'>, contactId: number): LineEntry[] {
  const found = rows<Omit<LineEntry, 'place'>>(workspace.db, `${IN_LINE} WHERE w.contact_id = ? ORDER BY w.since, w.id`, contactId);
  return found.map((each) => ({ ...each, place: 1 + before(workspace, each) }));
}

function before(workspace: Pick<Workspace, 'db'>, { flow, entry, dueAt }: Omit<LineEntry, 'place'>): number {
  const count = (which: string, ...values: number[]) => row<{ n: number }>(workspace.db, `SELECT count(*) AS n FROM waiting_entries WHERE flow_id = ? AND ${which}`, flow, ...values)!.n;
  if (dueAt === null) return count('due_at IS NOT NULL') + count('due_at IS NULL AND id < ?', entry);
  return count('due_at < ?', dueAt) + count('due_at = ? AND id < ?', dueAt, entry);
}

/** Takes these out of the line for a flow, or (`null`) all; answers the contacts whom it took out. */
export function leaveLine(workspace: Pick<Workspace, 'db'>, flowId: number, entries: readonly number[] | null): number[] {
  const which = entries === null ? '' : 'AND id IN (SELECT value FROM json_each(?))';
  return rows<{ contact: number }>(workspace.db, `DELETE FROM waiting_entries WHERE flow_id = ? ${which} RETURNING contact_id AS contact`, flowId, ...(entries === null ? [] : [JSON.stringify(entries)])).map(({ contact }) => contact);
}

/** Whoever is to come in no more than they are to stay in: their place in the line is given up, with this key or (`null`) with every one. */
export function leaveLineOf(workspace: Pick<Workspace, 'db'>, flowId: number, contactId: number, parallelKey: string | null): void {
  run(workspace.db, `DELETE FROM waiting_entries WHERE flow_id = ? AND contact_id = ? ${parallelKey === null ? '' : 'AND parallel_key = ?'}`, flowId, contactId, ...(parallelKey === null ? [] : [parallelKey]));
}

/** The same for the lines of all flows but one. */
export function leaveOtherLines(workspace: Pick<Workspace, 'db'>, exceptFlow: number, contactId: number): void {
  run(workspace.db, 'DELETE FROM waiting_entries WHERE contact_id = ? AND flow_id <> ?', contactId, exceptFlow);
}

/** Whether somebody waits until the passage that they are in has ended. */
export function hasQueue(workspace: Pick<Workspace, 'db'>, flowId: number): boolean {
  return row(workspace.db, 'SELECT 1 FROM waiting_entries WHERE flow_id = ? AND due_at IS NULL LIMIT 1', flowId) !== undefined;
}
