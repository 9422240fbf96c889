// Lets what was put aside by store/rewind.ts happen again, in the order of its instants: contacts come, values change, orders are
// placed, other flows send. What the tested flow itself had caused stays out, for it acts anew; what people really did with its
// messages counts where the test sends them too.
import type { Instant } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { attributesOf } from './attributes.ts';
import { row, rows, run, transaction } from './database.ts';
import { SENT_AT } from './outbox.ts';
import { applyChange, STATE_TYPES, type PastChange } from './rewind.ts';
import { SEGMENTS } from './segment-membership.ts';

/** What somebody really did with a message that the test sends, too. */
export type RealAct = { act: 'opened' | 'clicked'; at: Instant; outbox: number };

export type Replay = {
  /** When next something happens that may move somebody in the tested flow; `null`: no more. */
  next(): Instant | null;
  /** Everything until now happens. */
  happen(): void;
  /** Real opens, clicks and replies of messages that the test had not sent. */
  withoutMessage(): number;
};

const AT_ONCE = 1000;
const KINDS = { contact: 0, consent: 1, suppression: 2, entered: 3, event: 4, message: 5, left: 6 } as const;
const ACTS = `'message_opened', 'message_clicked', 'message_replied'`;

/** By whom imports are bound: what was read from a file about orders and events happened when it happened, whatever the file was allowed to start. */
const ABOUT_CONTACTS = new Set<string>(['contact_added', 'consent_given', 'consent_withdrawn', ...STATE_TYPES]);

type Item = { seq: number; at: number; kind: number; ref: number };
type PastEvent = PastChange & { at: number; flowId: number | null; importId: number | null; message: string | null };

/** `stops`: the types of events at whose very instant the flow must be looked at; `null`: all of them. */
export function createReplay(workspace: Workspace, flowId: number, from: Instant, until: Instant, stops: readonly string[] | null, acted: (act: RealAct) => void): Replay {
  const { db } = workspace;
  const attributes = attributesOf(workspace);
  const known = new Set<string>(STATE_TYPES);
  order(workspace, flowId, from, until, stops);
  let done = 0;
  let lost = 0;

  /** The same message of the tested flow in this run: the latest before it. */
  function sentHere(contactId: number, message: string | null): { outbox: number; enrollment: number } | undefined {
    return row(db, `SELECT id AS outbox, enrollment_id AS enrollment FROM outbox WHERE contact_id = ? AND flow_id = ? AND message = ? AND state = 'sent' AND ${SENT_AT} > ? ORDER BY ${SENT_AT} DESC, id DESC LIMIT 1`, contactId, flowId, message, from);
  }

  function event(ref: number, now: Instant): void {
    const past = row<PastEvent>(db, `SELECT id, contact_id AS contactId, type, at, flow_id AS flowId, import_id AS importId, data, data ->> 'message' AS message FROM past_events WHERE id = ?`, ref)!;
    const { type, contactId } = past;
    const isOwn = past.flowId === flowId;
    const link = isOwn ? sentHere(contactId, past.message) : undefined;
    if (isOwn && link === undefined) return void lost++;
    if (known.has(type)) applyChange(workspace, past, attributes, false, past.at);
    const { id } = run(
      db,
      `INSERT INTO events (event_id, contact_id, type, at, recorded_at, source, flow_id, enrollment_id, outbox_id, import_id, bulk_edit_id, made_by, data)
       SELECT event_id, contact_id, type, at, ?, source, flow_id, ${link === undefined ? 'enrollment_id, outbox_id' : `${link.enrollment}, ${link.outbox}`}, ${ABOUT_CONTACTS.has(type) ? 'import_id' : 'NULL'}, bulk_edit_id, made_by, data FROM past_events WHERE id = ?`,
      now,
      ref,
    );
    if (type === 'order_placed') {
      run(db, `INSERT OR IGNORE INTO orders (id, order_key, event_id, contact_id, at, local_day, nth, amount, currency, data) SELECT id, order_key, ?, contact_id, at, local_day, nth, amount, currency, data FROM past_orders WHERE event_id = ?`, id, ref);
    }
    if (link !== undefined && type !== 'message_replied') acted({ act: type === 'message_opened' ? 'opened' : 'clicked', at: past.at, outbox: link.outbox });
  }

  function perform({ kind, ref }: Item, now: Instant): void {
    switch (kind) {
      case KINDS.contact:
        run(db, 'INSERT INTO contacts SELECT * FROM past_contacts WHERE id = ?', ref);
        run(db, 'INSERT OR IGNORE INTO contact_tags SELECT * FROM past_tags WHERE contact_id = ?', ref);
        run(db, 'INSERT OR IGNORE INTO segment_members SELECT * FROM past_members WHERE contact_id = ?', ref);
        return;
      case KINDS.consent:
        run(db, `INSERT INTO consents (contact_id, channel, topic, state, source, wording, file, import_id, actor, at) SELECT contact_id, channel, topic, state, source, wording, file, import_id, actor, at FROM past_consents WHERE id = ?`, ref);
        return;
      case KINDS.suppression:
        run(db, 'INSERT OR IGNORE INTO suppressions SELECT * FROM past_suppressions WHERE id = ?', ref);
        return;
      case KINDS.entered:
        run(db, `INSERT OR IGNORE INTO enrollments (id, flow_id, contact_id, entry_key, parallel_key, trigger_id, state, step_id, step_entered_at, entered_at) SELECT id, flow_id, contact_id, '', parallel_key, trigger_id, 'active', step_id, entered_at, entered_at FROM past_passages WHERE id = ?`, ref);
        return;
      case KINDS.left:
        run(db, `UPDATE enrollments SET (state, exit_reason, left_at) = (SELECT p.state, p.exit_reason, p.left_at FROM past_passages p WHERE p.id = enrollments.id) WHERE id = ?`, ref);
        return;
      case KINDS.message:
        run(db, `INSERT OR IGNORE INTO outbox SELECT ${outboxColumns(workspace)} FROM past_outbox WHERE id = ?`, ref);
        return;
      default:
        event(ref, now);
    }
  }

  return {
    next: () => row<{ at: number }>(db, 'SELECT at FROM past WHERE seq > ? AND stops = 1 ORDER BY seq LIMIT 1', done)?.at ?? null,
    happen() {
      const now = workspace.clock.now();
      for (;;) {
        const some = rows<Item>(db, `SELECT seq, at, kind, ref FROM past WHERE seq > ? AND at <= ? ORDER BY seq LIMIT ${AT_ONCE}`, done, now);
        if (some.length > 0) transaction(db, () => some.forEach((item) => perform(item, now)));
        done = some.at(-1)?.seq ?? done;
        if (some.length < AT_ONCE) return;
      }
    },
    withoutMessage: () => lost,
  };
}

function outboxColumns({ db }: Workspace): string {
  return rows<{ name: string }>(db, `SELECT name FROM pragma_table_info('outbox')`).map(({ name }) => name).join(', ');
}

/** One list of all that happened, in order. Of one instant: who comes, what they agreed to, what was sent before, what happened. */
function order({ db }: Workspace, flowId: number, from: Instant, until: Instant, stops: readonly string[] | null): void {
  run(db, 'CREATE TEMP TABLE past (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind INTEGER NOT NULL, ref INTEGER NOT NULL, stops INTEGER NOT NULL)');
  run(
    db,
    `INSERT INTO past (at, kind, ref, stops) SELECT at, kind, ref, stops FROM (
       SELECT at, ${KINDS.contact} AS kind, contact_id AS ref, 0 AS stops FROM arrivals
       UNION ALL SELECT max(CASE WHEN a.contact_id IS NOT NULL AND c.at <= a.added_at THEN a.at ELSE c.at END, ?), ${KINDS.consent}, c.id, 0 FROM past_consents c LEFT JOIN arrivals a ON a.contact_id = c.contact_id
       UNION ALL SELECT at, ${KINDS.suppression}, id, 0 FROM past_suppressions
       UNION ALL SELECT entered_at, ${KINDS.entered}, id, 0 FROM past_passages WHERE entered_at > ?
       UNION ALL SELECT max(at, ?), ${KINDS.event}, id, ? OR type IN (SELECT value FROM json_each(?)) FROM past_events
         WHERE (flow_id IS NOT ? OR type IN (${ACTS})) AND NOT (type IN ('segment_entered', 'segment_left') AND source = '${SEGMENTS}')
       UNION ALL SELECT at, ${KINDS.message}, id, 0 FROM past_outbox WHERE flow_id <> ?
       UNION ALL SELECT left_at, ${KINDS.left}, id, 0 FROM past_passages WHERE left_at IS NOT NULL
     ) WHERE at <= ? ORDER BY at, kind, ref`,
    from,
    from,
    from,
    stops === null ? 1 : 0,
    JSON.stringify(stops ?? []),
    flowId,
    flowId,
    until,
  );
  run(db, 'CREATE INDEX temp.past_at ON past(at)');
  run(db, 'CREATE INDEX temp.past_stops ON past(seq) WHERE stops = 1');
}

/** Whether the tested flow had really sent this message to this contact after the instant of the beginning. */
export function wasReallySent({ db }: Pick<Workspace, 'db'>, flowId: number, contactId: number, message: string): boolean {
  return row(db, 'SELECT 1 FROM past_outbox WHERE flow_id = ? AND contact_id = ? AND message = ?', flowId, contactId, message) !== undefined;
}

/** Messages of other flows within a time, by slots of `slotMs`. */
export function othersSent({ db }: Pick<Workspace, 'db'>, flowId: number, from: Instant, until: Instant, slotMs: number): { slot: number; n: number }[] {
  return rows(db, 'SELECT at / ? AS slot, count(*) AS n FROM past_outbox WHERE flow_id <> ? AND at <= ? AND at > ? GROUP BY slot ORDER BY slot', slotMs, flowId, until, from);
}

/** What became of the messages that the test asked for; `bought`: had ordered between coming in and the instant at which it was due. */
export function messagesOfTest({ db }: Pick<Workspace, 'db'>, flowId: number, from: Instant, until: Instant): { message: string; step: string; due: number; sent: number; bought: number }[] {
  return rows(
    db,
    `SELECT o.message, o.step_id AS step, count(*) AS due, sum(o.state = 'sent') AS sent,
            sum(EXISTS (SELECT 1 FROM events v WHERE v.contact_id = o.contact_id AND v.type = 'order_placed' AND v.at > o.enrolled_at AND v.at <= o.meant_at)) AS bought
     FROM outbox o WHERE o.flow_id = ? AND o.planned_at >= ? AND o.meant_at <= ? AND o.enrolled_at >= ? GROUP BY o.step_id, o.message ORDER BY min(o.id)`,
    flowId,
    from,
    until,
    from,
  );
}

/** Events that flows do not hear of, because their import, or their bulk edit, was to start none. */
export function silentPast({ db }: Pick<Workspace, 'db'>, types: readonly string[], until: Instant): number {
  return row<{ n: number }>(
    db,
    `SELECT count(*) AS n FROM past_events e WHERE e.type IN (SELECT value FROM json_each(?)) AND e.type IN (${[...ABOUT_CONTACTS].map((type) => `'${type}'`).join(', ')}) AND e.at <= ?
       AND e.import_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.id = e.import_id AND json_extract(i.plan, '$.startFlows') = 1)`,
    JSON.stringify(types),
    until,
  )!.n;
}

export type TestPassage = { id: number; contact: number; email: string | null; trigger: string; enteredAt: number; leftAt: number | null; reason: string | null };

/** How many people the test has let in. */
export function peopleOfTest({ db }: Pick<Workspace, 'db'>, flowId: number, from: Instant): number {
  return row<{ n: number }>(db, 'SELECT count(DISTINCT contact_id) AS n FROM enrollments WHERE flow_id = ? AND entered_at >= ?', flowId, from)!.n;
}

/** Some passages of the test, of different people: those with the most messages first, as they have the most to tell. */
export function tellingPassages({ db }: Pick<Workspace, 'db'>, flowId: number, from: Instant, limit: number): TestPassage[] {
  return rows(
    db,
    `SELECT e.id, e.contact_id AS contact, c.email, e.trigger_id AS trigger, e.entered_at AS enteredAt, e.left_at AS leftAt, e.exit_reason AS reason
     FROM enrollments e JOIN contacts c ON c.id = e.contact_id WHERE e.id IN (SELECT min(id) FROM enrollments WHERE flow_id = ? AND entered_at >= ? GROUP BY contact_id)
     ORDER BY (SELECT count(*) FROM events v WHERE v.contact_id = e.contact_id AND v.enrollment_id = e.id AND v.type LIKE 'message_%') DESC, e.id LIMIT ?`,
    flowId,
    from,
    limit,
  );
}

/** What else happened to a contact within a time, in order; `limit` at the most. */
export function eventsWithin({ db }: Pick<Workspace, 'db'>, contactId: number, from: Instant, until: Instant, limit: number): { at: number; type: string; message: string | null }[] {
  return rows(db, `SELECT at, type, data ->> 'message' AS message FROM events WHERE contact_id = ? AND at >= ? AND at <= ? AND type NOT IN ('message_sent', 'flow_entered', 'flow_left') ORDER BY id LIMIT ?`, contactId, from, until, limit);
}

/** The messages of a passage that have ended, in order. */
export function messagesOfPassage({ db }: Pick<Workspace, 'db'>, enrollment: number): { message: string; state: string; reason: string | null; at: number }[] {
  return rows(db, 'SELECT message, state, reason, settled_at AS at FROM outbox WHERE enrollment_id = ? AND settled_at IS NOT NULL ORDER BY settled_at, id', enrollment);
}
