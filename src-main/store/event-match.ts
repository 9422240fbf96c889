// What is asked of single events, as SQL: whether each of some events is one that a trigger means, and which awaited event came
// first to each of many who wait.
import { minorDigits } from '../../shared/contacts/locale-words.ts';
import type { EventQuestion } from '../../shared/contacts/event-question.ts';
import type { FirstEvent } from '../../shared/steps/step.ts';
import type { Instant } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { rows } from './database.ts';
import { eventSources, madeByPeople } from './event-acts.ts';
import { propertyTest } from './property-sql.ts';
import { ofPassage } from './passage-sql.ts';
import { joined, piece, teachFolding, type Piece } from './rule-sql.ts';
import { readSettings } from './settings.ts';

/** The question as SQL over `events e`. The connection is made ready for it. */
function questionPiece(workspace: Pick<Workspace, 'db' | 'clock'>, { type, message, tag, channel, where = [], isFirst = false, firstChangeOf, amountAtLeast = 0 }: EventQuestion): Piece {
  teachFolding(workspace.db);
  const { timeZone: zone, currency } = readSettings(workspace);
  const property = (name: 'message' | 'tag' | 'channel', value: string | undefined) => (value === undefined ? [] : [piece(`e.data ->> '${name}' = ?`, value)]);
  return joined(
    [
      piece('e.type = ?', type),
      ...property('message', message),
      ...property('tag', tag),
      ...property('channel', channel),
      ...madeByPeople(type),
      ...(isFirst ? eventSources(type).map((source) => piece(`NOT EXISTS (SELECT 1 FROM ${source} p WHERE p.contact_id = e.contact_id AND p.type = e.type AND (p.at < e.at OR (p.at = e.at AND p.id < e.id)))`)) : []),
      ...(firstChangeOf === undefined
        ? []
        : [
            piece(
              `json_type(e.data -> '$.changes', ?) IS NOT NULL AND NOT EXISTS (SELECT 1 FROM events p WHERE p.contact_id = e.contact_id AND p.type = e.type AND (p.at < e.at OR (p.at = e.at AND p.id < e.id)) AND json_type(p.data -> '$.changes', ?) IS NOT NULL)`,
              `$."${firstChangeOf}"`,
              `$."${firstChangeOf}"`,
            ),
          ]),
      ...(amountAtLeast > 0 ? [piece(`json_type(e.data, '$.amount') = 'integer' AND e.data ->> 'amount' >= ? AND e.data ->> 'currency' = ?`, Math.round(amountAtLeast * 10 ** minorDigits(currency)), currency)] : []),
      ...where.map((each) => propertyTest(each, { now: workspace.clock.now(), zone })),
    ],
    'AND',
  );
}

/** Which of some events the question means. One query. */
export function eventsMeeting(workspace: Pick<Workspace, 'db' | 'clock'>, question: EventQuestion, eventIds: readonly number[]): Set<number> {
  const asked = questionPiece(workspace, question);
  const ids = JSON.stringify(eventIds);
  const found = eventSources(question.type).flatMap((source) => rows<{ id: number }>(workspace.db, `SELECT e.id AS id FROM json_each(?) j CROSS JOIN ${source} e ON e.id = j.value WHERE ${asked.sql}`, ids, ...asked.values));
  return new Set(found.map(({ id }) => id));
}

/**
 * Whose last such event was after `after` and not after `until`, and since when they have been silent; who never had one, since
 * they were added. In the order in which they were added.
 */
export function contactsSilentSince(workspace: Pick<Workspace, 'db' | 'clock'>, questions: readonly EventQuestion[], after: Instant, until: Instant): { id: number; since: Instant }[] {
  const asked = questions.map((question) => questionPiece(workspace, question));
  const last = asked.map(({ sql }) => `coalesce((SELECT max(e.at) FROM events e WHERE e.contact_id = c.id AND ${sql}), c.added_at)`);
  const since = last.length === 1 ? last[0]! : `max(${last.join(', ')})`;
  return rows(
    workspace.db,
    `SELECT id, since FROM (SELECT c.id AS id, ${since} AS since FROM contacts c WHERE c.added_at <= ?) WHERE since > ? AND since <= ? ORDER BY id`,
    ...asked.flatMap(({ values }) => values),
    until,
    after,
    until,
  );
}

/** Somebody who waits: since when events count, and after which one where they are of that very instant. */
export type Awaiting = { enrollmentId: number; contactId: number; flowId: number; since: Instant; afterEvent: number };

/**
 * The first event until now, by its instant, that answers one of the questions, for each enrollment; one query for all. What
 * the flow itself did does not count (FEATURES D25). `ofEnrollment`: messages count that the enrollment was sent. `key`: the
 * property that tells one passage of a contact from another; an event with another value than the passage's does not count in it.
 */
export function firstEvents(workspace: Pick<Workspace, 'db' | 'clock'>, awaited: readonly { id: string; question: EventQuestion }[], waiting: readonly Awaiting[], ofEnrollment: boolean, key: string | null = null): Map<number, FirstEvent> {
  const found = new Map<number, FirstEvent>();
  if (awaited.length === 0 || waiting.length === 0) return found;
  const given = JSON.stringify(waiting.map(({ enrollmentId, contactId, flowId, since, afterEvent }) => [enrollmentId, contactId, flowId, since, afterEvent]));
  const at = (index: number) => `(j.value ->> ${index})`;
  const parts = awaited.flatMap(({ id, question }): Piece[] => {
    const asked = questionPiece(workspace, question);
    // An event of one order is nothing to the passage of another order.
    const sameKey = key === null ? '' : `AND NOT EXISTS (SELECT 1 FROM json_each(e.data) p WHERE p.key = ? AND p.type IN ('text', 'integer', 'real') AND CAST(p.value AS TEXT) IS NOT (SELECT n.parallel_key FROM enrollments n WHERE n.id = ${at(0)}))`;
    const sent = ofEnrollment && question.type.startsWith('message_') ? `AND ${ofPassage('e.enrollment_id', at(0))}` : '';
    return eventSources(question.type).map((source) => ({
      sql: `SELECT ${at(0)} AS enrollment, ? AS awaited, e.at AS at, e.id AS id FROM json_each(?) j CROSS JOIN ${source} e ON e.contact_id = ${at(1)}
        WHERE e.at >= ${at(3)} AND e.at <= ? AND (e.at > ${at(3)} OR e.id > ${at(4)}) AND NOT (e.source = 'flow' AND e.flow_id IS ${at(2)}) ${sent} ${sameKey} AND ${asked.sql}`,
      values: [id, given, workspace.clock.now(), ...(key === null ? [] : [key]), ...asked.values],
    }));
  });
  const all = rows<{ enrollment: number; awaited: string; at: number }>(workspace.db, `${parts.map(({ sql }) => sql).join(' UNION ALL ')} ORDER BY at, id`, ...parts.flatMap(({ values }) => values));
  for (const { enrollment, awaited: id, at: instant } of all) if (!found.has(enrollment)) found.set(enrollment, { awaited: id, at: instant });
  return found;
}

/** For each enrollment the event that recorded its entry; absent where that is not there. */
export function entryEvents(workspace: Pick<Workspace, 'db'>, enrollmentIds: readonly number[]): Map<number, number> {
  const found = rows<{ enrollment: number; event: number }>(
    workspace.db,
    `SELECT n.id AS enrollment, min(e.id) AS event FROM json_each(?) j CROSS JOIN enrollments n ON n.id = j.value
     CROSS JOIN events e ON e.contact_id = n.contact_id AND e.type = 'flow_entered' AND e.at = n.entered_at AND e.enrollment_id = coalesce(n.parent_id, n.id) GROUP BY n.id`,
    JSON.stringify(enrollmentIds),
  );
  return new Map(found.map(({ enrollment, event }) => [enrollment, event]));
}
