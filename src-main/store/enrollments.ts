// Enrollments: who is inside which flow, where they stand, and when they are to be looked at next.
import type { ContactInFlow } from '../../shared/api.ts';
import type { Enrollment } from '../../shared/engine/enrollment.ts';
import type { Instant } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run } from './database.ts';
import { flowRanks } from './flows.ts';
import { isInside } from './inside.ts';

/** An enrollment on its way through a batch, with what the runner needs to know of its contact. */
export type DueEnrollment = Enrollment & {
  triggerId: string;
  /** The version that they were kept on; `null`: they follow the one that is live. */
  keptVersion: number | null;
  /** The contact's own zone as stored; `null` where it has none. */
  contactZone: string | null;
  /** False when the contact was erased meanwhile. */
  contactExists: boolean;
};

type DueRow = Omit<DueEnrollment, 'started' | 'contactExists'> & { started: number; contactExists: number };

const DUE_ROWS = `SELECT e.id, e.flow_id AS flowId, e.contact_id AS contactId, e.state, e.step_id AS stepId, e.step_entered_at AS stepEnteredAt, e.step_shift AS stepShift, e.step_after_event AS stepAfterEvent,
  e.started, e.due_at AS dueAt, e.visit, e.message_result AS messageResult, e.exit_reason AS exitReason, e.entered_at AS enteredAt, e.trigger_id AS triggerId, e.kept_version AS keptVersion, e.parent_id AS parentId, e.path,
  c.time_zone AS contactZone, c.id IS NOT NULL AS contactExists
  FROM json_each(?) j CROSS JOIN enrollments e ON e.id = j.value LEFT JOIN contacts c ON c.id = e.contact_id`;

/** Those who are due in these flows at `now`, in the order due instant, priority of the flow, id (FEATURES D25); at most `limit`. */
export function dueEnrollments(workspace: Workspace, flowIds: readonly number[], now: Instant, limit: number): DueEnrollment[] {
  const due: { id: number; dueAt: number; flowId: number }[] = [];
  let flowsWithDue = 0;
  for (const flowId of flowIds) {
    const found = rows<{ id: number; dueAt: number }>(
      workspace.db,
      `SELECT id, due_at AS dueAt FROM enrollments WHERE flow_id = ? AND state = 'active' AND due_at <= ? ORDER BY due_at, id LIMIT +?`,
      flowId,
      now,
      limit,
    );
    if (found.length > 0) flowsWithDue++;
    for (const { id, dueAt } of found) due.push({ id, dueAt, flowId });
  }
  if (flowsWithDue > 1) {
    const ranks = flowRanks(workspace);
    due.sort((a, b) => a.dueAt - b.dueAt || ranks.get(a.flowId)! - ranks.get(b.flowId)! || a.id - b.id).splice(limit);
  }
  if (due.length === 0) return [];
  return enrollmentsWith(workspace, due.map(({ id }) => id));
}

/** These enrollments, as those who are due are read. */
export function enrollmentsWith(workspace: Workspace, ids: readonly number[]): DueEnrollment[] {
  return rows<DueRow>(workspace.db, DUE_ROWS, JSON.stringify(ids)).map((found) => ({ ...found, started: found.started !== 0, contactExists: found.contactExists !== 0 }));
}

/** Those of these enrollments whom a trigger has let in. */
export function letInBy(workspace: Pick<Workspace, 'db'>, trigger: string, ids: readonly number[]): number[] {
  return rows<{ id: number }>(workspace.db, 'SELECT e.id FROM json_each(?) j CROSS JOIN enrollments e ON e.id = j.value WHERE e.trigger_id = ?', JSON.stringify(ids), trigger).map(({ id }) => id);
}

/** When somebody is to be looked at next. */
export function putDue(workspace: Workspace, id: number, dueAt: Instant | null): void {
  run(workspace.db, 'UPDATE enrollments SET due_at = ? WHERE id = ?', dueAt, id);
}

/** When somebody is due next in these flows; `null` when nobody is. */
export function nextEnrollmentDue(workspace: Workspace, flowIds: readonly number[]): Instant | null {
  let next: number | null = null;
  for (const flowId of flowIds) {
    const due = row<{ dueAt: number | null }>(workspace.db, `SELECT min(due_at) AS dueAt FROM enrollments WHERE flow_id = ? AND state = 'active' AND due_at IS NOT NULL`, flowId)!.dueAt;
    if (due !== null && (next === null || due < next)) next = due;
  }
  return next;
}

/** Where somebody stands. How often the step has failed counts within a visit. */
const STANDS = `step_id = ?, step_entered_at = ?, step_shift = ?, step_after_event = ?, started = ?, due_at = ?, message_result = ?, visit = ?, attempts = CASE WHEN visit = ? THEN attempts ELSE 0 END`;
/** Whoever goes on was active before. As nothing is said of the state, the indexes of it are left alone: half of the pages that a turn writes. */
const goesOn = (which: string) => `UPDATE enrollments SET ${STANDS}, failed_at = NULL, failure = NULL WHERE ${which}`;
const ends = (which: string) => `UPDATE enrollments SET ${STANDS} + (? IS NOT NULL), state = ?, exit_reason = ?, left_at = ?, failed_at = CASE WHEN ? IS NULL THEN NULL ELSE ? END, failure = ? WHERE ${which}`;
const ONE = 'id = ?';
const MANY = 'id IN (SELECT value FROM json_each(?))';
const GOES_ON = { one: goesOn(ONE), many: goesOn(MANY) };
const ENDS = { one: ends(ONE), many: ends(MANY) };

/** An enrollment at the end of its turn. `leftAt`: when it has ended; `failure` says which step threw, and what. */
export type Turned = { enrollment: Enrollment; leftAt: Instant | null; failure: string | null };

/** Saves where enrollments stand at the end of their turn: those who stand alike, as most do who go on together, in one statement. */
export function saveEnrollments(workspace: Workspace, turned: readonly Turned[]): void {
  type Group = { texts: typeof ENDS; values: unknown[]; ids: number[] };
  const groups = new Map<string, Group>();
  let last: Group | undefined;
  for (const { enrollment, leftAt, failure } of turned) {
    const { id, state, stepId, stepEnteredAt, stepShift, stepAfterEvent, started, dueAt, visit, messageResult, exitReason } = enrollment;
    const values: unknown[] = [stepId, stepEnteredAt, stepShift, stepAfterEvent, started ? 1 : 0, dueAt, messageResult, visit, visit];
    const hasEnded = state !== 'active' || failure !== null;
    if (hasEnded) values.push(failure, state, exitReason, leftAt, failure, workspace.clock.now(), failure);
    // Mostly they stand where the one before does.
    if (last === undefined || last.values.length !== values.length || !values.every((value, index) => value === last!.values[index])) {
      const key = JSON.stringify(values);
      last = groups.get(key) ?? { texts: hasEnded ? ENDS : GOES_ON, values, ids: [] };
      groups.set(key, last);
    }
    last.ids.push(id);
  }
  for (const { texts, values, ids } of groups.values()) {
    if (ids.length === 1) run(workspace.db, texts.one, ...values, ids[0]);
    else run(workspace.db, texts.many, ...values, JSON.stringify(ids));
  }
}

export type LastEntry = { id: number; enteredAt: Instant; inside: boolean };

const lastPassageWith = (which: string) => `SELECT id, entered_at AS enteredAt, ${isInside()} AS inside FROM enrollments WHERE contact_id = ? AND flow_id = ? AND ${which} AND parent_id IS NULL ORDER BY inside DESC, id DESC LIMIT 1`;
const LAST_WITH_KEY = lastPassageWith('parallel_key = ?');
const LAST_OF_ALL = lastPassageWith(`trigger_id NOT LIKE 'backfill:%'`);

/**
 * The contact's latest passage through a flow, of those with this key, or (`null`) of all but those through new steps alone (FEATURES D3): one
 * that they are inside of, if there is one; `null` when there was none.
 */
export function lastEntry(workspace: Workspace, flowId: number, contactId: number, parallelKey: string | null): LastEntry | null {
  type Found = { id: number; enteredAt: number; inside: number };
  const found = parallelKey === null ? row<Found>(workspace.db, LAST_OF_ALL, contactId, flowId) : row<Found>(workspace.db, LAST_WITH_KEY, contactId, flowId, parallelKey);
  return found === undefined ? null : { ...found, inside: found.inside !== 0 };
}

/** The passages through a flow that a contact is inside of, beside each other where the policy lets several be; without those through new steps alone. */
export function passagesInside(workspace: Workspace, flowId: number, contactId: number): number[] {
  return rows<{ id: number }>(workspace.db, `SELECT id FROM enrollments WHERE contact_id = ? AND flow_id = ? AND ${isInside()} AND trigger_id NOT LIKE 'backfill:%' AND parent_id IS NULL ORDER BY id`, contactId, flowId).map(({ id }) => id);
}

/** Whether a contact has come into a flow for an occurrence, such as this year's birthday, already. */
export function hadOccurrence(workspace: Pick<Workspace, 'db'>, flowId: number, contactId: number, entryKey: string): boolean {
  return row(workspace.db, `SELECT 1 FROM enrollments WHERE flow_id = ? AND contact_id = ? AND entry_key = ? AND entry_key <> ''`, flowId, contactId, entryKey) !== undefined;
}

/** The passages that a contact is inside of, each with the version of its flow that is live. Of those in a past that was put back nobody knows the step: they are left alone. */
export function insideOf(workspace: Workspace, contactId: number): { id: number; flowId: number; version: number; enteredAt: Instant }[] {
  return rows(
    workspace.db,
    `SELECT e.id, e.flow_id AS flowId, f.live_version AS version, e.entered_at AS enteredAt FROM enrollments e JOIN flows f ON f.id = e.flow_id WHERE e.contact_id = ? AND ${isInside('e')} AND e.parent_id IS NULL AND e.step_id IS NOT NULL ORDER BY e.id`,
    contactId,
  );
}

/** Whether somebody came into this passage later than an event of theirs was recorded. */
export function hasEnteredAfter(workspace: Workspace, enrollment: number, event: { id: number; contactId: number }): boolean {
  return row(workspace.db, `SELECT 1 FROM events WHERE contact_id = ? AND type = 'flow_entered' AND enrollment_id = ? AND id > ? LIMIT 1`, event.contactId, enrollment, event.id) !== undefined;
}

/** When a contact last came into a flow; `null`: never. */
export function lastEntryOf(workspace: Workspace, flowId: number, contactId: number): Instant | null {
  return row<{ at: number | null }>(workspace.db, 'SELECT max(entered_at) AS at FROM enrollments WHERE contact_id = ? AND flow_id = ?', contactId, flowId)!.at;
}

/** How many have come into a flow since an instant; reads all its enrollments. */
export function countEntriesSince(workspace: Workspace, flowId: number, since: Instant): number {
  return row<{ n: number }>(workspace.db, 'SELECT count(*) AS n FROM enrollments WHERE flow_id = ? AND entered_at >= ? AND parent_id IS NULL', flowId, since)!.n;
}

export type NewEnrollment = Omit<Enrollment, 'id' | 'parentId' | 'path'> & { entryKey: string; parallelKey?: string; triggerId: string };

/** Takes somebody in; answers the id, or `null` when the contact is inside already (with this key) or had this very occurrence. */
export function insertEnrollment(workspace: Workspace, entry: NewEnrollment): number | null {
  const { changes, id } = insert(workspace, entry, [entry]);
  return changes === 0 ? null : id;
}

type Newcomer = Pick<NewEnrollment, 'contactId' | 'entryKey' | 'parallelKey' | 'triggerId'>;

/** Takes in, at one position and each once, some who have never been in its flow; answers the id of the first, and those of the others follow it in their order. */
export function insertNewcomers(workspace: Workspace, position: Omit<NewEnrollment, keyof Newcomer>, newcomers: readonly Newcomer[]): number {
  const { changes, id } = insert(workspace, position, newcomers);
  if (changes !== newcomers.length) throw new Error(`Somebody has been in flow ${position.flowId} who is said to be new to it`);
  return id - changes + 1;
}

/** `id`: of the last. */
function insert(workspace: Workspace, position: Omit<NewEnrollment, keyof Newcomer>, who: readonly Newcomer[]): { changes: number; id: number } {
  return run(
    workspace.db,
    `INSERT INTO enrollments (flow_id, contact_id, entry_key, parallel_key, trigger_id, state, step_id, step_entered_at, step_after_event, started, due_at, visit, message_result, exit_reason, entered_at)
     SELECT ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM jsonb_each(?) WHERE true ON CONFLICT DO NOTHING`,
    position.flowId,
    position.state,
    position.stepId,
    position.stepEnteredAt,
    position.stepAfterEvent,
    position.started ? 1 : 0,
    position.dueAt,
    position.visit,
    position.messageResult,
    position.exitReason,
    position.enteredAt,
    JSON.stringify(who.map(({ contactId, entryKey, parallelKey = '', triggerId }) => [contactId, entryKey, parallelKey, triggerId])),
  );
}

/** Those of some contacts who have never been in a flow, in whatever way. */
export function newTo(workspace: Pick<Workspace, 'db'>, flowId: number, contactIds: readonly number[]): Set<number> {
  const found = rows<{ id: number }>(
    workspace.db,
    'SELECT j.value AS id FROM json_each(?) j WHERE NOT EXISTS (SELECT 1 FROM enrollments e WHERE e.contact_id = j.value AND e.flow_id = ?)',
    JSON.stringify(contactIds),
    flowId,
  );
  return new Set(found.map(({ id }) => id));
}

/** Has everybody inside who follows the live version stay on it, whatever is published next; one statement, however many they are. */
export function keepInside(workspace: Workspace, flowId: number, version: number): void {
  run(workspace.db, `UPDATE enrollments SET kept_version = ? WHERE flow_id = ? AND ${isInside()} AND kept_version IS NULL`, version, flowId);
}

/** Who is inside on earlier versions, on which they were kept, the newest first: so many people, and so many passes at its steps. */
export type KeptPeople = { version: number; people: number; steps: { step: string; here: number }[] };

export function keptPeople(workspace: Pick<Workspace, 'db'>, flowId: number): KeptPeople[] {
  const found = rows<{ version: number; step: string; here: number; people: number }>(
    workspace.db,
    `SELECT kept_version AS version, step_id AS step, count(*) AS here, sum(parent_id IS NULL) AS people FROM enrollments
     WHERE flow_id = ? AND kept_version IS NOT NULL AND ${isInside()} GROUP BY kept_version, step_id ORDER BY kept_version DESC, step_id`,
    flowId,
  );
  const versions = new Map<number, KeptPeople>();
  for (const { version, step, here, people } of found) {
    const kept = versions.get(version) ?? { version, people: 0, steps: [] };
    versions.set(version, { version, people: kept.people + people, steps: [...kept.steps, { step, here }] });
  }
  return [...versions.values()];
}

/** By flow, how many people are inside on earlier versions; flows without any are left out. Counted from the index alone, as `keptPeople`. */
export function keptByFlow(workspace: Pick<Workspace, 'db'>): Map<number, number> {
  const found = rows<{ flowId: number; people: number }>(
    workspace.db,
    `SELECT f.id AS flowId, sum(e.parent_id IS NULL) AS people FROM flows f CROSS JOIN enrollments e ON e.flow_id = f.id AND e.kept_version IS NOT NULL AND ${isInside('e')}
     WHERE f.kept_versions <> '[]' GROUP BY f.id`,
  );
  return new Map(found.map(({ flowId, people }) => [flowId, people]));
}

/** Whether somebody inside is kept on a version. */
export function isAnybodyKept(workspace: Pick<Workspace, 'db'>, flowId: number, version: number): boolean {
  return row(workspace.db, `SELECT 1 FROM enrollments WHERE flow_id = ? AND kept_version = ? AND kept_version IS NOT NULL AND ${isInside()} LIMIT 1`, flowId, version) !== undefined;
}

/** The steps of a flow at which people stand, whichever version they follow. */
export function occupiedSteps(workspace: Workspace, flowId: number): string[] {
  return rows<{ stepId: string }>(workspace.db, `SELECT DISTINCT step_id AS stepId FROM enrollments WHERE flow_id = ? AND ${isInside()} AND step_id IS NOT NULL`, flowId).map(({ stepId }) => stepId);
}

/**
 * Has those at a step who follow the live version looked at now: its definition has changed, so their due time is reckoned again (FEATURES D1). Whom the
 * old definition failed is tried again with the new one. Who waits for a message's result goes on waiting, unless `everyone`. Who is
 * due already, in a paused flow, stays so since then: an edit makes nobody less late (FAULTS F14).
 */
export function wakeStep(workspace: Workspace, flowId: number, stepId: string, everyone: boolean): void {
  const now = workspace.clock.now();
  // Most are active: for them only the due instant is written, so that no other index has to follow.
  run(workspace.db, `UPDATE enrollments SET due_at = ? WHERE flow_id = ? AND step_id = ? AND ${isInside()} AND kept_version IS NULL AND state = 'active' AND (due_at > ? OR (? AND due_at IS NULL))`, now, flowId, stepId, now, everyone ? 1 : 0);
  run(
    workspace.db,
    `UPDATE enrollments SET due_at = ?, state = 'active', failure = NULL, failed_at = NULL WHERE flow_id = ? AND step_id = ? AND ${isInside()} AND kept_version IS NULL AND state <> 'active' AND (? OR state = 'failed')`,
    now,
    flowId,
    stepId,
    everyone ? 1 : 0,
  );
}

export type WaitingVisit = { id: number; flowId: number; contactId: number; stepId: string; keptVersion: number | null };

/** Where these contacts wait at a step that they have begun, and are not due at yet. */
export function waitingVisits(workspace: Workspace, contactIds: readonly number[]): WaitingVisit[] {
  return rows(
    workspace.db,
    `SELECT e.id, e.flow_id AS flowId, e.contact_id AS contactId, e.step_id AS stepId, e.kept_version AS keptVersion
     FROM json_each(?) j CROSS JOIN enrollments e ON e.contact_id = j.value
     WHERE e.state = 'active' AND e.started = 1 AND (e.due_at IS NULL OR e.due_at > ?) ORDER BY e.id`,
    JSON.stringify(contactIds),
    workspace.clock.now(),
  );
}

/** Has these looked at now. Who is due already stays in their place. */
export function wakeVisits(workspace: Workspace, ids: readonly number[]): void {
  const now = workspace.clock.now();
  run(
    workspace.db,
    `UPDATE enrollments SET due_at = ? WHERE id IN (SELECT value FROM json_each(?)) AND state = 'active' AND (due_at IS NULL OR due_at > ?)`,
    now,
    JSON.stringify(ids),
    now,
  );
}

/** Whether somebody is inside a flow. */
export function isAnybodyInside(workspace: Pick<Workspace, 'db'>, flowId: number): boolean {
  return row(workspace.db, `SELECT 1 FROM enrollments WHERE flow_id = ? AND ${isInside()} LIMIT 1`, flowId) !== undefined;
}

/** The next, by id, of those kept on a version (`null`: who follow the live one), who wait at a step that they have begun, and are not due yet. */
export function nextWaiting(workspace: Workspace, flowId: number, keptVersion: number | null, after: number, limit: number): { id: number; stepId: string }[] {
  return rows(
    workspace.db,
    `SELECT id, step_id AS stepId FROM enrollments WHERE flow_id = ? AND ${keptVersion === null ? 'kept_version IS NULL' : 'kept_version IS NOT NULL AND kept_version = ?'} AND id > ? AND ${isInside()} AND state = 'active' AND started = 1 AND (due_at IS NULL OR due_at > ?) ORDER BY id LIMIT ?`,
    flowId,
    ...(keptVersion === null ? [] : [keptVersion]),
    after,
    workspace.clock.now(),
    limit,
  );
}

export type Standing = { id: number; contactId: number; contactExists: boolean; visit: number; stepId: string; stepEnteredAt: Instant; keptVersion: number | null };

/** Everybody inside a flow. */
export function standing(workspace: Workspace, flowId: number): Standing[] {
  return rows<Omit<Standing, 'contactExists'> & { contactExists: number }>(
    workspace.db,
    `SELECT e.id, e.contact_id AS contactId, c.id IS NOT NULL AS contactExists, e.visit, e.step_id AS stepId, e.step_entered_at AS stepEnteredAt, e.kept_version AS keptVersion
     FROM enrollments e LEFT JOIN contacts c ON c.id = e.contact_id WHERE e.flow_id = ? AND ${isInside('e')} ORDER BY e.id`,
    flowId,
  ).map((each) => ({ ...each, contactExists: each.contactExists !== 0 }));
}

/** Ends the passage of everybody inside a flow, with a reason. */
export function exitStanding(workspace: Workspace, flowId: number, reason: string): void {
  run(
    workspace.db,
    `UPDATE enrollments SET state = 'exited', exit_reason = ?, left_at = ?, due_at = NULL, step_id = NULL, failure = NULL WHERE flow_id = ? AND ${isInside()}`,
    reason,
    workspace.clock.now(),
    flowId,
  );
}

export type Waiting = ContactInFlow & { contact: number; email: string | null };

/** Who stands at a step, those who are due first come first. `stepName` is for the caller to fill, who knows the flow. */
export function waitingAt(workspace: Workspace, flowId: number, stepId: string, limit: number): Omit<Waiting, 'stepName'>[] {
  return rows(
    workspace.db,
    `SELECT e.id AS enrollment, e.flow_id AS flow, f.name AS flowName, e.state, e.step_id AS stepId, e.entered_at AS enteredAt, e.due_at AS dueAt, e.exit_reason AS exitReason,
            e.contact_id AS contact, c.email, e.kept_version AS keptVersion
     FROM enrollments e JOIN flows f ON f.id = e.flow_id LEFT JOIN contacts c ON c.id = e.contact_id
     WHERE e.flow_id = ? AND e.step_id = ? AND ${isInside('e')} ORDER BY e.due_at IS NULL, e.due_at, e.id LIMIT ?`,
    flowId,
    stepId,
    limit,
  );
}

/** How many people stand at a step that threw, in all flows. */
export function failedEnrollments(workspace: Workspace): number {
  // Those who are stuck are few: by their index, not by that of the contacts.
  return row<{ n: number }>(workspace.db, `SELECT count(DISTINCT +contact_id) AS n FROM enrollments WHERE state IN ('held', 'failed') AND state = 'failed'`)!.n;
}

/** Whether the plan of an import says that it may start flows; they are silent by default (FEATURES D27). */
export function mayStartFlows(workspace: Workspace, importId: number): boolean {
  return row<{ may: number }>(workspace.db, `SELECT coalesce(json_extract(plan, '$.startFlows'), 0) AS may FROM imports WHERE id = ?`, importId)?.may === 1;
}
