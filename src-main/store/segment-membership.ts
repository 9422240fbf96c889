// Who is in the segments that are followed, kept in segment_members and compared with what the rule says now. Who has come or
// gone since is an event; the source of these events is always SEGMENTS, so that they never cause themselves (FEATURES D21).
import { isFlowsDoing } from '../../shared/contacts/event.ts';
import type { Rule } from '../../shared/contacts/rule.ts';
import { mayDecide } from '../../shared/contacts/rule-events.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run } from './database.ts';
import { recordEvent } from './events.ts';
import { UNDO } from './import-undo.ts';
import { MERGE } from './merges.ts';
import { compileRule, ruleContext } from './rules.ts';

/** The source of events about membership that follow from a rule. */
export const SEGMENTS = 'segments';

/**
 * What is behind it that a contact has come to a segment or left it: the flow, the import or the bulk edit, where only one is. `putBack`: it was taken
 * back, or merged, and nothing else has happened, so that nothing starts because of it.
 */
type Mover = { flowId: number | null; importId: number | null; bulkEditId: number | null; putBack: boolean };

/** What has happened to a contact, and what was behind it. `data` is the event's, as it is stored. */
export type Act = Mover & { type: string; data: string };

const member = (segment: string): Rule => ({ kind: 'segment', segment, member: true });

/** Contacts that something has happened to behind a cursor, with what is behind it; and how far that is. */
export function changedContacts(
  workspace: Workspace,
  after: number,
  limit: number,
): { contacts: Map<number, Act[]>; until: number | null } {
  const events = rows<{ id: number; contactId: number; source: string } & Omit<Act, 'putBack'>>(
    workspace.db,
    'SELECT id, contact_id AS contactId, type, data, source, flow_id AS flowId, import_id AS importId, bulk_edit_id AS bulkEditId FROM events WHERE id > ? ORDER BY id LIMIT ?',
    after,
    limit,
  );
  const contacts = new Map<number, Act[]>();
  for (const { contactId, type, data, source, flowId, importId, bulkEditId } of events) {
    if (source === SEGMENTS) continue;
    const act: Act = { type, data, flowId: isFlowsDoing({ type, flowId }) ? flowId : null, importId, bulkEditId, putBack: source === UNDO || source === MERGE };
    const known = contacts.get(contactId);
    if (known === undefined) contacts.set(contactId, [act]);
    else known.push(act);
  }
  return { contacts, until: events.at(-1)?.id ?? null };
}

/**
 * What is behind a move: of all that has happened to the contact only what the rule can have been decided by, if anything was. Where a
 * person had a part in it, it is no flow's doing; where several flows had, it is that of the last.
 */
function moverOf(acts: readonly Act[], decides: (act: Act) => boolean): Mover {
  const deciding = acts.length < 2 ? acts : acts.filter(decides);
  const [first, ...others] = deciding.length === 0 ? acts : deciding;
  if (first === undefined) return NOBODY;
  return others.reduce<Mover>(
    (known, { flowId, importId, bulkEditId, putBack }) => ({
      putBack: known.putBack && putBack,
      flowId: known.flowId === null ? null : flowId,
      // What happens beside a silent import does not make it loud (FEATURES D27).
      importId: theOne(known.importId, importId),
      bulkEditId: theOne(known.bulkEditId, bulkEditId),
    }),
    first,
  );
}

const NOBODY: Mover = { flowId: null, importId: null, bulkEditId: null, putBack: false };

/** Of two causes the one that there is; `null`: none, or two that differ. */
function theOne(one: number | null, other: number | null): number | null {
  return one === null || one === other ? other : other === null ? one : null;
}

/** Takes note of who is in a segment now, and tells nobody: what comes after is compared with it. */
export function takeStock(workspace: Workspace, segment: string): void {
  const part = compileRule(member(segment), ruleContext(workspace));
  run(
    workspace.db,
    `DELETE FROM segment_members WHERE segment = ? AND contact_id NOT IN (SELECT c.id FROM contacts c WHERE ${part.sql})`,
    segment,
    ...part.values,
  );
  run(
    workspace.db,
    `INSERT INTO segment_members (segment, contact_id, added_at) SELECT ?, c.id, ? FROM contacts c WHERE ${part.sql} ON CONFLICT DO NOTHING`,
    segment,
    workspace.clock.now(),
    ...part.values,
  );
}

/** Forgets who is in a segment that is not followed any more. */
export function forgetMembers(workspace: Workspace, segment: string): void {
  run(
    workspace.db,
    'DELETE FROM segment_members WHERE segment = ? AND EXISTS (SELECT 1 FROM segments s WHERE s.key = ? AND s.rule IS NOT NULL)',
    segment,
    segment,
  );
}

/** Compares some contacts with what was known of them, and records who has come and gone. Answers how many. */
export function settleSome(workspace: Workspace, segment: string, contacts: ReadonlyMap<number, readonly Act[]>): number {
  const context = ruleContext(workspace, { over: 'batch' });
  const part = compileRule(member(segment), context);
  const changed = rows<{ id: number; isIn: number }>(
    workspace.db,
    `SELECT id, isIn FROM (
       SELECT c.id AS id, ${part.sql} AS isIn, EXISTS (SELECT 1 FROM segment_members k WHERE k.segment = ? AND k.contact_id = c.id) AS wasIn
       FROM json_each(?) j CROSS JOIN contacts c ON c.id = j.value
     ) WHERE isIn <> wasIn`,
    ...part.values,
    segment,
    JSON.stringify([...contacts.keys()]),
  );
  const name = segmentName(workspace, segment);
  const decides = ({ type, data }: Act) => mayDecide(member(segment), { type, data: JSON.parse(data) as Record<string, unknown> }, (key) => context.segment(key)?.rule);
  for (const { id, isIn } of changed) move(workspace, { segment, name }, id, isIn !== 0, moverOf(contacts.get(id)!, decides));
  return changed.length;
}

/**
 * The same for the next contacts by id: time has passed, and that alone may have moved them. Answers the id up to which it has
 * looked; `null` when that was the last.
 */
export function settleNext(workspace: Workspace, segment: string, after: number, limit: number): number | null {
  const ids = rows<{ id: number }>(workspace.db, 'SELECT id FROM contacts WHERE id > ? ORDER BY id LIMIT ?', after, limit).map(
    ({ id }) => id,
  );
  settleSome(workspace, segment, new Map(ids.map((id) => [id, []])));
  return ids.length < limit ? null : ids.at(-1)!;
}

/** What a segment is called; its key, where it is gone. Events keep what it was called at the time. */
export function segmentName(workspace: Workspace, segment: string): string {
  return row<{ name: string }>(workspace.db, 'SELECT name FROM segments WHERE key = ?', segment)?.name ?? segment;
}

function move(
  workspace: Workspace,
  { segment, name }: { segment: string; name: string },
  contactId: number,
  isIn: boolean,
  { flowId, importId, bulkEditId, putBack }: Mover,
): void {
  const now = workspace.clock.now();
  if (isIn) run(workspace.db, 'INSERT INTO segment_members (segment, contact_id, added_at) VALUES (?, ?, ?)', segment, contactId, now);
  else run(workspace.db, 'DELETE FROM segment_members WHERE segment = ? AND contact_id = ?', segment, contactId);
  recordEvent(workspace, {
    contactId,
    type: isIn ? 'segment_entered' : 'segment_left',
    at: now,
    source: SEGMENTS,
    flowId,
    importId,
    bulkEditId,
    data: { segment, name, ...(putBack && { putBack }) },
  });
}
