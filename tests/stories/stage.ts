// The stage of the stories: a workspace in virtual time with the real runner, the real ledger and its gates (consent, quiet hours
// from 20 to 8, one marketing message a day), short words for the twelve flows that everybody builds, and for what people do.
import { expect } from 'vitest';
import { flowSchema, START, type Edge, type Flow, type Message, type Step } from '../../shared/flow/flow.ts';
import type { Rule } from '../../shared/contacts/rule.ts';
import type { Attribute } from '../../shared/contacts/contact.ts';
import { instantText } from '../../shared/time.ts';
import { flowHandlers } from '../../src-main/handlers/flows.ts';
import { taskHandlers } from '../../src-main/handlers/tasks.ts';
import { createRunner } from '../../src-main/runner/runner.ts';
import { runUntil } from '../../src-main/runner/run-until.ts';
import { decide } from '../../src-main/runner/outbox-decide.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { row, rows } from '../../src-main/store/database.ts';
import { recordIncoming } from '../../src-main/store/incoming-events.ts';
import { saveMessage } from '../../src-main/store/messages.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { fakeChannel } from '../mail/fake-channel.ts';
import { outboxOver } from '../mail/outbox-fixture.ts';
import { addContact, testWorkspace, type NewTestContact } from '../workspace-fixture.ts';

/** A workspace for stories: its messages, each with its name as subject, and attributes of its own. */
export function stories(options: { messages: string[]; attributes?: (Attribute & { choices?: string[] })[] }) {
  const workspace = testWorkspace({ settings: { quietHours: { from: '20:00', to: '08:00' }, frequencyCap: { messages: 1, days: 1 } } });
  for (const attribute of options.attributes ?? []) addAttribute(workspace, attribute);
  for (const key of options.messages) saveMessage(workspace, { key, name: key, channel: 'email', purpose: 'marketing', subject: key, preheader: '', body: `<p>${key}</p>` } satisfies Message);
  const sent: { to: string; subject: string; at: number }[] = [];
  const outbox = outboxOver(workspace, fakeChannel({ between: ({ to, subject }) => void sent.push({ to, subject, at: workspace.clock.now() }) }));
  const runner = createRunner(workspace, outbox);
  const calls = flowHandlers(workspace);
  const tasks = taskHandlers(workspace);
  let events = 0;
  const told = (contactId: number, type: string, data: Record<string, unknown> = {}) => void recordIncoming(workspace, { contactId, type, at: workspace.clock.now(), eventId: `e${++events}`, data: { made_by: 'human', ...data } });
  return {
    workspace,
    sent,
    /** Publishes: without a single error, as users are held to. */
    async live(drawn: Flow): Promise<number> {
      const id = insertFlow(workspace, drawn);
      expect((await calls['flows.problems']({ flow: id })).filter(({ severity }) => severity === 'error'), drawn.name).toEqual([]);
      await calls['flows.publish']({ flow: id });
      return id;
    },
    add: (contact: NewTestContact) => addContact(workspace, { consent: ['email'], ...contact }),
    pass: (ms: number) => runUntil(workspace, runner, workspace.clock, workspace.clock.now() + ms),
    happens: told,
    opens: (contactId: number, message: string) => told(contactId, 'message_opened', { message }),
    clicks: (contactId: number, message: string) => told(contactId, 'message_clicked', { message }),
    orders: (contactId: number, amount = 10_000, data: Record<string, unknown> = {}) => told(contactId, 'order_placed', { order: `o${events}`, amount, ...data }),
    unsubscribes: (contactId: number) => told(contactId, 'unsubscribed'),
    /** A person decides the one open card about a contact. */
    async decides(contact: number, outcome: string): Promise<void> {
      const { rows: open } = await tasks['tasks.list']({ which: 'open', flow: null, contact, offset: 0, limit: 10 });
      expect(open).toHaveLength(1);
      await tasks['tasks.decide']({ id: open[0]!.id, outcome, comment: '' });
    },
    /** The titles of cards about a contact, open or not. */
    cards: (contact: number) => rows<{ title: string }>(workspace.db, 'SELECT title FROM tasks WHERE contact_id = ? ORDER BY id', contact).map(({ title }) => title),
    /** A person gives up what is held for want of a channel. */
    givesUp(contact: number): void {
      const held = row<{ id: number }>(workspace.db, `SELECT id FROM outbox WHERE contact_id = ? AND state = 'held'`, contact);
      decide(workspace, held!.id, 'cancel');
    },
    /** What somebody was sent, and when by the clock of Copenhagen in March (UTC+1). */
    mails: (contact: number) => {
      const { email } = row<{ email: string }>(workspace.db, 'SELECT email FROM contacts WHERE id = ?', contact)!;
      return sent.filter(({ to }) => to === email).map(({ subject, at }) => `${instantText(at).slice(5, 16)} ${subject}`);
    },
    subjects: (contact: number) => {
      const { email } = row<{ email: string }>(workspace.db, 'SELECT email FROM contacts WHERE id = ?', contact)!;
      return sent.filter(({ to }) => to === email).map(({ subject }) => subject);
    },
    tags: (contact: number) => rows<{ name: string }>(workspace.db, 'SELECT t.name FROM contact_tags x JOIN tags t ON t.id = x.tag_id WHERE x.contact_id = ? ORDER BY t.name', contact).map(({ name }) => name),
    value: (contact: number, column: string) => (workspace.db.prepare(`SELECT ${column} FROM contacts WHERE id = ?`).pluck().get(contact) ?? null) as string | number | null,
    /** How each passage through a flow has ended, or at which step it stands. */
    passages: (id: number, contact: number) =>
      rows<{ state: string; step: string | null; reason: string | null }>(workspace.db, 'SELECT state, step_id AS step, exit_reason AS reason FROM enrollments WHERE flow_id = ? AND contact_id = ? ORDER BY id', id, contact).map(({ state, step, reason }) => step ?? reason ?? state),
    /** The ledger of somebody: what became of each message. */
    ledger: (contact: number) => rows<{ state: string; reason: string | null; channel: string }>(workspace.db, 'SELECT state, reason, channel FROM outbox WHERE contact_id = ? ORDER BY id', contact).map(({ state, reason, channel }) => [channel, state, ...(reason === null ? [] : [reason])].join(' ')),
    async close() {
      await outbox.close();
      workspace.close();
    },
  };
}

/** A flow from its steps and ways ("a > b" by `next`, "a.yes > b"); steps without a way from them end the flow. */
export function flow(name: string, parts: { triggers: Flow['triggers'][number][]; steps: Record<string, Omit<Step, 'id'>>; ways: string } & Partial<Pick<Flow, 'goal' | 'exit' | 'optOut'>> & { entry?: Record<string, unknown> }): Flow {
  const { steps, ways, ...rest } = parts;
  const edges = ways.trim().split(/\s*[\n;]\s*/).flatMap((line): Edge[] => {
    const stops = line.split(' > ');
    return stops.slice(1).map((to, index) => {
      const [from, outlet = 'next'] = stops[index]!.split('.') as [string, string?];
      return { from, outlet, to: to.split('.')[0]! };
    });
  });
  return flowSchema.parse({ name, ...rest, steps: Object.entries(steps).map(([id, step]) => ({ id, ...step })), edges: [{ from: START, outlet: 'next', to: Object.keys(steps)[0]! }, ...edges] });
}

type NewStep = Omit<Step, 'id'>;
export const on = (type: string, config: Record<string, unknown> = {}, id = 't') => ({ id, type, config });
export const M = (message: string, more: Record<string, unknown> = {}): NewStep => ({ type: 'sendEmail', config: { message, cap: 'hold', ...more } });
export const W = (amount: number, unit = 'days'): NewStep => ({ type: 'wait', config: { duration: { amount, unit } } });
export const IF = (rule: Rule): NewStep => ({ type: 'branch', config: { branches: [{ id: 'yes', label: 'Yes', rule }] } });
export const CHOOSE = (branches: Record<string, Rule>): NewStep => ({ type: 'branch', config: { branches: Object.entries(branches).map(([id, rule]) => ({ id, label: id, rule })) } });
export const TAG = (tag: string): NewStep => ({ type: 'addTag', config: { tag } });
export const UNTAG = (tag: string): NewStep => ({ type: 'removeTag', config: { tag } });
export const SET = (attribute: string, value: unknown): NewStep => ({ type: 'updateAttribute', config: { attribute, value } });
export const SCORE = (by: number, reason = ''): NewStep => ({ type: 'changeScore', config: { score: 'score', by, reason } });
export const S = (text: string): NewStep => ({ type: 'sendSms', config: { text } });
export const X = (reason = ''): NewStep => ({ type: 'exit', config: { reason } });
export const START_FLOW = (id: number): NewStep => ({ type: 'startFlow', config: { flow: id } });
/** Wait until one of these happens, or the time is out. */
export const WU = (atMost: number, events: Record<string, Record<string, unknown>>, unit = 'days'): NewStep => ({ type: 'waitForEvent', config: { atMost: { amount: atMost, unit }, events: Object.entries(events).map(([id, event]) => ({ id, label: id, ...event })) } });
export const TASK = (title: string, outcomes: string[], days: number): NewStep => ({ type: 'task', config: { title, outcomes: outcomes.map((id) => ({ id, label: id })), due: { amount: days, unit: 'days' } } });
export const NOTE = (title: string): NewStep => ({ type: 'notify', config: { title } });

export const clicked = (message: string): Rule => ({ kind: 'message', message, act: 'clicked', did: true, since: 'enrollment' });
export const opened = (message: string): Rule => ({ kind: 'message', message, act: 'opened', did: true, since: 'enrollment' });
export const did = (event: string, since: 'enrollment' | 'ever' = 'enrollment'): Rule => ({ kind: 'event', event, did: true, since });
export const ordered: Rule = did('order_placed');
export const consents = (channel: 'email' | 'sms'): Rule => ({ kind: 'consent', channel, given: true });
export const is = (attribute: string, operator: string, value?: unknown): Rule => ({ kind: 'attribute', attribute, operator, ...(value !== undefined && { value }) }) as Rule;
