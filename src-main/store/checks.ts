// The checks that a workspace keeps, and the moments that they look at.
import { checksSchema, type Check, type Moment } from '../../shared/simulation/checks.ts';
import type { Workspace } from '../workspace.ts';
import { rows } from './database.ts';
import { readSetting, writeSetting } from './settings.ts';

type WithDatabase = Pick<Workspace, 'db'>;

const KEY = 'checks';

/** What must always hold in this workspace. */
export function checksOf(workspace: WithDatabase): Check[] {
  const read = checksSchema.safeParse(readSetting(workspace, KEY));
  return read.success ? read.data : [];
}

export function saveChecks(workspace: WithDatabase, checks: readonly Check[]): void {
  writeSetting(workspace, KEY, checks);
}

/** By contact and in order: messages and orders since an instant, and all that is on record about e-mail. */
export function momentsSince(workspace: WithDatabase, since: number): (Moment & { contact: number })[] {
  return rows<Omit<Moment, 'isMarketing'> & { contact: number; isMarketing: number }>(
    workspace.db,
    `SELECT contact_id AS contact, settled_at AS at, 'sent' AS what, flow_id AS flow, message, purpose IS NOT 'transactional' AS isMarketing, 2 AS rank, id FROM outbox WHERE state IN ('sent', 'unknown') AND settled_at >= ?
     UNION ALL SELECT contact_id, at, 'ordered', NULL, NULL, 0, 1, id FROM orders WHERE at >= ?
     UNION ALL SELECT contact_id, at, CASE state WHEN 'given' THEN 'consented' ELSE 'optedOut' END, NULL, NULL, 0, 0, id FROM consents WHERE channel = 'email' AND topic = '' AND state IN ('given', 'withdrawn')
     ORDER BY contact, at, rank, id`,
    since,
    since,
  ).map(({ contact, at, what, flow, message, isMarketing }) => ({ contact, at, what, flow, message, isMarketing: isMarketing === 1 }));
}
