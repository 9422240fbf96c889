// How many have entered flows since some moment, and what they are to get.
import type { Workspace } from '../workspace.ts';
import { row, rows } from './database.ts';

/** The number of the newest enrollment; 0: nobody ever entered a flow. */
export function lastEnrollment(workspace: Pick<Workspace, 'db'>): number {
  return row<{ id: number | null }>(workspace.db, 'SELECT max(id) AS id FROM enrollments')?.id ?? 0;
}

/** The contacts that have entered a flow since an enrollment, each once. */
export function contactsEntered(workspace: Pick<Workspace, 'db'>, flowId: number, since: number): number[] {
  return rows<{ id: number }>(workspace.db, 'SELECT DISTINCT contact_id AS id FROM enrollments WHERE id > ? AND flow_id = ? AND parent_id IS NULL ORDER BY contact_id', since, flowId).map(({ id }) => id);
}

/** The passages through a flow that have begun since an enrollment. */
export function enrollmentsSince(workspace: Pick<Workspace, 'db'>, flowId: number, since: number): { id: number; contactId: number }[] {
  return rows(workspace.db, 'SELECT id, contact_id AS contactId FROM enrollments WHERE id > ? AND flow_id = ? AND parent_id IS NULL ORDER BY id', since, flowId);
}

/** By flow: the contacts that have entered since an enrollment, and the messages that are planned for them. */
export function enteredSince(workspace: Pick<Workspace, 'db'>, enrollment: number): { flow: number; name: string; contacts: number; mails: number }[] {
  return rows(
    workspace.db,
    `SELECT f.id AS flow, f.name AS name, count(DISTINCT e.contact_id) AS contacts,
            (SELECT count(*) FROM outbox o WHERE o.flow_id = f.id AND o.enrollment_id > ?) AS mails
     FROM enrollments e JOIN flows f ON f.id = e.flow_id WHERE e.id > ? GROUP BY f.id ORDER BY contacts DESC, f.id`,
    enrollment,
    enrollment,
  );
}
