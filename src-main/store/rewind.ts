// Puts a copy of a workspace back to a past instant, as far as the record of events tells what was: values and tags, consents,
// suppressions, orders, fixed segments, who was there at all, and what other flows had sent. What came after it is put aside in
// temporary tables, from which store/replay.ts lets it happen again (FEATURES B3). Only for copies: all of it is forgotten here.
import type { AttributeChanges } from '../../shared/contacts/event.ts';
import type { Instant } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { attributesOf, toColumn, type AttributeMap } from './attributes.ts';
import { row, rows, run, transaction } from './database.ts';
import { isInside } from './inside.ts';
import { SENT_AT } from './outbox.ts';
import { SEGMENTS } from './segment-membership.ts';

/** `arrivedEarlier`: contacts who were added after the first thing that is known of them. `inside`: were in the flow at that instant. */
export type Rewound = { contacts: number; contactsLater: number; arrivedEarlier: number; events: number; orders: number; inside: number };

export type PastChange = { id: number; contactId: number; type: string; data: string };

/** What leaves a trace in what a contact is. */
export const STATE_TYPES = ['attributes_changed', 'tag_added', 'tag_removed', 'segment_entered', 'segment_left', 'suppressed', 'suppression_removed'] as const;
const IS_STATE = `type IN (${STATE_TYPES.map((type) => `'${type}'`).join(', ')}) AND NOT (type IN ('segment_entered', 'segment_left') AND source = '${SEGMENTS}')`;
const AT_ONCE = 5000;

/** The reason with which passages of the tested flow end that were under way at the instant to which the copy is put back. */
export const REASON_REWOUND = 'backtest';

/** The first instant of which anything is known; `null` where nothing is. */
export function historyBegins(workspace: Pick<Workspace, 'db'>): Instant | null {
  return row<{ at: number | null }>(workspace.db, 'SELECT min(at) AS at FROM events')!.at;
}

/** Puts everything back to `from`, and has nobody in the flow `flowId`; all other flows are paused. */
export function rewind(workspace: Workspace, flowId: number, from: Instant): Rewound {
  const { db } = workspace;
  return transaction(db, () => {
    putAside(workspace, flowId, from);
    takeBackChanges(workspace, from);
    // What contacts came with is what is left of them now.
    run(db, 'CREATE TEMP TABLE past_contacts AS SELECT c.* FROM arrivals a CROSS JOIN contacts c ON c.id = a.contact_id');
    run(db, 'CREATE TEMP TABLE past_tags AS SELECT t.* FROM arrivals a CROSS JOIN contact_tags t ON t.contact_id = a.contact_id');
    run(db, 'CREATE TEMP TABLE past_members AS SELECT m.* FROM arrivals a CROSS JOIN segment_members m ON m.contact_id = a.contact_id JOIN segments s ON s.key = m.segment AND s.rule IS NULL');
    for (const table of ['past_contacts(id)', 'past_tags(contact_id)', 'past_members(contact_id)']) run(db, `CREATE INDEX temp.${table.replace(/\W/g, '_')} ON ${table}`);
    const counts = row<Omit<Rewound, 'inside' | 'contacts'>>(
      db,
      `SELECT (SELECT count(*) FROM arrivals) AS contactsLater, (SELECT count(*) FROM arrivals WHERE at < added_at) AS arrivedEarlier,
              (SELECT count(*) FROM past_events) AS events, (SELECT count(*) FROM past_orders) AS orders`,
    )!;
    forgetFuture(workspace, flowId, from);
    const inside = run(db, `UPDATE enrollments SET state = 'exited', exit_reason = ?, left_at = ?, step_id = NULL, due_at = NULL WHERE flow_id = ? AND ${isInside()}`, REASON_REWOUND, from, flowId).changes;
    run(db, 'DELETE FROM runner_state');
    run(db, `UPDATE flows SET state = 'paused', paused_at = ? WHERE id <> ? AND state = 'live'`, from, flowId);
    run(db, `UPDATE flows SET state = 'draft', live_version = NULL, kept_versions = '[]', paused_at = NULL, resumed_at = NULL, resumed_as = NULL, drain = NULL, halted = NULL WHERE id = ?`, flowId);
    return { ...counts, inside, contacts: row<{ n: number }>(db, 'SELECT count(*) AS n FROM contacts')!.n };
  });
}

/** Copies what came after `from` into temporary tables. */
function putAside({ db }: Workspace, flowId: number, from: Instant): void {
  // Orders and events may be older than the contact's own record: then the contact was there, as somebody who came with what is known first.
  run(
    db,
    `CREATE TEMP TABLE arrivals AS SELECT c.id AS contact_id, c.added_at,
       max(?, min(c.added_at, ifnull((SELECT min(e.at) FROM events e WHERE e.contact_id = c.id), c.added_at))) AS at
     FROM contacts c WHERE c.added_at > ?`,
    from,
    from,
  );
  run(db, 'CREATE UNIQUE INDEX temp.arrivals_contact ON arrivals(contact_id)');
  const later = (table: string, at: string) => `SELECT x.* FROM ${table} x WHERE ${at} > ? OR x.contact_id IN (SELECT contact_id FROM arrivals)`;
  run(db, `CREATE TEMP TABLE past_events AS ${later('events', 'x.at')}`, from);
  run(db, `CREATE TEMP TABLE past_orders AS ${later('orders', 'x.at')}`, from);
  run(db, `CREATE TEMP TABLE past_consents AS ${later('consents', 'x.at')}`, from);
  run(db, 'CREATE TEMP TABLE past_suppressions AS SELECT x.* FROM suppressions x WHERE x.at > ?', from);
  run(db, `CREATE TEMP TABLE past_outbox AS SELECT x.*, ${SENT_AT} AS at FROM outbox x WHERE x.state IN ('sent', 'unknown') AND x.settled_at > ?`, from);
  run(db, 'CREATE TEMP TABLE past_passages AS SELECT x.* FROM enrollments x WHERE x.parent_id IS NULL AND x.flow_id <> ? AND (x.entered_at > ? OR x.left_at > ?)', flowId, from, from);
  for (const table of ['past_events', 'past_consents', 'past_suppressions', 'past_outbox', 'past_passages']) run(db, `CREATE UNIQUE INDEX temp.${table}_id ON ${table}(id)`);
  run(db, 'CREATE INDEX temp.past_orders_event ON past_orders(event_id)');
  run(db, 'CREATE INDEX temp.past_outbox_to ON past_outbox(flow_id, contact_id, message)');
}

/** Undoes the changes of contacts one after the other, the latest first. */
function takeBackChanges(workspace: Workspace, from: Instant): void {
  const attributes = attributesOf(workspace);
  for (let below = Number.MAX_SAFE_INTEGER; ; ) {
    const some = rows<PastChange>(workspace.db, `SELECT id, contact_id AS contactId, type, data FROM past_events WHERE id < ? AND at > ? AND ${IS_STATE} ORDER BY id DESC LIMIT ${AT_ONCE}`, below, from);
    for (const change of some) applyChange(workspace, change, attributes, true, from);
    if (some.length < AT_ONCE) return;
    below = some.at(-1)!.id;
  }
}

/** Makes a change of a contact, or with `back` undoes it. */
export function applyChange({ db }: Workspace, { contactId, type, data }: PastChange, attributes: AttributeMap, back: boolean, at: Instant): void {
  const told = JSON.parse(data) as { changes?: AttributeChanges; tag?: string; segment?: string; channel?: string; reason?: string };
  const puts = type.endsWith('_added') || type.endsWith('_entered') || type === 'suppressed' ? !back : back;
  switch (type) {
    case 'attributes_changed':
      for (const [key, [old, now]] of Object.entries(told.changes ?? {})) {
        const attribute = attributes.get(key);
        // An address that somebody else has had since stays with them: two cannot have it, and who had it first goes by the later one.
        if (attribute !== undefined) run(db, `UPDATE OR IGNORE contacts SET ${attribute.column} = ? WHERE id = ?`, toColumn(attribute, back ? old : now), contactId);
      }
      return;
    case 'tag_added':
    case 'tag_removed':
      if (puts) run(db, 'INSERT OR IGNORE INTO contact_tags (contact_id, tag_id, added_at) SELECT c.id, t.id, ? FROM tags t, contacts c WHERE t.name = ? AND c.id = ?', at, told.tag, contactId);
      else run(db, 'DELETE FROM contact_tags WHERE contact_id = ? AND tag_id = (SELECT id FROM tags WHERE name = ?)', contactId, told.tag);
      return;
    case 'segment_entered':
    case 'segment_left':
      if (puts) run(db, 'INSERT OR IGNORE INTO segment_members (segment, contact_id, added_at) SELECT s.key, c.id, ? FROM segments s, contacts c WHERE s.key = ? AND s.rule IS NULL AND c.id = ?', at, told.segment, contactId);
      else run(db, 'DELETE FROM segment_members WHERE segment = ? AND contact_id = ? AND EXISTS (SELECT 1 FROM segments s WHERE s.key = ? AND s.rule IS NULL)', told.segment, contactId, told.segment);
      return;
    default: {
      const channel = told.channel ?? 'email';
      const address = channel === 'sms' ? 'phone' : 'email';
      if (puts) run(db, `INSERT OR IGNORE INTO suppressions (channel, address, reason, source, at) SELECT ?, c.${address}, ?, 'backtest', ? FROM contacts c WHERE c.id = ? AND c.${address} IS NOT NULL`, channel, told.reason ?? '', at, contactId);
      else run(db, `DELETE FROM suppressions WHERE channel = ? AND address = (SELECT c.${address} FROM contacts c WHERE c.id = ?)`, channel, contactId);
    }
  }
}

/** Removes what came after `from` from where it was. */
function forgetFuture({ db }: Workspace, flowId: number, from: Instant): void {
  run(db, 'DELETE FROM suppressions WHERE at > ?', from);
  run(db, 'DELETE FROM outbox WHERE settled_at IS NULL OR settled_at > ?', from);
  run(db, 'DELETE FROM enrollments WHERE entered_at > ?', from);
  run(db, `UPDATE OR IGNORE enrollments SET state = 'active', exit_reason = NULL, left_at = NULL, due_at = NULL WHERE left_at > ?`, from);
  run(db, 'DELETE FROM visits WHERE flow_id = ? AND left_at > ?', flowId, from);
  run(db, 'DELETE FROM waiting_entries');
  run(db, 'DELETE FROM trigger_memories');
  run(db, 'DELETE FROM tasks WHERE flow_id = ?', flowId);
  run(db, 'DELETE FROM orders WHERE at > ? OR contact_id IN (SELECT contact_id FROM arrivals)', from);
  run(db, 'DELETE FROM consents WHERE at > ?', from);
  run(db, 'DELETE FROM events WHERE at > ?', from);
  run(db, 'DELETE FROM contacts WHERE id IN (SELECT contact_id FROM arrivals)');
}
