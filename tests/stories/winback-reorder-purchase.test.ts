// Three flows after a purchase, each lived through by three people: win-back, re-order, post-purchase.
import { describe, expect, test } from 'vitest';
import { DAY } from '../../shared/time.ts';
import { flow, IF, clicked, consents, is, M, on, ordered, S, SET, START_FLOW, stories, TAG, TASK, W, WU, X } from './stage.ts';

const split = { type: 'split', config: { shares: [{ id: 'a', label: 'A', weight: 50 }, { id: 'b', label: 'B', weight: 50 }] } };
const askConsent = { type: 'changeConsent', config: { change: 'withdrawn', channel: 'email', evidence: '' } };
const target = (name: string) => flow(name, { triggers: [on('fromFlow')], steps: { in: TAG(`in-${name}`), end: X('done') }, ways: 'in > end' });

describe('win-back', () => {
  // The days without an order are a number of the flow: the median interval of a contact is not reckoned yet. The value of a
  // customer is an attribute; the two links of the last mail are two events.
  const winback = (sunset: number) =>
    flow('Win-back', {
      triggers: [on('inactive', { what: 'order_placed', days: 90 })],
      entry: { reentry: 'afterDays', reentryDays: 180 },
      goal: ordered,
      steps: {
        best: IF(is('clv', 'atLeast', 500_000)), call: TASK('Call {{ contact.first_name }}', ['called'], 2), w0: W(2), m1a: M('m1a'), m1b: M('m1b'), w1: W(7), liked: IF({ kind: 'any', rules: [clicked('m1a'), clicked('m1b')] }),
        m2a: M('m2a'), m2b: M('m2b'), w2: W(8), m3: M('m3'), says: WU(14, { stay: { event: 'custom', name: 'stays' }, go: { event: 'custom', name: 'goes' } }),
        kept: TAG('kept'), endKept: X('kept'), bye: askConsent, endBye: X('gone'), sunset: START_FLOW(sunset), endSunset: X('sunset'),
      },
      ways: `best.yes > call; call.called > w0; call.timedOut > w0; w0 > m1a > w1; best.else > m1b > w1; w1 > liked; liked.yes > m2a > w2; liked.else > m2b > w2; w2 > m3 > says
        says.stay > kept > endKept; says.go > bye > endBye; says.timedOut > sunset > endSunset`,
    });

  test('one is called and buys, one stays, one says nothing and goes to the sunset', async () => {
    const s = stories({ messages: ['m1a', 'm1b', 'm2a', 'm2b', 'm3'], attributes: [{ key: 'clv', label: 'Value', kind: 'money' }] });
    const sunset = await s.live(target('sunset'));
    const id = await s.live(winback(sunset));
    const [ada, ben, cleo] = [['ada', 900_000], ['ben', 10_000], ['cleo', 10_000]].map(([name, clv]) => s.add({ email: `${name}@example.dk`, first_name: String(name), clv: clv! })) as [number, number, number];
    for (const each of [ada, ben, cleo]) s.orders(each);
    await s.pass(91 * DAY);
    expect(s.cards(ada)).toEqual(['Call ada']);
    await s.decides(ada, 'called');
    await s.pass(4 * DAY);
    s.orders(ada);
    s.clicks(ben, 'm1b');
    await s.pass(17 * DAY);
    s.happens(ben, 'stays');
    await s.pass(20 * DAY);
    expect([s.subjects(ada), s.passages(id, ada)]).toEqual([['m1a'], ['goal']]);
    expect([s.subjects(ben), s.tags(ben), s.passages(id, ben)]).toEqual([['m1b', 'm2a', 'm3'], ['kept'], ['kept']]);
    expect([s.subjects(cleo), s.tags(cleo), s.passages(id, cleo), s.passages(sunset, cleo)]).toEqual([['m1b', 'm2b', 'm3'], ['in-sunset'], ['sunset'], ['done']]);
    await s.close();
  });

  test('one who goes is not written to again', async () => {
    const s = stories({ messages: ['m1a', 'm1b', 'm2a', 'm2b', 'm3'], attributes: [{ key: 'clv', label: 'Value', kind: 'money' }] });
    const id = await s.live(winback(await s.live(target('sunset'))));
    const dora = s.add({ email: 'dora@example.dk' });
    s.orders(dora);
    await s.pass(90 * DAY + 16 * DAY);
    s.happens(dora, 'goes');
    await s.pass(DAY);
    expect(s.passages(id, dora)).toEqual(['gone']);
    expect(s.workspace.db.prepare('SELECT state FROM consents WHERE contact_id = ? ORDER BY id DESC LIMIT 1').pluck().get(dora)).toBe('withdrawn');
    await s.close();
  });
});

describe('re-order', () => {
  // The day on which it runs low is an attribute that the shop, or an import, reckons; the interval of a product is not yet.
  const reorder = flow('Re-order', {
    triggers: [on('orderPlaced', { where: [{ property: 'group', operator: 'equals', value: 'coffee' }] })],
    entry: { reentry: 'afterExit' },
    goal: { kind: 'event', event: 'order_placed', did: true, since: 'enrollment', where: [{ property: 'group', operator: 'equals', value: 'coffee' }] },
    steps: {
      low: { type: 'waitUntil', config: { until: 'attribute', attribute: 'runs_low', days: 5, side: 'before', time: '09:00', past: 'go', missing: 'exit' } },
      m1: M('m1'), w1: W(4), ab: split, m2a: M('m2a'), m2b: M('m2b'), w2: W(7), phone: IF(consents('sms')), s: S('Coffee?'), w3: W(10), missed: TAG('replenish-missed'), end: X('missed'),
    },
    ways: 'low > m1 > w1 > ab; ab.a > m2a > w2; ab.b > m2b > w2; w2 > phone; phone.yes > s > w3; phone.else > w3; w3 > missed > end',
  });

  test('one orders again after the first mail, one never does, one has no date', async () => {
    const s = stories({ messages: ['m1', 'm2a', 'm2b'], attributes: [{ key: 'runs_low', label: 'Runs low', kind: 'date' }] });
    const id = await s.live(reorder);
    const ada = s.add({ email: 'ada@example.dk', runs_low: '2026-04-01' });
    const ben = s.add({ email: 'ben@example.dk', runs_low: '2026-04-01' });
    const cleo = s.add({ email: 'cleo@example.dk' });
    for (const each of [ada, ben, cleo]) s.orders(each, 5_000, { group: 'coffee' });
    await s.pass(27 * DAY);
    s.orders(ada, 5_000, { group: 'coffee' });
    await s.pass(DAY);
    // The order that ends it as a success also begins the next one.
    expect([s.mails(ada), s.passages(id, ada)[0]]).toEqual([['03-27T08:00 m1'], 'goal']);
    await s.pass(30 * DAY);
    expect(s.mails(ben)).toEqual(['03-27T08:00 m1', expect.stringMatching(/^03-31T07:00 m2[ab]$/)]);
    expect([s.tags(ben), s.passages(id, ben)]).toEqual([['replenish-missed'], ['missed']]);
    expect([s.subjects(cleo), s.passages(id, cleo)]).toEqual([[], ['date-missing']]);
    await s.close();
  });
});

describe('post-purchase', () => {
  const purchase = (referral: number) =>
    flow('Post-purchase', {
      triggers: [on('orderPlaced')],
      entry: { reentry: 'perKey', key: 'order' },
      steps: {
        first: IF({ kind: 'order', measure: 'count', operator: 'equals', value: 1, since: 'ever' }), m1a: M('m1a'), m1b: M('m1b'), delivered: WU(5, { yes: { event: 'custom', name: 'delivered' } }), w1: W(2), m2: M('m2'), w2: W(7), m3: M('m3'),
        answer: WU(7, { bad: { event: 'custom', name: 'csat', where: [{ property: 'value', operator: 'atMost', value: '2' }] }, good: { event: 'custom', name: 'csat' } }),
        setBad: SET('csat', 2), unhappy: TAG('unhappy'), service: TASK('Call {{ contact.first_name }}', ['done'], 1), endBad: X('unhappy'),
        setGood: SET('csat', 5), w3: W(1), m4: M('m4'), review: WU(10, { yes: { event: 'custom', name: 'reviewed' } }), fan: IF({ kind: 'all', rules: [is('csat', 'atLeast', 4), { kind: 'flow', flow: referral, position: 'inside', is: false, since: 'ever' }] }), refer: START_FLOW(referral), end: X('done'),
      },
      ways: `first.yes > m1a > delivered; first.else > m1b > delivered; delivered.yes > w1; delivered.timedOut > w1; w1 > m2 > w2 > m3 > answer
        answer.bad > setBad > unhappy > service; service.done > endBad; service.timedOut > endBad; answer.good > setGood > w3; answer.timedOut > w3; w3 > m4 > review; review.yes > fan; review.timedOut > fan; fan.yes > refer > end; fan.else > end`,
    });

  test('one is happy, one is not, one buys twice and goes through it once for each order', async () => {
    const s = stories({ messages: ['m1a', 'm1b', 'm2', 'm3', 'm4'], attributes: [{ key: 'csat', label: 'Satisfaction', kind: 'number' }] });
    const referral = await s.live(target('referral'));
    const id = await s.live(purchase(referral));
    const [ada, ben, cleo] = ['ada', 'ben', 'cleo'].map((name) => s.add({ email: `${name}@example.dk`, first_name: name })) as [number, number, number];
    for (const each of [ada, ben, cleo]) s.orders(each);
    await s.pass(DAY);
    for (const each of [ada, ben]) s.happens(each, 'delivered');
    await s.pass(2 * DAY);
    s.orders(cleo);
    await s.pass(8 * DAY);
    s.happens(ada, 'csat', { value: 5 });
    s.happens(ben, 'csat', { value: 1 });
    await s.pass(30 * DAY);
    expect(s.mails(ada)).toEqual(['03-02T08:00 m1a', '03-05T08:00 m2', '03-12T08:00 m3', '03-14T08:00 m4']);
    expect([s.passages(id, ada), s.passages(referral, ada), s.value(ada, 'a_csat')]).toEqual([['done'], ['done'], 5]);
    expect([s.subjects(ben), s.cards(ben), s.tags(ben), s.passages(id, ben)]).toEqual([['m1a', 'm2', 'm3'], ['Call ben'], ['unhappy'], ['unhappy']]);
    expect([s.passages(id, cleo), s.subjects(cleo).filter((subject) => subject.startsWith('m1')), s.passages(referral, cleo)]).toEqual([['done', 'done'], ['m1a', 'm1b'], []]);
    await s.close();
  });
});
