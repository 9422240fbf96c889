// Who is or was in a flow, for those who look after it: lists, and what happens when a person moves somebody.
import type { EnrollmentRow } from '../../shared/api.ts';
import type { Instant } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run } from './database.ts';
import { isInside } from './inside.ts';

/** States in which somebody is inside; written out, because the partial indexes are. */
const INSIDE = isInside('e');

export type EnrollmentFilter = { flow: number; step: string | null; state: 'inside' | 'active' | 'held' | 'failed' | 'left' | 'finished' | 'exited' };

/** A page of a flow's enrollments, with how many there are: inside by who is due first, those who have left by who left last. */
export function listEnrollments(workspace: Pick<Workspace, 'db'>, filter: EnrollmentFilter, offset: number, limit: number): { total: number; rows: Omit<EnrollmentRow, 'stepName' | 'onPaths'>[] } {
  const { flow, step, state } = filter;
  const hasLeft = state === 'left' || state === 'finished' || state === 'exited';
  const parts = ['e.flow_id = ?', hasLeft ? 'e.left_at IS NOT NULL' : INSIDE, ...(state === 'inside' || state === 'left' ? [] : ['e.state = ?']), ...(step === null ? [] : ['e.step_id = ?']), ...(step === null && state !== 'failed' && state !== 'held' ? ['e.parent_id IS NULL'] : [])];
  const values = [flow, ...(state === 'inside' || state === 'left' ? [] : [state]), ...(step === null ? [] : [step])];
  const where = parts.join(' AND ');
  const total = row<{ n: number }>(workspace.db, `SELECT count(*) AS n FROM enrollments e WHERE ${where}`, ...values)!.n;
  const found = rows<Omit<EnrollmentRow, 'stepName' | 'onPaths'>>(
    workspace.db,
    `SELECT e.id AS enrollment, e.flow_id AS flow, f.name AS flowName, e.state, e.step_id AS stepId, e.entered_at AS enteredAt, e.due_at AS dueAt, e.exit_reason AS exitReason,
            e.contact_id AS contact, c.email, e.failure, e.left_at AS leftAt, iif(e.left_at IS NULL, e.kept_version, NULL) AS keptVersion
     FROM enrollments e JOIN flows f ON f.id = e.flow_id LEFT JOIN contacts c ON c.id = e.contact_id
     WHERE ${where} ORDER BY ${hasLeft ? 'e.left_at DESC, e.id DESC' : 'e.due_at IS NULL, e.due_at, e.id'} LIMIT ? OFFSET ?`,
    ...values,
    limit,
    offset,
  );
  return { total, rows: found };
}

export type Person = {
  id: number;
  contactId: number;
  contactExists: boolean;
  state: 'active' | 'held' | 'failed';
  triggerId: string;
  parallelKey: string;
  stepId: string;
  stepEnteredAt: Instant;
  visit: number;
  /** The version that they were kept on; `null`: they follow the one that is live. */
  keptVersion: number | null;
  /** Of a parallel path: the passage that it belongs to. */
  parentId: number | null;
};

/** Whom a person means: these enrollments, those at a step, both, or (with neither) everybody inside, each once. `keptOnly`: of them those on earlier versions. */
export type Chosen = { flow: number; enrollments: readonly number[] | null; step: string | null; failedOnly?: boolean; keptOnly?: boolean };

const CHOSEN = ({ enrollments, step, failedOnly = false, keptOnly = false }: Chosen) =>
  `e.flow_id = ? AND ${INSIDE} ${step === null ? '' : 'AND e.step_id = ?'} ${failedOnly ? `AND e.state = 'failed'` : ''} ${keptOnly ? 'AND e.kept_version IS NOT NULL' : ''}
   ${step === null && enrollments === null && !failedOnly ? 'AND e.parent_id IS NULL' : ''}`;

/** The ids of those, in order: read once where many are dealt with in parts, because each part would be sought among all. */
export function allChosen(workspace: Pick<Workspace, 'db'>, chosen: Chosen): number[] {
  const { flow, step } = chosen;
  return rows<{ id: number }>(workspace.db, `SELECT e.id FROM enrollments e WHERE ${CHOSEN({ ...chosen, enrollments: null })} ORDER BY e.id`, flow, ...(step === null ? [] : [step])).map(({ id }) => id);
}

/** Some of all who are inside a flow, whoever is found first. */
export function someInside(workspace: Pick<Workspace, 'db'>, flow: number, limit: number): Person[] {
  return rows<StoredPerson>(
    workspace.db,
    `${PERSON} FROM enrollments e INDEXED BY enrollments_inside LEFT JOIN contacts c ON c.id = e.contact_id WHERE e.flow_id = ? AND ${INSIDE} AND e.parent_id IS NULL ORDER BY e.contact_id, e.parallel_key, e.path LIMIT +?`,
    flow,
    limit,
  ).map(personFrom);
}

/** Those chosen who are inside, by id. */
export function chosenInside(workspace: Pick<Workspace, 'db'>, chosen: Chosen): Person[] {
  const { flow, enrollments, step } = chosen;
  const from = enrollments === null ? 'enrollments e' : 'json_each(?) j CROSS JOIN enrollments e ON e.id = j.value';
  const found = rows<StoredPerson>(
    workspace.db,
    `${PERSON} FROM ${from} LEFT JOIN contacts c ON c.id = e.contact_id WHERE ${CHOSEN(chosen)} ORDER BY e.id`,
    ...(enrollments === null ? [] : [JSON.stringify([...new Set(enrollments)])]),
    flow,
    ...(step === null ? [] : [step]),
  );
  return found.map(personFrom);
}

type StoredPerson = Omit<Person, 'contactExists'> & { contactExists: number };

const PERSON = `SELECT e.id, e.contact_id AS contactId, c.id IS NOT NULL AS contactExists, e.state, e.trigger_id AS triggerId, e.parallel_key AS parallelKey, e.step_id AS stepId,
  e.step_entered_at AS stepEnteredAt, e.visit, e.kept_version AS keptVersion, e.parent_id AS parentId`;

function personFrom(stored: StoredPerson): Person {
  return { ...stored, contactExists: stored.contactExists !== 0 };
}

/** An enrollment of somebody who is inside; `undefined` when they are not any more. */
export function personInside(workspace: Pick<Workspace, 'db'>, id: number): Person | undefined {
  const found = row<StoredPerson>(workspace.db, `${PERSON} FROM enrollments e LEFT JOIN contacts c ON c.id = e.contact_id WHERE e.id = ? AND ${INSIDE}`, id);
  return found && personFrom(found);
}

/** The paths of a passage that are still being gone. */
export function openPathsOf(workspace: Pick<Workspace, 'db'>, passage: number): Person[] {
  const sql = `${PERSON} FROM enrollments e LEFT JOIN contacts c ON c.id = e.contact_id WHERE e.parent_id = ? AND e.parent_id IS NOT NULL AND ${INSIDE} ORDER BY e.id`;
  return rows<StoredPerson>(workspace.db, sql, passage).map(personFrom);
}

/** Puts somebody at a step, where they are due at once; a visit of its own begins. */
export function placeAt(workspace: Workspace, { id, visit }: Person, stepId: string, lastEvent: number): void {
  const now = workspace.clock.now();
  run(
    workspace.db,
    `UPDATE enrollments SET state = 'active', failure = NULL, failed_at = NULL, attempts = 0, step_id = ?, step_entered_at = ?, step_shift = 0, step_after_event = ?, started = 0, due_at = ?, visit = ?, message_result = NULL WHERE id = ?`,
    stepId,
    now,
    lastEvent,
    now,
    visit + 1,
    id,
  );
}

/** Has a passage follow the live version from now on, with its paths. */
export function followLive(workspace: Workspace, passage: number): void {
  run(workspace.db, 'UPDATE enrollments SET kept_version = NULL WHERE id = ?', passage);
  run(workspace.db, 'UPDATE enrollments SET kept_version = NULL WHERE parent_id = ? AND parent_id IS NOT NULL', passage);
}

/**
 * Has somebody looked at now, as publishing does with those at a step that has changed (FEATURES D1): whom the old version failed
 * is tried again. Who waits for a message's result goes on waiting, unless `anyway`.
 */
export function lookAgain(workspace: Workspace, { id }: Person, anyway: boolean): void {
  run(
    workspace.db,
    `UPDATE enrollments SET due_at = ?, state = 'active', failure = NULL, failed_at = NULL WHERE id = ? AND ((state = 'active' AND (? OR due_at IS NOT NULL)) OR (state <> 'active' AND (? OR state = 'failed')))`,
    workspace.clock.now(),
    id,
    anyway ? 1 : 0,
    anyway ? 1 : 0,
  );
}

/** Ends a passage. */
export function endPassage(workspace: Workspace, { id }: Person, state: 'finished' | 'exited', reason: string | null): void {
  run(
    workspace.db,
    `UPDATE enrollments SET state = ?, exit_reason = ?, left_at = ?, due_at = NULL, step_id = NULL, started = 0, message_result = NULL, failure = NULL, failed_at = NULL WHERE id = ?`,
    state,
    reason,
    workspace.clock.now(),
    id,
  );
}

/** Has the step at which somebody failed run again, now. */
export function tryAgain(workspace: Workspace, { id }: Person): void {
  run(workspace.db, `UPDATE enrollments SET state = 'active', failure = NULL, failed_at = NULL, due_at = ? WHERE id = ? AND state = 'failed'`, workspace.clock.now(), id);
}

/** Has everybody looked at who waits for a time in a flow that runs or is paused: by another zone of the workspace, or another calendar, it is another time (FEATURES D1, D12). */
export function wakeAllWaiting(workspace: Workspace): void {
  const now = workspace.clock.now();
  run(workspace.db, `UPDATE enrollments SET due_at = ? WHERE flow_id IN (SELECT id FROM flows WHERE state IN ('live', 'paused')) AND state = 'active' AND due_at IS NOT NULL AND due_at > ? AND started = 1`, now, now);
}
