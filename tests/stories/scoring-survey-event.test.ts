// Three flows that ask and count, each lived through by three people: lead scoring, NPS survey, reminders of an event.
import { describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../../shared/time.ts';
import { clicked, CHOOSE, did, flow, IF, is, M, on, S, SCORE, SET, START_FLOW, stories, TAG, TASK, W, WU, X } from './stage.ts';

describe('lead scoring', () => {
  // One flow for each thing that counts, one for the threshold and one for silence; "open at most three a day" and the nightly
  // decay have no step of their own yet: silence takes ten points a month instead.
  const rule = (name: string, trigger: ReturnType<typeof on>, by: number) => flow(name, { triggers: [trigger], entry: { reentry: 'afterExit' }, steps: { score: SCORE(by, name), end: X('scored') }, ways: 'score > end' });
  const sales = flow('Hand-off', { triggers: [on('fromFlow')], steps: { in: TAG('handed-over'), end: X('done') }, ways: 'in > end' });
  const threshold = (handOff: number) =>
    flow('Threshold', {
      triggers: [on('scoreReached', { score: 'score', threshold: 60 })],
      entry: { reentry: 'afterExit' },
      steps: { fit: IF(is('fit', 'isOneOf', ['A', 'B'])), mql: TAG('MQL'), at: { type: 'updateAttribute', config: { attribute: 'mql_at', action: 'date', distance: { amount: 0, unit: 'days' } } }, go: START_FLOW(handOff), end: X('qualified'), no: X('no fit') },
      ways: 'fit.yes > mql > at > go > end; fit.else > no',
    });
  const cold = flow('Cold', { triggers: [on('scoreReached', { score: 'score', direction: 'down', threshold: -1 })], steps: { tag: TAG('cold'), end: X('cold') }, ways: 'tag > end' });

  test('one qualifies, one has the points and does not fit, one is silent and gone', async () => {
    const s = stories({ messages: ['news'], attributes: [{ key: 'score', label: 'Score', kind: 'number' }, { key: 'fit', label: 'Fit', kind: 'choice', choices: ['A', 'B', 'C'] }, { key: 'mql_at', label: 'Qualified', kind: 'date' }] });
    const handOff = await s.live(sales);
    const id = await s.live(threshold(handOff));
    await s.live(cold);
    await s.live(rule('click', on('messageEvent', { act: 'clicked' }), 5));
    await s.live(rule('price page', on('eventHappened', { name: 'page_viewed', where: [{ property: 'page', operator: 'equals', value: 'prices' }] }), 10));
    await s.live(rule('form', on('eventHappened', { name: 'form_sent' }), 20));
    await s.live(rule('reply', on('messageEvent', { act: 'replied' }), 25));
    await s.live(rule('unsubscribed', on('consentChanged', { change: 'withdrawn' }), -50));
    await s.live(rule('silence', on('inactive', { days: 30 }), -10));
    const [ada, ben, cleo] = [['ada', 'A'], ['ben', 'C'], ['cleo', 'B']].map(([name, fit]) => s.add({ email: `${name}@example.dk`, fit: fit! })) as [number, number, number];
    for (const each of [ada, ben]) {
      for (const [type, data] of [['form_sent', {}], ['message_replied', {}], ['page_viewed', { page: 'prices' }], ['page_viewed', { page: 'home' }], ['message_clicked', {}]] as const) {
        s.happens(each, type, data);
        await s.pass(HOUR);
      }
    }
    expect([s.value(ada, 'a_score'), s.value(cleo, 'a_score')]).toEqual([60, null]);
    s.unsubscribes(cleo);
    await s.pass(31 * DAY);
    expect([s.tags(ada), s.value(ada, 'a_mql_at'), s.passages(id, ada), s.passages(handOff, ada)]).toEqual([['MQL', 'handed-over'], '2026-03-02', ['qualified'], ['done']]);
    expect([s.tags(ben), s.passages(id, ben)]).toEqual([[], ['no fit']]);
    expect([s.tags(cleo), s.value(cleo, 'a_score')]).toEqual([['cold'], -60]);
    expect(s.value(ada, 'a_score')).toBe(50);
    await s.close();
  });
});

describe('NPS survey', () => {
  const answered = (low: string, high: string) => ({ event: 'custom', name: 'nps', where: [{ property: 'value', operator: 'atLeast', value: low }, { property: 'value', operator: 'atMost', value: high }] });
  const ways = { fan: answered('9', '10'), so: answered('7', '8'), bad: answered('0', '6') };
  const survey = flow('NPS', {
    triggers: [on('dateReached', { attribute: 'first_order', days: 90, side: 'after', at: '09:00' })],
    entry: { reentry: 'afterDays', reentryDays: 180 },
    steps: {
      m1: M('m1'), a1: WU(4, ways), m2: M('m2'), a2: WU(7, ways), silent: X('no answer'),
      fan: TAG('promoter'), thanks: M('thanks'), so: M('better'), owner: TASK('Call {{ contact.first_name }} within a day', ['called'], 1), sorry: M('sorry'), detractor: TAG('detractor'),
      setFan: SET('nps', 'promoter'), setSo: SET('nps', 'passive'), setBad: SET('nps', 'detractor'), end: X('answered'),
    },
    ways: `m1 > a1; a1.fan > fan; a1.so > so; a1.bad > owner; a1.timedOut > m2 > a2; a2.fan > fan; a2.so > so; a2.bad > owner; a2.timedOut > silent
      fan > thanks > setFan > end; so > setSo > end; owner.called > sorry; owner.timedOut > sorry; sorry > detractor > setBad > end`,
  });

  test('a promoter, a detractor who needed a reminder, and one who says nothing', async () => {
    const s = stories({ messages: ['m1', 'm2', 'thanks', 'better', 'sorry'], attributes: [{ key: 'first_order', label: 'First order', kind: 'date' }, { key: 'nps', label: 'NPS', kind: 'text' }] });
    const id = await s.live(survey);
    const [ada, ben, cleo] = ['ada', 'ben', 'cleo'].map((name) => s.add({ email: `${name}@example.dk`, first_name: name, first_order: '2025-12-05' })) as [number, number, number];
    await s.pass(3 * DAY);
    s.happens(ada, 'nps', { value: 10 });
    await s.pass(3 * DAY);
    s.happens(ben, 'nps', { value: 3 });
    await s.pass(30 * DAY);
    expect(s.mails(ada)).toEqual(['03-05T08:00 m1', '03-06T08:00 thanks']);
    expect([s.tags(ada), s.value(ada, 'a_nps'), s.passages(id, ada)]).toEqual([['promoter'], 'promoter', ['answered']]);
    expect([s.subjects(ben), s.cards(ben), s.tags(ben), s.value(ben, 'a_nps')]).toEqual([['m1', 'sorry'], ['Call ben within a day'], ['detractor'], 'detractor']);
    expect([s.mails(cleo), s.passages(id, cleo)]).toEqual([['03-05T08:00 m1', '03-09T08:00 m2'], ['no answer']]);
    await s.close();
  });
});

describe('reminders of an event', () => {
  // The event's day is an attribute; a step cannot wait until an hour before it yet: it waits until 13:00 for a meeting at 14:00.
  const before = (days: number, time: string, side = 'before') => ({ type: 'waitUntil', config: { until: 'attribute', attribute: 'webinar', days, side: days === 0 ? 'on' : side, time, past: 'go', missing: 'exit' } });
  const webinar = flow('Webinar', {
    triggers: [on('eventHappened', { name: 'registered' })],
    exit: did('webinar_cancelled'),
    steps: {
      m1: M('m1', { cap: 'exempt' }), early: IF(is('webinar', 'after', '2026-03-09')), week: before(7, '09:00'), m2: M('m2', { cap: 'exempt' }), day: before(1, '09:00'), m3: M('m3', { cap: 'exempt' }), hour: before(0, '13:00'), link: CHOOSE({ sms: { kind: 'consent', channel: 'sms', given: true } }), s: S('We begin at two'), m4: M('m4', { cap: 'exempt' }),
      after: before(0, '16:00'), came: IF(did('attended')), m5a: M('m5a', { cap: 'exempt' }), plus: SCORE(15, 'webinar'), m5b: M('m5b', { cap: 'exempt' }), w: W(3), hot: IF({ kind: 'any', rules: [clicked('m5a'), clicked('m5b')] }), call: TASK('Call {{ contact.first_name }}', ['done'], 2), end: X('done'),
    },
    ways: `m1 > early; early.yes > week > m2 > day; early.else > day; day > m3 > hour > link; link.sms > s > after; link.else > m4 > after; after > came
      came.yes > m5a > plus > w; came.else > m5b > w; w > hot; hot.yes > call; call.done > end; call.timedOut > end; hot.else > end`,
  });

  test('one comes and clicks, one registers late and stays away, one hears that it is cancelled', async () => {
    const s = stories({ messages: ['m1', 'm2', 'm3', 'm4', 'm5a', 'm5b'], attributes: [{ key: 'webinar', label: 'Webinar', kind: 'date' }, { key: 'score', label: 'Score', kind: 'number' }] });
    const id = await s.live(webinar);
    const ada = s.add({ email: 'ada@example.dk', first_name: 'Ada', webinar: '2026-03-16' });
    const ben = s.add({ email: 'ben@example.dk', webinar: '2026-03-06' });
    const cleo = s.add({ email: 'cleo@example.dk', webinar: '2026-03-16' });
    for (const each of [ada, ben, cleo]) s.happens(each, 'registered');
    await s.pass(10 * DAY);
    s.happens(cleo, 'webinar_cancelled');
    await s.pass(4 * DAY + 6.5 * HOUR);
    s.happens(ada, 'attended');
    await s.pass(DAY);
    s.clicks(ada, 'm5a');
    await s.pass(3 * DAY);
    await s.decides(ada, 'done');
    await s.pass(DAY);
    expect(s.mails(ada)).toEqual(['03-02T08:00 m1', '03-09T08:00 m2', '03-15T08:00 m3', '03-16T12:00 m4', '03-16T15:00 m5a']);
    expect([s.value(ada, 'a_score'), s.cards(ada), s.passages(id, ada)]).toEqual([15, ['Call Ada'], ['done']]);
    expect(s.mails(ben)).toEqual(['03-02T08:00 m1', '03-05T08:00 m3', '03-06T12:00 m4', '03-06T15:00 m5b']);
    expect([s.mails(cleo), s.passages(id, cleo)]).toEqual([['03-02T08:00 m1', '03-09T08:00 m2'], ['exit-rule']]);
    await s.close();
  });
});
