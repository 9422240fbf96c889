// Whose data may not be kept any longer: contacts of whom nothing has been heard for so many months (FEATURES A5.19). Counted from
// the last thing that they did themselves, never from when they were added.
import type { RetentionRow } from '../../shared/api.ts';
import { DEFAULT_RETENTION, type RetentionRule } from '../../shared/contacts/privacy.ts';
import type { Instant } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run } from './database.ts';
import { readSetting, writeSetting } from './settings.ts';

type WithDatabase = Pick<Workspace, 'db'>;

const RULE = 'retention';

/** What happens to contacts, and not by them: a mail that was sent to somebody is no sign of life. */
const NOT_BY_THEM = [
  'contact_added', 'attributes_changed', 'imported', 'tag_added', 'tag_removed', 'contact_merged', 'suppressed', 'suppression_removed', 'message_sent', 'message_failed',
  'message_cancelled', 'message_bounced', 'flow_entered', 'flow_left', 'flow_moved', 'segment_entered', 'segment_left', 'task_created', 'task_decided', 'task_closed', 'note_added',
];

/** What the program does by itself, whatever it is: events that a flow sends are its own, and not theirs. */
const BY_THE_PROGRAM = ['flow', 'undo', 'merge', 'guard', 'segments'];

const listed = (words: readonly string[]): string => words.map((word) => `'${word}'`).join(', ');

/** The last sign of life of a contact `c`; who never gave one has been quiet since they were added. */
const HEARD = `coalesce((SELECT max(e.at) FROM events e WHERE e.contact_id = c.id AND e.made_by IS NOT 'machine' AND e.type NOT IN (${listed(NOT_BY_THEM)}) AND e.source NOT IN (${listed(BY_THE_PROGRAM)})), c.added_at)`;

export function retentionRule(workspace: WithDatabase): RetentionRule {
  return readSetting<RetentionRule>(workspace, RULE) ?? DEFAULT_RETENTION;
}

/** Keeps the rule; the list begins anew, so that nobody is erased by a rule that was another one. */
export function saveRetentionRule(workspace: WithDatabase, rule: RetentionRule): void {
  writeSetting(workspace, RULE, rule);
  run(workspace.db, 'DELETE FROM retention_list WHERE kept_until IS NULL');
}

/** How many contacts have been quiet since before `cutoff`, with the longest quiet ones among them. Reads all contacts. */
export function quietSince(workspace: WithDatabase, cutoff: Instant, sample: number): { total: number; rows: RetentionRow[] } {
  const found = rows<RetentionRow & { total: number }>(
    workspace.db,
    `SELECT q.id AS contact, coalesce(c.email, c.phone, c.external_id, '') AS name, q.heard AS lastHeard, NULL AS eraseAt, count(*) OVER () AS total
     FROM (SELECT c.id, ${HEARD} AS heard FROM contacts c WHERE c.added_at < ?) q JOIN contacts c ON c.id = q.id WHERE q.heard < ? ORDER BY q.heard, q.id LIMIT ?`,
    cutoff,
    cutoff,
    sample,
  );
  return { total: found[0]?.total ?? 0, rows: found.map(({ contact, name, lastHeard, eraseAt }) => ({ contact, name, lastHeard, eraseAt })) };
}

/** Of the next contacts behind an id: puts the quiet ones on the list, and takes off it who was heard of. Answers the last id looked at; `null` when there are no more. */
export function lookAtSome(workspace: WithDatabase, after: number, limit: number, cutoff: Instant, now: Instant, eraseAt: Instant | null): { last: number | null; listed: number } {
  const { last, n } = row<{ last: number | null; n: number }>(workspace.db, 'SELECT max(id) AS last, count(*) AS n FROM (SELECT id FROM contacts WHERE id > ? ORDER BY id LIMIT ?)', after, limit)!;
  if (last === null) return { last, listed: 0 };
  run(workspace.db, `DELETE FROM retention_list WHERE contact_id > ? AND contact_id <= ? AND contact_id IN (SELECT c.id FROM contacts c WHERE c.id > ? AND c.id <= ? AND ${HEARD} >= ?)`, after, last, after, last, cutoff);
  run(workspace.db, 'DELETE FROM retention_list WHERE kept_until <= ?', now);
  const { changes } = run(
    workspace.db,
    `INSERT INTO retention_list (contact_id, listed_at, erase_at) SELECT c.id, ?, ? FROM contacts c
     WHERE c.id > ? AND c.id <= ? AND c.added_at < ? AND ${HEARD} < ? ON CONFLICT (contact_id) DO NOTHING`,
    now,
    eraseAt,
    after,
    last,
    cutoff,
    cutoff,
  );
  return { last: n < limit ? null : last, listed: changes };
}

/** Contacts on the list, the longest quiet first; without those whom a person has said to keep. */
export function retentionList(workspace: WithDatabase, offset: number, limit: number): { total: number; rows: RetentionRow[] } {
  const total = row<{ n: number }>(workspace.db, 'SELECT count(*) AS n FROM retention_list WHERE kept_until IS NULL')!.n;
  const found = rows<RetentionRow>(
    workspace.db,
    `SELECT l.contact_id AS contact, coalesce(c.email, c.phone, c.external_id, '') AS name, ${HEARD} AS lastHeard, l.erase_at AS eraseAt
     FROM retention_list l JOIN contacts c ON c.id = l.contact_id WHERE l.kept_until IS NULL ORDER BY lastHeard, l.contact_id LIMIT ? OFFSET ?`,
    limit,
    offset,
  );
  return { total, rows: found };
}

/** Takes contacts off the list until then, whatever the rule says. */
export function keepUntil(workspace: WithDatabase, contactIds: readonly number[], until: Instant): void {
  run(workspace.db, 'UPDATE retention_list SET kept_until = ?, erase_at = NULL WHERE contact_id IN (SELECT value FROM json_each(?))', until, JSON.stringify(contactIds));
}

/** The next whose time of grace is over, if they were heard of no more since. */
export function dueForErasure(workspace: WithDatabase, now: Instant, cutoff: Instant, limit: number): number[] {
  return rows<{ id: number }>(
    workspace.db,
    `SELECT l.contact_id AS id FROM retention_list l JOIN contacts c ON c.id = l.contact_id WHERE l.erase_at <= ? AND l.kept_until IS NULL AND ${HEARD} < ? ORDER BY l.erase_at, l.contact_id LIMIT ?`,
    now,
    cutoff,
    limit,
  ).map(({ id }) => id);
}

/** When the first time of grace on the list ends; `null` when none does. */
export function nextErasure(workspace: WithDatabase): Instant | null {
  return row<{ at: number | null }>(workspace.db, 'SELECT min(erase_at) AS at FROM retention_list WHERE kept_until IS NULL')?.at ?? null;
}
