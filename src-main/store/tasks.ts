// Tasks: cards that a person must decide. A card of a flow belongs to one visit; every change is an event of the contact in the
// same transaction, so that waits, triggers and rules know of it (FEATURES A4.9, D32).
import { CLOSED_BY_USER, DONE, type Task, type TaskOutcome, type TaskPriority } from '../../shared/contacts/task.ts';
import { refuse } from '../../shared/problem.ts';
import type { TaskAnswer } from '../../shared/steps/step.ts';
import { say } from '../../shared/text.ts';
import type { Instant } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { row, rows, run, transaction } from './database.ts';
import { recordEvent } from './events.ts';
import { ledgerKey } from './planned-messages.ts';

type WithDatabase = Pick<Workspace, 'db'>;

/** The visit that asks. */
export type TaskOf = { flowId: number; enrollmentId: number; stepId: string; visit: number };

export type NewTask = { contactId: number; title: string; text: string; outcomes: readonly TaskOutcome[]; assignee: string; priority: TaskPriority; dueAt: Instant | null };

type TaskRow = Omit<Task, 'outcomes'> & { outcomes: string };

const CARDS = `SELECT t.id, t.contact_id AS contact, nullif(trim(coalesce(c.first_name, '') || ' ' || coalesce(c.last_name, '')), '') AS contactName, c.email, t.flow_id AS flow, f.name AS flowName,
  t.enrollment_id AS enrollment, t.step_id AS stepId, t.title, t.text, t.outcomes, t.priority, t.assignee, t.due_at AS dueAt, t.escalated_at AS escalatedAt, t.state, t.outcome, t.comment,
  t.closed_reason AS closedReason, t.settled_by AS settledBy, t.settled_at AS settledAt, t.created_at AS createdAt, t.reopens
  FROM tasks t JOIN contacts c ON c.id = t.contact_id LEFT JOIN flows f ON f.id = t.flow_id`;

const cardFrom = (found: TaskRow): Task => ({ ...found, outcomes: JSON.parse(found.outcomes) as TaskOutcome[] });

/** One card; refuses one that is not there. */
export function taskRecord(workspace: WithDatabase, id: number): Task {
  const found = row<TaskRow>(workspace.db, `${CARDS} WHERE t.id = ?`, id);
  return found === undefined ? refuse('task-unknown', say('There is no task number {id}. It may have gone with its contact.', { id: String(id) })) : cardFrom(found);
}

/** `overdue` are open as well; `settled` are those that are done or closed. */
export type TaskFilter = { which: 'open' | 'overdue' | 'done' | 'closed' | 'settled' | 'all'; flow: number | null; contact: number | null };

/** A page of cards, with how many there are: open ones by priority and by when they are due, settled ones the latest first. */
export function listTasks(workspace: Workspace, { which, flow, contact }: TaskFilter, offset: number, limit: number): { total: number; rows: Task[] } {
  const states = { open: `t.state = 'open'`, overdue: `t.state = 'open' AND t.due_at <= ?`, done: `t.state <> 'open' AND t.state = 'done'`, closed: `t.state <> 'open' AND t.state = 'closed'`, settled: `t.state <> 'open'`, all: '1' };
  const parts = [states[which], ...(flow === null ? [] : ['t.flow_id = ?']), ...(contact === null ? [] : ['t.contact_id = ?'])];
  const values = [...(which === 'overdue' ? [workspace.clock.now()] : []), ...(flow === null ? [] : [flow]), ...(contact === null ? [] : [contact])];
  const where = `WHERE ${parts.join(' AND ')}`;
  // Each order is one that an index has, or is of open cards only, of which nobody has very many.
  const urgentFirst = `t.priority = 'normal', t.due_at IS NULL, t.due_at, t.id`;
  const orders = { open: urgentFirst, overdue: urgentFirst, done: 't.settled_at DESC, t.id DESC', closed: 't.settled_at DESC, t.id DESC', settled: 't.settled_at DESC, t.id DESC', all: `t.state <> 'open', t.settled_at DESC, ${urgentFirst}` };
  return {
    total: row<{ n: number }>(workspace.db, `SELECT count(*) AS n FROM tasks t ${where}`, ...values)!.n,
    rows: rows<TaskRow>(workspace.db, `${CARDS} ${where} ORDER BY ${orders[which]} LIMIT ? OFFSET ?`, ...values, limit, offset).map(cardFrom),
  };
}

/** How many wait for a person, and how many of them for too long. */
export function countOpenTasks(workspace: Workspace): { open: number; overdue: number } {
  return row(workspace.db, `SELECT count(*) AS open, ifnull(sum(due_at <= ?), 0) AS overdue FROM tasks WHERE state = 'open'`, workspace.clock.now())!;
}

/** Writes a card by hand; answers its id. `reopens`: the settled card that it opens again. */
export function addTask(workspace: Workspace, task: NewTask, source: string, reopens: Pick<Task, 'id' | 'flow'> | null = null): number {
  return transaction(workspace.db, () => {
    const { id } = run(
      workspace.db,
      `INSERT INTO tasks (contact_id, flow_id, reopens, title, text, outcomes, priority, assignee, due_at, state, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?)`,
      task.contactId, reopens?.flow ?? null, reopens?.id ?? null, task.title, task.text, JSON.stringify(task.outcomes), task.priority, task.assignee, task.dueAt, workspace.clock.now(),
    );
    tell(workspace, id, 'task_created', source, reopens === null ? {} : { reopens: reopens.id });
    return id;
  });
}

/** What the card of a visit was made from; `undefined` where the visit has none yet. */
export function askedBefore(workspace: WithDatabase, visit: TaskOf): string | undefined {
  return row<{ asked: string }>(workspace.db, 'SELECT asked FROM tasks WHERE key = ?', ledgerKey(visit))?.asked;
}

/** Opens the card of a visit, or brings one that is still open up to date: who waits follows an edited step. */
export function askTask(workspace: Workspace, visit: TaskOf, asked: string, task: NewTask): void {
  const key = ledgerKey(visit);
  const outcomes = JSON.stringify(task.outcomes);
  const { changes } = run(
    workspace.db,
    `UPDATE tasks SET asked = ?, title = ?, text = ?, outcomes = ?, assignee = ?, priority = CASE WHEN escalated_at IS NULL THEN ? ELSE priority END, due_at = ? WHERE key = ? AND state = 'open'`,
    asked, task.title, task.text, outcomes, task.assignee, task.priority, task.dueAt, key,
  );
  if (changes > 0) return;
  const added = run(
    workspace.db,
    `INSERT INTO tasks (key, contact_id, flow_id, enrollment_id, step_id, visit, asked, title, text, outcomes, priority, assignee, due_at, state, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open', ?) ON CONFLICT (key) DO NOTHING`,
    key, task.contactId, visit.flowId, visit.enrollmentId, visit.stepId, visit.visit, asked, task.title, task.text, outcomes, task.priority, task.assignee, task.dueAt, workspace.clock.now(),
  );
  if (added.changes > 0) tell(workspace, added.id, 'task_created', 'flow');
}

/** A visit with an open card, and whose it is. */
export type AskingVisit = TaskOf & { contactId: number };

/** The visits at which people wait for a decision, in the order in which they came. */
export function visitsThatAsk(workspace: WithDatabase): AskingVisit[] {
  return rows(workspace.db, `SELECT flow_id AS flowId, enrollment_id AS enrollmentId, step_id AS stepId, visit, contact_id AS contactId FROM tasks WHERE state = 'open' AND key IS NOT NULL ORDER BY id`);
}

/** The open card of a visit; `null` when it has none, or none any more. */
export function openTaskOf(workspace: WithDatabase, visit: TaskOf): Task | null {
  const found = row<{ id: number }>(workspace.db, `SELECT id FROM tasks WHERE key = ? AND state = 'open'`, ledgerKey(visit));
  return found === undefined ? null : taskRecord(workspace, found.id);
}

/** Raises the priority of the card of a visit, once; answers the card if this was the time. */
export function escalateTask(workspace: Workspace, visit: TaskOf): Task | null {
  const found = run(workspace.db, `UPDATE tasks SET escalated_at = ?, priority = 'high' WHERE key = ? AND state = 'open' AND escalated_at IS NULL`, workspace.clock.now(), ledgerKey(visit));
  return found.changes === 0 ? null : taskRecord(workspace, row<{ id: number }>(workspace.db, 'SELECT id FROM tasks WHERE key = ?', ledgerKey(visit))!.id);
}

/** The decisions about the cards of these visits, by enrollment; absent where there is none yet. One query. */
export function taskAnswers(workspace: WithDatabase, visits: readonly TaskOf[]): Map<number, TaskAnswer> {
  const given = JSON.stringify(visits.map((visit) => [visit.enrollmentId, ledgerKey(visit)]));
  const found = rows<{ enrollment: number; outcome: string; at: number }>(
    workspace.db,
    `SELECT j.value ->> 0 AS enrollment, t.outcome AS outcome, t.settled_at AS at FROM json_each(?) j CROSS JOIN tasks t ON t.key = j.value ->> 1 WHERE t.state = 'done'`,
    given,
  );
  return new Map(found.map(({ enrollment, outcome, at }) => [enrollment, { outcome, at }]));
}

/** Closes the card of a visit that has ended, if it is still open. */
export function closeTaskOf(workspace: Workspace, visit: TaskOf, reason: string, source: 'flow' | 'user'): void {
  const card = openTaskOf(workspace, visit);
  if (card !== null) close(workspace, card.id, reason, source);
}

/** Closes the open cards of one step of a flow, for those who follow the live version. */
export function closeTasksAt(workspace: Workspace, flowId: number, stepId: string, reason: string): void {
  const found = rows<{ id: number }>(
    workspace.db,
    `SELECT t.id FROM tasks t JOIN enrollments e ON e.id = t.enrollment_id WHERE t.flow_id = ? AND t.step_id = ? AND t.state = 'open' AND e.kept_version IS NULL ORDER BY t.id`,
    flowId,
    stepId,
  );
  for (const { id } of found) close(workspace, id, reason, 'flow');
}

function close(workspace: Workspace, id: number, reason: string, source: string): void {
  run(workspace.db, `UPDATE tasks SET state = 'closed', closed_reason = ?, settled_by = ?, settled_at = ? WHERE id = ?`, reason, source, workspace.clock.now(), id);
  // Whoever has decided knows; what was told of the card needs no answer any more.
  run(workspace.db, 'UPDATE notices SET read_at = ? WHERE task_id = ? AND read_at IS NULL', workspace.clock.now(), id);
  tell(workspace, id, 'task_closed', source, { reason });
}

/** A person's decision. Refuses one about a card that is settled, or that is not among its outcomes. */
export function decideTask(workspace: Workspace, id: number, outcome: string, comment: string, by: string): void {
  transaction(workspace.db, () => {
    const { outcomes } = openTask(workspace, id);
    const choices = outcomes.length === 0 ? [DONE] : outcomes.map((each) => each.id);
    if (!choices.includes(outcome)) refuse('outcome-unknown', say('The task has no outcome {outcome}. Choose one of: {outcomes}.', { outcome, outcomes: choices.join(', ') }), { field: 'outcome' });
    run(workspace.db, `UPDATE tasks SET state = 'done', outcome = ?, comment = ?, settled_by = ?, settled_at = ? WHERE id = ?`, outcome, comment, by, workspace.clock.now(), id);
    run(workspace.db, 'UPDATE notices SET read_at = ? WHERE task_id = ? AND read_at IS NULL', workspace.clock.now(), id);
    const label = outcomes.find((each) => each.id === outcome)?.label;
    tell(workspace, id, 'task_decided', by, { outcome, ...(label !== undefined && { label }), ...(comment !== '' && { comment }) });
  });
}

/** Puts a card that was written by hand away. That of a visit is not closed so: somebody waits there for a decision. */
export function dropTask(workspace: Workspace, id: number): void {
  transaction(workspace.db, () => {
    const { enrollment } = openTask(workspace, id);
    if (enrollment !== null) refuse('task-of-flow', say('Somebody waits in a flow for this decision. Choose an outcome, or take the contact out of the flow.'));
    close(workspace, id, CLOSED_BY_USER, 'user');
  });
}

/** Changes an open card; what is left out stays. */
export function updateTask(workspace: Workspace, id: number, changes: Partial<Pick<Task, 'title' | 'text' | 'assignee' | 'priority' | 'dueAt'>>): void {
  transaction(workspace.db, () => {
    const now = openTask(workspace, id);
    if (now.enrollment !== null && changes.dueAt !== undefined) refuse('task-of-flow-due', say('The step of the flow says when this task is due. Change it there.'), { field: 'dueAt' });
    const { title, text, assignee, priority, dueAt } = { ...now, ...changes };
    run(workspace.db, 'UPDATE tasks SET title = ?, text = ?, assignee = ?, priority = ?, due_at = ? WHERE id = ?', title, text, assignee, priority, dueAt, id);
  });
}

/** Opens a settled card again: as a new card, which leads nobody anywhere in a flow (FEATURES D32). Answers its id. */
export function reopenTask(workspace: Workspace, id: number, dueAt: Instant | null): number {
  return transaction(workspace.db, () => {
    const old = taskRecord(workspace, id);
    if (old.state === 'open') refuse('task-open', say('This task is open already.'));
    const again = row<{ id: number }>(workspace.db, `SELECT id FROM tasks WHERE contact_id = ? AND reopens = ? AND state = 'open'`, old.contact, id);
    if (again !== undefined) refuse('task-reopened', say('This task was opened again already, as number {id}.', { id: String(again.id) }));
    return addTask(workspace, { contactId: old.contact, title: old.title, text: old.text, outcomes: old.outcomes, assignee: old.assignee, priority: old.priority, dueAt }, 'user', old);
  });
}

function openTask(workspace: Workspace, id: number): Task {
  const task = taskRecord(workspace, id);
  if (task.state === 'open') return task;
  return refuse('task-settled', task.state === 'done' ? say('This task has been decided already. Open it again to decide anew.') : say('This task was closed, so it cannot be changed. Open it again as a new one.'));
}

/** Records an event about a card, with what it is called. */
function tell(workspace: Workspace, id: number, type: string, source: string, more: Record<string, unknown> = {}): void {
  const { contact, flow, enrollment, stepId, title } = taskRecord(workspace, id);
  recordEvent(workspace, { contactId: contact, type, at: workspace.clock.now(), source, flowId: flow, enrollmentId: enrollment, data: { task: id, title, ...(stepId !== null && { step: stepId }), ...more } });
}
