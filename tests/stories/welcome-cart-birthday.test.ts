// Three of the flows that everybody builds, each lived through by three people: welcome series, abandoned cart, birthday.
import { describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../../shared/time.ts';
import { clicked, consents, did, flow, IF, is, M, on, opened, ordered, S, SET, stories, TAG, W, WU, X } from './stage.ts';

// TEST_NOW is Monday, 2 March 2026, 08:00 UTC: nine o'clock in Copenhagen, when mail may leave.

describe('welcome series', () => {
  // "Code unused" is an event the shop reports; the three preference links are three events of the form.
  const welcome = flow('Welcome series', {
    triggers: [on('consentChanged', { change: 'given' }), on('tagAdded', { tag: 'newsletter' }, 'tagged')],
    goal: ordered,
    steps: {
      m1: M('m1'), w1: W(1), liked: IF(clicked('m1')), m2a: M('m2a'), m2b: M('m2b'), w2: W(2), m3: M('m3'), w3: W(3),
      unused: IF({ kind: 'event', event: 'code_used', did: false, since: 'enrollment' }), m4: M('m4'), w4: W(7), m5: M('m5'),
      tells: WU(14, { garden: { event: 'custom', name: 'prefers_garden' }, house: { event: 'custom', name: 'prefers_house' }, both: { event: 'custom', name: 'prefers_both' } }),
      garden: SET('interest', 'garden'), house: SET('interest', 'house'), both: SET('interest', 'both'), welcomed: TAG('welcomed'), end: X('welcomed'),
    },
    ways: `m1 > w1 > liked; liked.yes > m2a > w2; liked.else > m2b > w2; w2 > m3 > w3 > unused; unused.yes > m4 > w4; unused.else > w4 > m5 > tells
      tells.garden > garden > welcomed; tells.house > house > welcomed; tells.both > both > welcomed; tells.timedOut > welcomed > end`,
  });

  test('one reads and tells what they like, one buys and leaves by the goal, one unsubscribes', async () => {
    const s = stories({ messages: ['m1', 'm2a', 'm2b', 'm3', 'm4', 'm5'], attributes: [{ key: 'interest', label: 'Interest', kind: 'text' }] });
    const id = await s.live(welcome);
    const [ada, ben, cleo] = ['ada', 'ben', 'cleo'].map((name) => s.add({ email: `${name}@example.dk` })) as [number, number, number];
    await s.pass(HOUR);
    s.clicks(ada, 'm1');
    await s.pass(2 * DAY);
    s.orders(ben);
    await s.pass(2 * DAY);
    s.unsubscribes(cleo);
    await s.pass(10 * DAY);
    s.happens(ada, 'prefers_garden');
    await s.pass(20 * DAY);
    expect(s.mails(ada)).toEqual(['03-02T08:00 m1', '03-03T08:00 m2a', '03-05T08:00 m3', '03-08T08:00 m4', '03-15T08:00 m5']);
    expect([s.value(ada, 'a_interest'), s.tags(ada), s.passages(id, ada)]).toEqual(['garden', ['welcomed'], ['welcomed']]);
    expect([s.subjects(ben), s.passages(id, ben), s.tags(ben)]).toEqual([['m1', 'm2b'], ['goal'], []]);
    expect([s.subjects(cleo), s.passages(id, cleo)]).toEqual([['m1', 'm2b', 'm3'], ['opted-out']]);
    // Never again: who has been welcomed is not welcomed twice.
    s.happens(ada, 'consent_given', { channel: 'email', source: 'form' });
    await s.pass(2 * DAY);
    expect(s.passages(id, ada)).toHaveLength(1);
    await s.close();
  });
});

describe('abandoned cart', () => {
  // The cart's value comes as an attribute with the shop's event. The text message is held, while there is no account for them.
  const cart = flow('Abandoned cart', {
    triggers: [on('eventHappened', { name: 'cart_updated' })],
    entry: { reentry: 'afterDays', reentryDays: 7 },
    goal: ordered,
    steps: {
      w1: W(1, 'hours'), bought: IF(ordered), out: X('ordered'), m1: M('m1'), w2: W(23, 'hours'), big: IF(is('cart', 'moreThan', 50_000)),
      m2a: M('m2a'), w3: W(1), phone: IF(consents('sms')), s: S('Your cart waits for you'), m2b: M('m2b'), w4: W(2),
      read: IF({ kind: 'any', rules: [opened('m1'), opened('m2a'), opened('m2b')] }), m3: M('m3'), lost: TAG('cart-lost'), end: X('lost'),
    },
    ways: `w1 > bought; bought.yes > out; bought.else > m1 > w2 > big; big.yes > m2a > w3 > phone; phone.yes > s > w4; phone.else > w4; big.else > m2b > w4
      w4 > read; read.yes > m3 > lost; read.else > lost > end`,
  });

  test('one buys within the hour, one has a big cart and a phone, one reads and is lost all the same', async () => {
    const s = stories({ messages: ['m1', 'm2a', 'm2b', 'm3'], attributes: [{ key: 'cart', label: 'Cart', kind: 'money' }] });
    const id = await s.live(cart);
    const ada = s.add({ email: 'ada@example.dk', cart: 20_000 });
    const ben = s.add({ email: 'ben@example.dk', cart: 90_000, phone: '+4520123456', consent: ['email', 'sms'] });
    const cleo = s.add({ email: 'cleo@example.dk', cart: 10_000 });
    for (const each of [ada, ben, cleo]) s.happens(each, 'cart_updated');
    await s.pass(HOUR / 2);
    s.orders(ada);
    await s.pass(2 * DAY);
    s.opens(cleo, 'm2b');
    await s.pass(4 * DAY);
    expect([s.mails(ada), s.passages(id, ada)]).toEqual([[], ['goal']]);
    expect(s.mails(ben)).toEqual(['03-02T09:00 m1', '03-03T09:00 m2a']);
    expect([s.passages(id, ben), s.ledger(ben).at(-1)]).toEqual([['s'], 'sms held no-channel']);
    expect([s.mails(cleo), s.tags(cleo), s.passages(id, cleo)]).toEqual([['03-02T09:00 m1', '03-03T09:00 m2b', '03-05T09:00 m3'], ['cart-lost'], ['lost']]);
    s.givesUp(ben);
    await s.pass(3 * DAY);
    expect([s.subjects(ben), s.tags(ben)]).toEqual([['m1', 'm2a'], ['cart-lost']]);
    // Again after seven days, not before.
    s.happens(cleo, 'cart_updated');
    await s.pass(2 * HOUR);
    expect(s.passages(id, cleo)).toHaveLength(2);
    await s.close();
  });
});

describe('birthday', () => {
  const birthday = flow('Birthday', {
    triggers: [on('dateReached', { attribute: 'birthday', days: 7, side: 'before', at: '09:00', yearly: true, leapDay: 'feb28' })],
    entry: { reentry: 'afterExit' },
    steps: {
      may: IF(consents('email')), no: X('no consent'), m1: M('m1'),
      day: { type: 'waitUntil', config: { until: 'attribute', attribute: 'birthday', time: '09:00', past: 'anniversary', missing: 'exit' } },
      used: IF(did('code_used')), m2a: M('m2a'), m2b: M('m2b'), w: W(5), unused: IF({ kind: 'event', event: 'code_used', did: false, since: 'enrollment' }), m3: M('m3'), end: X('done'),
    },
    ways: 'may.yes > m1 > day > used; may.else > no; used.yes > m2a > w; used.else > m2b > w; w > unused; unused.yes > m3 > end; unused.else > end',
  });

  test('one uses the gift, one has no consent, one was born on 29 February: each year anew', async () => {
    const s = stories({ messages: ['m1', 'm2a', 'm2b', 'm3'], attributes: [{ key: 'birthday', label: 'Birthday', kind: 'date' }] });
    const id = await s.live(birthday);
    const ada = s.add({ email: 'ada@example.dk', birthday: '1990-03-20' });
    const ben = s.add({ email: 'ben@example.dk', birthday: '1985-03-20', consent: [] });
    const cleo = s.add({ email: 'cleo@example.dk', birthday: '1992-02-29' });
    await s.pass(14 * DAY);
    s.happens(ada, 'code_used');
    await s.pass(20 * DAY);
    expect([s.mails(ada), s.passages(id, ada)]).toEqual([['03-13T08:00 m1', '03-20T08:00 m2a'], ['done']]);
    expect([s.mails(ben), s.passages(id, ben)]).toEqual([[], ['no consent']]);
    expect(s.passages(id, cleo)).toEqual([]);
    await s.pass(345 * DAY);
    // 2027 has no 29 February: the gift comes a week before the 28th.
    expect(s.mails(cleo)).toEqual(['02-21T08:00 m1', '02-28T08:00 m2b', '03-05T08:00 m3']);
    await s.close();
  });
});
