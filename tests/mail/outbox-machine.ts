// A workspace with an outbox over a channel that answers as a test says; closed again after the test.
import { afterEach } from 'vitest';
import type { Outbox } from '../../src-main/runner/outbox.ts';
import { addSuppression } from '../../src-main/store/suppressions.ts';
import { fakeChannel, type FakeChannel, type FakeSteps } from './fake-channel.ts';
import { mailing, outboxOver, type Mailing } from './outbox-fixture.ts';

const open: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** Has something done when the test has ended: the latest first. */
export const whenDone = (...acts: (() => Promise<void> | void)[]): void => void open.push(...acts);

export function machine(
  steps: FakeSteps = {},
  options: Parameters<typeof mailing>[1] = {},
  message: Parameters<typeof mailing>[0] = {},
): { workspace: Mailing; outbox: Outbox; channel: FakeChannel } {
  const workspace = mailing(message, options);
  const channel = fakeChannel(steps);
  const outbox = outboxOver(workspace, channel);
  whenDone(
    () => workspace.close(),
    () => outbox.close(),
  );
  return { workspace, outbox, channel };
}

export const suppress = (workspace: Mailing, address: string) => addSuppression(workspace, { channel: 'email', address, reason: 'unsubscribed', source: 'user' });
