// Who has come into a flow because of an import: the last thing that happened to them before they entered was the import's.
import type { Workspace } from '../workspace.ts';
import { row, rows } from './database.ts';

/** The passage through a flow that an import has caused; `version` is what the flow runs, `null`: it was never published. */
export type CausedEntry = { id: number; flowId: number; contactId: number; version: number | null; inside: boolean };

/** What flows and segments note by themselves comes between a cause and an entry, and is neither. */
const CAUSE = `(SELECT x.import_id FROM events x WHERE x.contact_id = n.contact_id AND x.id < e.id AND x.source <> 'segments'
  AND x.type NOT IN ('flow_entered', 'flow_left', 'flow_moved') ORDER BY x.id DESC LIMIT 1)`;
const ENTRY = `CROSS JOIN events e ON e.contact_id = n.contact_id AND e.type = 'flow_entered' AND e.enrollment_id = n.id`;
const INSIDE = `n.state IN ('active', 'held', 'failed')`;

/** The passages of some contacts that an import has caused, ended ones too. One query. */
export function entriesOfImport(workspace: Pick<Workspace, 'db'>, importId: number, contactIds: readonly number[]): CausedEntry[] {
  return rows<Omit<CausedEntry, 'inside'> & { inside: number }>(
    workspace.db,
    `SELECT n.id AS id, n.flow_id AS flowId, n.contact_id AS contactId, f.live_version AS version, ${INSIDE} AS inside
     FROM json_each(?) j CROSS JOIN enrollments n ON n.contact_id = j.value ${ENTRY} CROSS JOIN flows f ON f.id = n.flow_id WHERE ${CAUSE} = ? ORDER BY n.id`,
    JSON.stringify(contactIds),
    importId,
  ).map((entry) => ({ ...entry, inside: entry.inside !== 0 }));
}

/** How many people taking an import back would take out of flows, and how many planned messages it would cancel. */
export function peopleInsideBy(workspace: Pick<Workspace, 'db'>, importId: number): { people: number; messages: number } {
  return row<{ people: number; messages: number }>(
    workspace.db,
    `SELECT count(DISTINCT n.contact_id) AS people, coalesce(sum((SELECT count(*) FROM outbox o WHERE o.enrollment_id = n.id AND o.state = 'planned')), 0) AS messages
     FROM enrollments n ${ENTRY} WHERE ${INSIDE} AND n.entered_at >= (SELECT started_at FROM imports WHERE id = ?) AND ${CAUSE} = ?`,
    importId,
    importId,
  )!;
}

/** How many messages are planned for these passages. */
export function plannedFor(workspace: Pick<Workspace, 'db'>, enrollmentIds: readonly number[]): number {
  return row<{ n: number }>(workspace.db, `SELECT count(*) AS n FROM outbox WHERE state = 'planned' AND enrollment_id IN (SELECT value FROM json_each(?))`, JSON.stringify(enrollmentIds))!.n;
}
