// A channel that a test steers: it keeps what it accepted, and every delivery waits where the test tells it to.
import type { Delivery, MailChannel, OutgoingMail } from '../../src-main/channels/channel.ts';

export type FakeChannel = MailChannel & {
  accepted: OutgoingMail[];
  /** Everything that was offered, accepted or not. */
  offered: OutgoingMail[];
};

export type FakeSteps = {
  /** Before "handed" is asked for; a Delivery ends it there. */
  before?: (mail: OutgoingMail) => Delivery | undefined | void | Promise<Delivery | undefined | void>;
  /** After "handed" was granted, before the body arrives. */
  between?: (mail: OutgoingMail) => void | Promise<void>;
  /** The answer to the body; without one it is accepted. */
  after?: (mail: OutgoingMail) => Delivery | undefined | Promise<Delivery | undefined>;
};

export const NOT_HANDED: Delivery = { result: 'failed', temporary: true, scope: 'message', code: 'not-handed', response: '' };

export function fakeChannel(steps: FakeSteps = {}, connections = 1): FakeChannel {
  const channel: FakeChannel = {
    name: 'mail.test',
    defaultFrom: { name: 'Shop', address: 'shop@example.com' },
    connections,
    accepted: [],
    offered: [],
    async deliver(mail, handed) {
      channel.offered.push(mail);
      const early = await steps.before?.(mail);
      if (early) return early;
      if (!(await handed(mail.eml))) return NOT_HANDED;
      await steps.between?.(mail);
      const late = await steps.after?.(mail);
      if (late === undefined || late.result !== 'failed') channel.accepted.push(mail);
      return late ?? { result: 'sent', response: '250 2.0.0 stored' };
    },
    close: () => Promise.resolve(),
  };
  return channel;
}
