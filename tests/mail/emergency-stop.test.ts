// The emergency stop while mail is leaving: what is on its way ends, nothing more is handed over, and afterwards nobody is left out.
import { expect, test, vi } from 'vitest';
import type { Answer } from '../../shared/api.ts';
import { DAY } from '../../shared/time.ts';
import type { MailChannel } from '../../src-main/channels/channel.ts';
import { runnerHandlers } from '../../src-main/handlers/runner.ts';
import { createRunner } from '../../src-main/runner/runner.ts';
import { auditEntries } from '../../src-main/store/runner-state.ts';
import { createOutbox } from '../../src-main/runner/outbox.ts';
import { mailing, plan, tally } from './outbox-fixture.ts';

const MANY = 300;
const CONNECTIONS = 2;

/** A server that takes a mail only when it is let. */
function slowServer() {
  const accepted: string[] = [];
  const waiting: (() => void)[] = [];
  let isOpen = false;
  const channel: MailChannel = {
    name: 'a slow server',
    defaultFrom: { name: 'Shop', address: 'shop@example.dk' },
    connections: CONNECTIONS,
    deliver: async (mail, handed) => {
      if (!(await handed(null))) return { result: 'failed', temporary: true, scope: 'message', code: 'not-handed', response: '' };
      if (!isOpen) await new Promise<void>((resolve) => waiting.push(resolve));
      accepted.push(mail.to);
      return { result: 'sent', response: '250 ok' };
    },
    close: async () => undefined,
  };
  return {
    channel,
    accepted,
    onTheirWay: () => waiting.length,
    letThrough: () => waiting.splice(0).forEach((go) => go()),
    open() {
      isOpen = true;
      this.letThrough();
    },
  };
}

const until = (holds: () => boolean) => vi.waitUntil(holds, { timeout: 30_000, interval: 5 });

test('stopped in the midst of a large mailing: the two on their way end, the others stay planned; started again, everybody gets one', async () => {
  const workspace = mailing();
  for (let n = 0; n < MANY; n++) plan(workspace, { email: `person${n}@example.dk` });
  const server = slowServer();
  const outbox = createOutbox(workspace, {
    channel: server.channel,
    openChannel: () => {
      throw new Error('no account is asked for');
    },
  });
  const runner = createRunner(workspace, outbox);
  const handlers = runnerHandlers(workspace, runner, outbox);
  runner.start();
  await until(() => server.onTheirWay() === CONNECTIONS);

  const stopped = Promise.resolve(handlers['runner.stopAll']({ from: 'tray' })) as Promise<Answer | null>;
  let isAnswered = false;
  void stopped.then(() => (isAnswered = true));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isAnswered, 'answered only when what was on its way has ended').toBe(false);
  server.open();
  await stopped;
  expect(server.accepted).toHaveLength(CONNECTIONS);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(server.accepted).toHaveLength(CONNECTIONS);
  expect(tally(workspace)).toEqual({ sent: CONNECTIONS, planned: MANY - CONNECTIONS });
  expect(await handlers['runner.status']({})).toMatchObject({ running: false, liveFlows: 1, stopped: { from: 'tray', at: workspace.clock.now() } });
  expect(auditEntries(workspace, null, null, 1)).toMatchObject([{ actor: 'user', action: 'everything-stopped', details: { from: 'tray' } }]);

  await handlers['runner.stopAll']({ from: 'window' });
  expect(auditEntries(workspace, null, null, 9), 'a second press says nothing new').toHaveLength(1);

  const tomorrow = Promise.resolve().then(() => handlers['clock.advance']({ to: workspace.clock.now() + DAY }));
  await expect(tomorrow, 'virtual time stands still too').rejects.toMatchObject({ problems: [{ code: 'stopped' }] });
  expect(server.accepted).toHaveLength(CONNECTIONS);

  await handlers['runner.startAll']({ run: true });
  await until(() => server.accepted.length === MANY);
  await runner.stop();
  expect(new Set(server.accepted).size).toBe(MANY);
  expect(await handlers['runner.status']({})).toMatchObject({ stopped: null });
  await outbox.close();
});
