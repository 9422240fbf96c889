// The checks that a workspace keeps, and the moments that they look at.
import { checksSchema, type Check, type Moment } from '../../shared/simulation/checks.ts';
import type { Workspace } from '../workspace.ts';
import { rows } from './database.ts';
import { SENT_AT } from './outbox.ts';
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

/**
 * By contact and in order: messages and orders since an instant, and all that is on record about e-mail. Within one instant they are in
 * the order in which they were recorded (FEATURES D25), which is that of their events; what has none was there before, a message after.
 */
export function momentsSince(workspace: WithDatabase, since: number): (Moment & { contact: number })[] {
  const eventOf = (types: string, which: string) => `(SELECT min(e.id) FROM events e WHERE e.contact_id = x.contact_id AND e.type IN (${types}) AND ${which})`;
  return rows<Omit<Moment, 'isMarketing'> & { contact: number; isMarketing: number }>(
    workspace.db,
    `SELECT x.contact_id AS contact, ${SENT_AT} AS at, 'sent' AS what, x.flow_id AS flow, x.message, x.purpose IS NOT 'transactional' AS isMarketing, 2 AS rank,
       coalesce(${eventOf(`'message_sent'`, 'e.outbox_id = x.id')}, ${Number.MAX_SAFE_INTEGER}) AS recorded, x.id FROM outbox x WHERE x.state IN ('sent', 'unknown') AND ${SENT_AT} >= ?
     UNION ALL SELECT contact_id, at, 'ordered', NULL, NULL, 0, 1, event_id, id FROM orders WHERE at >= ?
     UNION ALL SELECT x.contact_id, x.at, CASE x.state WHEN 'given' THEN 'consented' ELSE 'optedOut' END, NULL, NULL, 0, 0,
       coalesce(${eventOf(`'consent_given', 'consent_withdrawn'`, `e.at = x.at AND e.data ->> 'channel' = 'email' AND e.data ->> 'topic' IS NULL`)}, 0), x.id
     FROM consents x WHERE x.channel = 'email' AND x.topic = '' AND x.state IN ('given', 'withdrawn')
     ORDER BY contact, at, recorded, rank, id`,
    since,
    since,
  ).map(({ contact, at, what, flow, message, isMarketing }) => ({ contact, at, what, flow, message, isMarketing: isMarketing === 1 }));
}
