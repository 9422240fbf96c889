// When a message was sent, by the one reckoning of caps, fuses, timelines and checks: when it was handed over.
import { afterEach, describe, expect, test } from 'vitest';
import { DAY } from '../../shared/time.ts';
import type { Outbox } from '../../src-main/runner/outbox.ts';
import { decide } from '../../src-main/runner/outbox-decide.ts';
import { candidate, marketingSince, sentSince } from '../../src-main/store/outbox.ts';
import { fakeChannel, type FakeSteps } from './fake-channel.ts';
import { drain, ledger, mailing, outboxOver, plan, states, type Mailing } from './outbox-fixture.ts';

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

function machine(steps: FakeSteps): { workspace: Mailing; outbox: Outbox } {
  const workspace = mailing();
  const outbox = outboxOver(workspace, fakeChannel(steps));
  open.push(
    () => workspace.close(),
    () => outbox.close(),
  );
  return { workspace, outbox };
}

describe('when it was handed over, whenever that became known', () => {
  const pass = (workspace: Mailing, ms: number) => workspace.clock.setTo(workspace.clock.now() + ms);
  const sentAt = (workspace: Mailing) => workspace.db.prepare(`SELECT at FROM events WHERE type = 'message_sent'`).pluck().all();

  test('the server takes a minute to answer', async () => {
    const { workspace, outbox } = machine({ between: () => pass(workspace, 60_000) });
    const start = workspace.clock.now();
    plan(workspace, { email: 'ada@example.dk' });
    await drain(outbox);
    expect(sentAt(workspace)).toEqual([start]);
    expect(ledger(workspace)).toMatchObject([{ state: 'sent' }]);
  });

  test('a person says days later that it has arrived: the cap and the fuse count it from then on that it left', async () => {
    const { workspace, outbox } = machine({ after: () => ({ result: 'unknown', response: '' }) as const });
    const start = workspace.clock.now();
    const id = plan(workspace, { email: 'ada@example.dk' });
    await drain(outbox);
    expect(states(workspace)).toEqual(['unknown']);
    pass(workspace, 3 * DAY);
    decide(workspace, id, 'markSent', 'user');
    expect(sentAt(workspace)).toEqual([start]);
    const message = candidate(workspace, id)!;
    expect([start - 1, start + DAY].map((since) => sentSince(workspace, [message], since).get(message.id)?.contact)).toEqual([1, undefined]);
    expect(marketingSince(workspace, message.contactId, start - 1, 9)).toEqual([start]);
  });
});
