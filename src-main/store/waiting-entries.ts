// Who is to come into a flow later: people who are taken in spread over some time, and those who wait until the passage that
// they are in has ended. One row for each flow, contact and key.
import type { Instant } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run } from './database.ts';

/** `dueAt` null: when the contact is out. */
export type WaitingEntry = { contactId: number; triggerId: string; entryKey: string; parallelKey: string; source: string; dueAt: Instant | null };

/** Has somebody come in later; whoever waits already stays as they are. */
export function addWaitingEntry(workspace: Pick<Workspace, 'db'>, flowId: number, entry: WaitingEntry): void {
  run(
    workspace.db,
    `INSERT INTO waiting_entries (flow_id, contact_id, entry_key, parallel_key, trigger_id, source, due_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    flowId,
    entry.contactId,
    entry.entryKey,
    entry.parallelKey,
    entry.triggerId,
    entry.source,
    entry.dueAt,
  );
}

/** Has many come in by one trigger, in their order and evenly from `from` until `over` ms later. One statement. */
export function spreadEntries(workspace: Pick<Workspace, 'db'>, flowId: number, contacts: readonly { contactId: number; triggerId: string }[], from: Instant, over: number): void {
  run(
    workspace.db,
    `INSERT INTO waiting_entries (flow_id, contact_id, entry_key, parallel_key, trigger_id, source, due_at)
     SELECT ?, j.value ->> 0, '', '', j.value ->> 1, 'user', ? + CAST(? * j.key / ? AS INTEGER) FROM json_each(?) j ORDER BY j.key ON CONFLICT DO NOTHING`,
    flowId,
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
    `SELECT id, contact_id AS contactId, trigger_id AS triggerId, entry_key AS entryKey, parallel_key AS parallelKey, source, due_at AS dueAt
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
