// Notices: what flows, and imports from watched folders, tell the user. They are read, and forgotten when they are old.
import type { Notice } from '../../shared/contacts/task.ts';
import { DAY } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run } from './database.ts';

/** Read notices are kept for so long. */
const KEPT = 90 * DAY;

export type NewNotice = { key: string; kind: Notice['kind']; contactId: number | null; flowId: number | null; taskId?: number | null; title: string; text: string };

/** Tells the user something, on their desktop too; the same key tells it once. */
export function addNotice(workspace: Workspace, { key, kind, contactId, flowId, taskId = null, title, text }: NewNotice): void {
  const { changes } = run(
    workspace.db,
    'INSERT INTO notices (key, kind, contact_id, flow_id, task_id, title, text, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING',
    key, kind, contactId, flowId, taskId, title, text, workspace.clock.now(),
  );
  if (changes > 0) workspace.tell({ type: 'notice', title, body: text });
}

/** The latest notices, and how many nobody has read yet. */
export function listNotices(workspace: Pick<Workspace, 'db'>, unreadOnly: boolean, limit: number): { unread: number; rows: Notice[] } {
  return {
    unread: row<{ n: number }>(workspace.db, 'SELECT count(*) AS n FROM notices WHERE read_at IS NULL')!.n,
    rows: rows<Notice>(
      workspace.db,
      `SELECT n.id, n.kind, n.contact_id AS contact, coalesce(nullif(trim(coalesce(c.first_name, '') || ' ' || coalesce(c.last_name, '')), ''), c.email) AS contactName, f.name AS flowName,
              n.task_id AS task, n.title, n.text, n.at, n.read_at AS readAt
       FROM notices n LEFT JOIN contacts c ON c.id = n.contact_id LEFT JOIN flows f ON f.id = n.flow_id ${unreadOnly ? 'WHERE n.read_at IS NULL' : ''} ORDER BY n.id DESC LIMIT ?`,
      limit,
    ),
  };
}

/** Marks notices as read, all of them without `ids`, and forgets what was read long ago. */
export function readNotices(workspace: Workspace, ids: readonly number[] | null): void {
  const now = workspace.clock.now();
  if (ids === null) run(workspace.db, 'UPDATE notices SET read_at = ? WHERE read_at IS NULL', now);
  else run(workspace.db, 'UPDATE notices SET read_at = ? WHERE read_at IS NULL AND id IN (SELECT value FROM json_each(?))', now, JSON.stringify(ids));
  run(workspace.db, 'DELETE FROM notices WHERE read_at < ?', now - KEPT);
}
