// Who has come into a flow because of an import, or of a change of many contacts: the last thing that happened to them before
// they entered was its doing.
import type { Workspace } from '../workspace.ts';
import { row, rows } from './database.ts';
import { isInside } from './inside.ts';

/** What sends many people into flows at once. */
export type Cause = { kind: 'import' | 'bulkEdit'; id: number };

const TABLES = { import: { table: 'imports', column: 'import_id' }, bulkEdit: { table: 'bulk_edits', column: 'bulk_edit_id' } } as const;

/** The passage through a flow that it has caused; `version` is what the flow runs, `null`: it was never published. */
export type CausedEntry = { id: number; flowId: number; contactId: number; version: number | null; inside: boolean };

/** What flows and segments note by themselves comes between a cause and an entry, and is neither. */
const lastAct = (kind: Cause['kind'], contact: string, before: string): string => `(SELECT x.${TABLES[kind].column} FROM events x WHERE x.contact_id = ${contact} AND ${before} AND x.source <> 'segments'
  AND x.type NOT IN ('flow_entered', 'flow_left', 'flow_moved') ORDER BY x.id DESC LIMIT 1)`;
const causeIn = (kind: Cause['kind']): string => lastAct(kind, 'n.contact_id', 'x.id < e.id');
const ENTRY = `CROSS JOIN events e ON e.contact_id = n.contact_id AND e.type = 'flow_entered' AND e.enrollment_id = n.id`;
const INSIDE = isInside('n');

/** The passages of some contacts that it has caused, ended ones too. One query. */
export function entriesCausedBy(workspace: Pick<Workspace, 'db'>, { kind, id }: Cause, contactIds: readonly number[]): CausedEntry[] {
  return rows<Omit<CausedEntry, 'inside'> & { inside: number }>(
    workspace.db,
    `SELECT n.id AS id, n.flow_id AS flowId, n.contact_id AS contactId, f.live_version AS version, ${INSIDE} AS inside
     FROM json_each(?) j CROSS JOIN enrollments n ON n.contact_id = j.value ${ENTRY} CROSS JOIN flows f ON f.id = n.flow_id WHERE ${causeIn(kind)} = ? ORDER BY n.id`,
    JSON.stringify(contactIds),
    id,
  ).map((entry) => ({ ...entry, inside: entry.inside !== 0 }));
}

/** The places in line that some contacts have taken because of it, by flow. */
export function placesCausedBy(workspace: Pick<Workspace, 'db'>, { kind, id }: Cause, contactIds: readonly number[]): { flowId: number; entry: number }[] {
  return rows(
    workspace.db,
    `SELECT w.flow_id AS flowId, w.id AS entry FROM json_each(?) j CROSS JOIN waiting_entries w ON w.contact_id = j.value WHERE ${lastAct(kind, 'w.contact_id', 'x.recorded_at <= w.since')} = ? ORDER BY w.id`,
    JSON.stringify(contactIds),
    id,
  );
}

/** How many people taking it back would take out of flows, and how many planned messages it would cancel. */
export function peopleInsideBy(workspace: Pick<Workspace, 'db'>, { kind, id }: Cause): { people: number; messages: number } {
  return row<{ people: number; messages: number }>(
    workspace.db,
    `SELECT count(DISTINCT n.contact_id) AS people, coalesce(sum((SELECT count(*) FROM outbox o WHERE o.enrollment_id IN (SELECT p.id FROM enrollments p WHERE p.id = n.id OR p.parent_id = n.id) AND o.state = 'planned')), 0) AS messages
     FROM enrollments n ${ENTRY} WHERE ${INSIDE} AND n.entered_at >= (SELECT started_at FROM ${TABLES[kind].table} WHERE id = ?) AND ${causeIn(kind)} = ?`,
    id,
    id,
  )!;
}

/** How many of some contacts have left flows because an import said that they opt out, and are not in these again. */
export function countLeftByOptOut(workspace: Pick<Workspace, 'db'>, importId: number, contactIds: readonly number[]): number {
  return row<{ people: number }>(
    workspace.db,
    `SELECT count(DISTINCT n.contact_id) AS people FROM json_each(?) j CROSS JOIN enrollments n ON n.contact_id = j.value
     CROSS JOIN events e ON e.contact_id = n.contact_id AND e.type = 'flow_left' AND e.enrollment_id = n.id
     WHERE n.exit_reason = 'opted-out' AND n.parent_id IS NULL
       AND (SELECT x.import_id FROM events x WHERE x.contact_id = n.contact_id AND x.id < e.id AND x.type IN ('consent_withdrawn', 'suppressed') ORDER BY x.id DESC LIMIT 1) = ?
       AND NOT EXISTS (SELECT 1 FROM enrollments i WHERE i.contact_id = n.contact_id AND i.flow_id = n.flow_id AND ${isInside('i')})`,
    JSON.stringify(contactIds),
    importId,
  )!.people;
}

/** How many messages are planned for these passages. */
export function plannedFor(workspace: Pick<Workspace, 'db'>, enrollmentIds: readonly number[]): number {
  return row<{ n: number }>(workspace.db, `SELECT count(*) AS n FROM outbox WHERE state = 'planned' AND enrollment_id IN (SELECT p.id FROM json_each(?) j CROSS JOIN enrollments p ON p.id = j.value OR p.parent_id = j.value)`, JSON.stringify(enrollmentIds))!.n;
}
