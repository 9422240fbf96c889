// A stage for stories about flows: a workspace on a virtual clock, an outbox that delivers at once and keeps a record, and
// short words for flows.
import { flowSchema, START, type Edge, type Flow, type Step, type Trigger } from '../../shared/flow/flow.ts';
import type { Instant } from '../../shared/time.ts';
import { NEXT, type MessageResult } from '../../shared/steps/step.ts';
import { flowHandlers } from '../../src-main/handlers/flows.ts';
import type { Outbox } from '../../src-main/runner/outbox.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { createRunner, type Runner } from '../../src-main/runner/runner.ts';
import { runUntil } from '../../src-main/runner/run-until.ts';
import { transaction } from '../../src-main/store/database.ts';
import { insertFlow, updateDraft, flowRecord } from '../../src-main/store/flows.ts';
import { saveMessage } from '../../src-main/store/messages.ts';
import { dueMessages, nextMessageDue, settle, tellEnrollment } from '../../src-main/store/outbox.ts';
import { recordEvent } from '../../src-main/store/events.ts';
import { testWorkspace, type TestWorkspace, type TestWorkspaceOptions } from '../workspace-fixture.ts';

export type Delivered = { contact: number; message: string; step: string; at: Instant };

export type Stage = {
  workspace: TestWorkspace;
  runner: Runner;
  calls: ReturnType<typeof flowHandlers>;
  delivered: Delivered[];
  /** How the next messages end; `sent` unless told otherwise. The second part is the reason code. */
  outcome: (contact: number) => [MessageResult, string | null];
  /** False: the outbox is paused, so messages stay planned. 'stuck': it says that they are due, and yet does nothing. */
  isSending: boolean | 'stuck';
  /** Publishes a flow that was put together in the test; answers its id. */
  live(flow: Flow): number;
  /** A new runner over the same file, as after a crash. */
  restart(): Runner;
  /** Publishes a changed draft of a flow. */
  republish(id: number, flow: Flow): void;
  /** Lets everything happen until so many ms from now. */
  pass(ms: number): Promise<void>;
  /** A query of one value, for looking at what came of it. */
  one(sql: string, ...values: unknown[]): unknown;
  all<Row>(sql: string, ...values: unknown[]): Row[];
};

export function stage(options: TestWorkspaceOptions = {}): Stage {
  const workspace = testWorkspace(options);
  const delivered: Delivered[] = [];
  const made: Stage = {
    workspace,
    runner: undefined as unknown as Runner,
    calls: flowHandlers(workspace),
    delivered,
    outcome: () => ['sent', null],
    isSending: true,
    live(flow) {
      const id = insertFlow(workspace, flow);
      publish(workspace, id, flow, []);
      return id;
    },
    republish(id, flow) {
      updateDraft(workspace, id, flow, flowRecord(workspace, id)!.revision);
      publish(workspace, id, flow, []);
    },
    // What a process knows by heart hangs on its workspace object.
    restart: () => (made.runner = createRunner({ ...workspace }, recordingOutbox(workspace, made))),
    pass: (ms) => runUntil(workspace, made.runner, workspace.clock, workspace.clock.now() + ms),
    one: (sql, ...values) => workspace.db.prepare(sql).pluck().get(...values),
    all: <Row>(sql: string, ...values: unknown[]) => workspace.db.prepare(sql).all(...values) as Row[],
  };
  made.runner = createRunner(workspace, recordingOutbox(workspace, made));
  for (const key of ['welcome', 'reminder', 'offer']) {
    saveMessage(workspace, { key, name: key, channel: 'email', purpose: 'marketing', subject: key, preheader: '', body: `<p>${key}</p>` });
  }
  return made;
}

/** Settles what is due at once, as the real outbox would with a fast server. */
function recordingOutbox(workspace: TestWorkspace, story: Pick<Stage, 'delivered' | 'outcome' | 'isSending'>): Outbox {
  const { delivered } = story;
  return {
    recover: () => undefined,
    paused: () => null,
    nextDueAt: () => (story.isSending !== false ? nextMessageDue(workspace) : null),
    close: async () => undefined,
    async performDue() {
      if (story.isSending !== true) return 0;
      const now = workspace.clock.now();
      const due = dueMessages(workspace, now, 1000);
      transaction(workspace.db, () => {
        for (const row of due) {
          const [result, reason] = story.outcome(row.contactId);
          settle(workspace, row.id, result, 1, reason, null, now);
          tellEnrollment(workspace, row, result, now);
          if (result !== 'sent') continue;
          delivered.push({ contact: row.contactId, message: row.message, step: row.stepId, at: now });
          recordEvent(workspace, { contactId: row.contactId, type: 'message_sent', at: now, source: 'channel', flowId: row.flowId, enrollmentId: row.enrollmentId, outboxId: row.id, data: { message: row.message } });
        }
      });
      return due.length;
    },
  };
}

/** A flow from its steps, and how they connect: "a > b" by `next`, or "a.yes > b". The first step follows the triggers. */
export function flowOf(parts: { triggers?: Trigger[]; steps: Step[]; ways?: string[] } & Partial<Omit<Flow, 'triggers' | 'steps' | 'edges'>>): Flow {
  const { triggers = [onAdded], steps, ways, ...rest } = parts;
  const chain = steps.slice(1).map((step, index): Edge => ({ from: steps[index]!.id, outlet: NEXT, to: step.id }));
  const drawn = ways?.map((way): Edge => {
    const [from, to] = way.split(' > ') as [string, string];
    const [id, outlet = NEXT] = from.split('.') as [string, string?];
    return { from: id, outlet, to };
  });
  return flowSchema.parse({ name: 'Story', ...rest, triggers, steps, edges: [{ from: START, outlet: NEXT, to: steps[0]!.id }, ...(drawn ?? chain)] });
}

export const onAdded: Trigger = { id: 'added', type: 'contactAdded', config: {} };
export const onTag = (tag: string): Trigger => ({ id: `tag-${tag}`, type: 'tagAdded', config: { tag } });
export const byHand: Trigger = { id: 'hand', type: 'byHand', config: {} };
export const mail = (id: string, message = id): Step => ({ id, type: 'sendEmail', config: { message } });
export const wait = (id: string, amount: number, unit = 'days'): Step => ({ id, type: 'wait', config: { duration: { amount, unit } } });
export const tag = (id: string, name = id): Step => ({ id, type: 'addTag', config: { tag: name } });
export const untag = (id: string, name: string): Step => ({ id, type: 'removeTag', config: { tag: name } });
export const set = (id: string, attribute: string, value: unknown): Step => ({ id, type: 'updateAttribute', config: { attribute, value } });
export const exit = (id: string, reason = ''): Step => ({ id, type: 'exit', config: { reason } });
export const split = (id: string, shares: { id: string; label: string; weight: number }[]): Step => ({ id, type: 'split', config: { shares } });
export const parallel = (id: string, ...paths: string[]): Step => ({ id, type: 'parallel', config: { paths: paths.map((each) => ({ id: each, label: each.toUpperCase() })) } });
export const join = (id: string, config: Record<string, unknown> = {}): Step => ({ id, type: 'join', config });
export const branch = (id: string, rule: unknown): Step => ({ id, type: 'branch', config: { branches: [{ id: 'yes', label: 'Yes', rule }] } });
export const openedThis = (message: string) => ({ kind: 'message', message, act: 'opened', did: true, since: 'enrollment' });
export const hasTag = (name: string) => ({ kind: 'tag', tag: name, has: true }) as const;
