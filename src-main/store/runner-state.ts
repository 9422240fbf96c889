// What the runner remembers between turns, in the transaction of what it did: how far it has read, how far it has looked.
import type { AuditEntry } from '../../shared/api.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run } from './database.ts';

/** What was remembered under a key; `null` when nothing was. */
export function remembered<Value>(workspace: Pick<Workspace, 'db'>, key: string): Value | null {
  const found = row<{ value: string }>(workspace.db, 'SELECT value FROM runner_state WHERE key = ?', key);
  return found === undefined ? null : (JSON.parse(found.value) as Value);
}

/** Remembers a value, which must survive JSON, instead of the one before. */
export function remember(workspace: Pick<Workspace, 'db'>, key: string, value: unknown): void {
  run(workspace.db, 'INSERT INTO runner_state (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value', key, JSON.stringify(value));
}

/** Forgets everything whose key begins so. */
export function forget(workspace: Pick<Workspace, 'db'>, prefix: string): void {
  run(workspace.db, 'DELETE FROM runner_state WHERE key >= ? AND key < ?', prefix, `${prefix}\u{10ffff}`);
}

/** Writes down a decision of weight that the machine has taken, or a user's act on a flow. */
export function recordAudit(workspace: Workspace, actor: string, action: string, details: Record<string, unknown>): void {
  run(workspace.db, 'INSERT INTO audit (at, actor, action, details) VALUES (?, ?, ?, ?)', workspace.clock.now(), actor, action, JSON.stringify(details));
}

/** Entries of the audit, of all or of one flow, the latest first; `before` is the id of the last one of the page above. */
export function auditEntries(workspace: Pick<Workspace, 'db'>, flow: number | null, before: number | null, limit: number): AuditEntry[] {
  return rows<Omit<AuditEntry, 'details'> & { details: string }>(
    workspace.db,
    `SELECT id, at, actor, action, details FROM audit WHERE id < ? ${flow === null ? '' : `AND details ->> 'flow' = ?`} ORDER BY id DESC LIMIT ?`,
    before ?? Number.MAX_SAFE_INTEGER,
    ...(flow === null ? [] : [flow]),
    limit,
  ).map((entry) => ({ ...entry, details: JSON.parse(entry.details) as Record<string, unknown> }));
}

/** The number of the latest entry about somebody who was erased; 0: nobody was. */
export function latestErasure({ db }: Pick<Workspace, 'db'>): number {
  return row<{ id: number | null }>(db, `SELECT max(id) AS id FROM audit WHERE action = 'contact-erased'`)?.id ?? 0;
}
