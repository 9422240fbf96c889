// A workspace in virtual time with the real runner and the real ledger, over a channel that takes everything and writes down when.
import type { Settings } from '../../shared/api.ts';
import type { Flow, Message } from '../../shared/flow/flow.ts';
import type { Instant } from '../../shared/time.ts';
import { publish } from '../../src-main/runner/publishing.ts';
import { createRunner } from '../../src-main/runner/runner.ts';
import { runUntil } from '../../src-main/runner/run-until.ts';
import { rows } from '../../src-main/store/database.ts';
import { insertFlow } from '../../src-main/store/flows.ts';
import { testWorkspace, type TestWorkspace } from '../workspace-fixture.ts';
import { fakeChannel, type FakeSteps } from './fake-channel.ts';
import { outboxOver, WELCOME } from './outbox-fixture.ts';

type Sent = { to: string; subject: string; at: Instant };
export type Line = { contact: number; message: string; state: string; reason: string | null; dueAt: Instant };

export type SendingStage = {
  workspace: TestWorkspace;
  /** What the server was given, in its order. */
  sent: Sent[];
  live(flow: Flow): number;
  /** Lets everything happen, each at its instant, until so many ms from now. */
  pass(ms: number): Promise<void>;
  /** The computer sleeps so long; then it wakes, and everything is late. */
  sleep(ms: number): Promise<void>;
  ledger(): Line[];
  close(): Promise<void>;
};

/** Messages of these keys; "receipt" is the only transactional one. */
export const MESSAGES = ['welcome', 'offer', 'news', 'receipt'].map((key): Message => ({
  ...WELCOME,
  key,
  name: key,
  subject: key,
  body: `<p>${key}</p>`,
  purpose: key === 'receipt' ? 'transactional' : 'marketing',
}));

export function sendingStage(settings: Partial<Settings>, options: { now?: Instant; steps?: FakeSteps } = {}): SendingStage {
  const workspace = testWorkspace({ settings, ...(options.now !== undefined && { now: options.now }) });
  const sent: Sent[] = [];
  const channel = fakeChannel({
    ...options.steps,
    between: (mail) => void sent.push({ to: mail.to, subject: mail.subject, at: workspace.clock.now() }),
  });
  const outbox = outboxOver(workspace, channel);
  const runner = createRunner(workspace, outbox);
  return {
    workspace,
    sent,
    live(flow) {
      const id = insertFlow(workspace, flow);
      publish(workspace, id, flow, MESSAGES);
      return id;
    },
    pass: (ms) => runUntil(workspace, runner, workspace.clock, workspace.clock.now() + ms),
    async sleep(ms) {
      workspace.clock.setTo(workspace.clock.now() + ms);
      await runner.runDue();
    },
    ledger: () => rows<Line>(workspace.db, 'SELECT contact_id AS contact, message, state, reason, due_at AS dueAt FROM outbox ORDER BY id'),
    async close() {
      await outbox.close();
      workspace.close();
    },
  };
}
