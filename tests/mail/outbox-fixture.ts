// A workspace with a published flow of one message, people waiting for it, and what is needed to look at the ledger.
import type { Message } from '../../shared/flow/flow.ts';
import { flowSchema } from '../../shared/flow/flow.ts';
import type { Rule } from '../../shared/contacts/rule.ts';
import type { MailChannel } from '../../src-main/channels/channel.ts';
import { createOutbox, type Outbox } from '../../src-main/runner/outbox.ts';
import { run, rows, row } from '../../src-main/store/database.ts';
import type { Workspace } from '../../src-main/workspace.ts';
import { addContact, testWorkspace, type NewTestContact, type TestWorkspace } from '../workspace-fixture.ts';

export const WELCOME: Message = {
  key: 'welcome',
  name: 'Welcome',
  channel: 'email',
  purpose: 'marketing',
  subject: 'Hi {{ contact.first_name | default: "you" }}',
  preheader: 'Good to have you',
  body: '<p>Welcome, {{ contact.first_name | default: "you" }}.</p>',
};

export type Mailing = TestWorkspace & { flow: number };

/** A workspace with one live flow whose only step sends the message. */
export function mailing(message: Partial<Message> = {}, options: { file?: string; audience?: Rule } = {}): Mailing {
  const workspace = testWorkspace(options.file === undefined ? {} : { file: options.file });
  const flow = flowSchema.parse({
    name: 'Welcome flow',
    steps: [{ id: 'mail', type: 'sendEmail', config: { message: 'welcome' } }],
    entry: { audience: options.audience ?? null },
  });
  const now = workspace.clock.now();
  const { id } = run(
    workspace.db,
    `INSERT INTO flows (name, state, draft, revision, saved_at, live_version, created_at) VALUES ('Welcome flow', 'live', ?, 1, ?, 1, ?)`,
    JSON.stringify(flow),
    now,
    now,
  );
  run(
    workspace.db,
    'INSERT INTO flow_versions (flow_id, number, flow, messages, published_at) VALUES (?, 1, ?, ?, ?)',
    id,
    JSON.stringify(flow),
    JSON.stringify([{ ...WELCOME, ...message }]),
    now,
  );
  return Object.assign(workspace, { flow: id });
}

/** Adds somebody who stands at the step and waits for the message, planned as the runner plans it; answers the outbox row's id. */
export function plan(
  workspace: Mailing,
  contact: NewTestContact | number,
  planned: { dueAt?: number; visit?: number; step?: string } = {},
): number {
  const contactId = typeof contact === 'number' ? contact : addContact(workspace, { consent: ['email'], ...contact });
  const now = workspace.clock.now();
  const { visit = 1, dueAt = now, step = 'mail' } = planned;
  const { id } = run(
    workspace.db,
    `INSERT INTO enrollments (flow_id, contact_id, entry_key, trigger_id, state, step_id, step_entered_at, started, due_at, visit, entered_at) VALUES (?, ?, '', 'byhand', 'active', ?, ?, 1, NULL, ?, ?)`,
    workspace.flow,
    contactId,
    step,
    now,
    visit,
    now,
  );
  return run(
    workspace.db,
    `INSERT INTO outbox (key, flow_id, version, enrollment_id, step_id, contact_id, channel, message, state, due_at, meant_at, enrolled_at, planned_at) VALUES (?, ?, 1, ?, ?, ?, 'email', 'welcome', 'planned', ?, ?, ?, ?)`,
    `${workspace.flow}:${id}:${step}:${visit}`,
    workspace.flow,
    id,
    step,
    contactId,
    dueAt,
    dueAt,
    now,
    now,
  ).id;
}

export type Line = {
  id: number;
  key: string;
  state: string;
  reason: string | null;
  response: string | null;
  attempts: number;
  dueAt: number;
  address: string | null;
  subject: string | null;
  messageId: string | null;
  result: string | null;
  enrollmentDue: number | null;
};

/** The ledger, oldest first, each row with what its enrollment was told. */
export function ledger(workspace: Workspace): Line[] {
  return rows(
    workspace.db,
    `SELECT o.id, o.key, o.state, o.reason, o.response, o.attempts, o.due_at AS dueAt, o.address, o.subject, o.message_id AS messageId, e.message_result AS result, e.due_at AS enrollmentDue
     FROM outbox o JOIN enrollments e ON e.id = o.enrollment_id ORDER BY o.id`,
  );
}

export function states(workspace: Workspace): string[] {
  return ledger(workspace).map(({ state, reason }) => (reason === null ? state : `${state}: ${reason}`));
}

/** How many of each state. */
export function tally(workspace: Workspace): Record<string, number> {
  const found: Record<string, number> = {};
  for (const { state } of ledger(workspace)) found[state] = (found[state] ?? 0) + 1;
  return found;
}

export function eventTypes(workspace: Workspace): string[] {
  return rows<{ type: string }>(workspace.db, `SELECT type FROM events WHERE type LIKE 'message%' OR type = 'suppressed' ORDER BY id`).map(
    ({ type }) => type,
  );
}

export function eventData(workspace: Workspace, type: string): Record<string, unknown> {
  return JSON.parse(
    row<{ data: string }>(workspace.db, 'SELECT data FROM events WHERE type = ? ORDER BY id DESC LIMIT 1', type)?.data ?? '{}',
  ) as Record<string, unknown>;
}

export function outboxOver(workspace: Workspace, channel: MailChannel): Outbox {
  return createOutbox(workspace, {
    channel,
    openChannel: () => {
      throw new Error('no account is asked for');
    },
  });
}

/** Performs until nothing is due at this instant. */
export async function drain(outbox: Outbox): Promise<void> {
  while ((await outbox.performDue()) > 0);
}
