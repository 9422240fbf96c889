// Three flows with people in the loop or at the end of it, each lived through by three contacts: B2B hand-off, referral, sunset.
import { describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../../shared/time.ts';
import { clicked, CHOOSE, did, flow, IF, is, M, NOTE, on, SCORE, SET, START_FLOW, stories, TAG, TASK, UNTAG, W, WU, X } from './stage.ts';

describe('B2B hand-off', () => {
  // Round robin is a branch by region here. Working days of the one who decides are plain days; the escalation is the task's own,
  // and the second look another card.
  const handOff = (nurture: number) =>
    flow('Hand-off', {
      triggers: [on('tagAdded', { tag: 'MQL' })],
      steps: {
        region: CHOOSE({ north: is('region', 'equals', 'north') }), anna: SET('owner', 'Anna'), bo: SET('owner', 'Bo'),
        call: TASK('Call {{ contact.first_name }}, {{ contact.company }}', ['accepted', 'wrong_fit', 'too_early', 'no_contact'], 2),
        sql: { type: 'changeStage', config: { attribute: 'stage', stage: 'SQL' } }, m1: M('m1'), w1: W(5), met: IF(did('meeting_booked')), again: TASK('Second try: {{ contact.first_name }}', ['done'], 2), end: X('accepted'),
        early: START_FLOW(nurture), minus: SCORE(-20, 'too early'), endEarly: X('too early'), dis: TAG('disqualified'), endDis: X('disqualified'),
        boss: NOTE('Nobody has decided about {{ contact.first_name }}'), w2: W(1), back: { type: 'task', config: { title: 'Once more: {{ contact.first_name }}', outcomes: [{ id: 'accepted', label: 'accepted' }, { id: 'rejected', label: 'rejected' }], due: { amount: 2, unit: 'days' } } }, endNobody: X('nobody decided'),
      },
      ways: `region.north > anna > call; region.else > bo > call; call.accepted > sql; call.wrong_fit > dis > endDis; call.too_early > early > minus > endEarly; call.no_contact > boss; call.timedOut > boss
        sql > m1 > w1 > met; met.yes > end; met.else > again; again.done > end; again.timedOut > end; boss > w2 > back; back.accepted > sql; back.rejected > dis; back.timedOut > endNobody`,
    });

  test('one is accepted and meets, one is too early, about one nobody decides', async () => {
    const s = stories({
      messages: ['m1'],
      attributes: [{ key: 'region', label: 'Region', kind: 'text' }, { key: 'owner', label: 'Owner', kind: 'text' }, { key: 'score', label: 'Score', kind: 'number' }, { key: 'stage', label: 'Stage', kind: 'choice', choices: ['Lead', 'MQL', 'SQL'] }],
    });
    const nurture = await s.live(flow('Nurture', { triggers: [on('fromFlow')], steps: { in: TAG('nurtured'), end: X('done') }, ways: 'in > end' }));
    const id = await s.live(handOff(nurture));
    const [ada, ben, cleo] = [['ada', 'north'], ['ben', 'south'], ['cleo', 'south']].map(([name, region]) => s.add({ email: `${name}@example.dk`, first_name: name!, company: 'Acme', region: region!, score: 70, tags: ['MQL'] })) as [number, number, number];
    await s.pass(HOUR);
    expect([s.value(ada, 'a_owner'), s.value(ben, 'a_owner'), s.cards(ada)]).toEqual(['Anna', 'Bo', ['Call ada, Acme']]);
    await s.decides(ada, 'accepted');
    await s.decides(ben, 'too_early');
    await s.pass(2 * DAY);
    s.happens(ada, 'meeting_booked');
    await s.pass(8 * DAY);
    expect([s.value(ada, 'a_stage'), s.mails(ada), s.cards(ada), s.passages(id, ada)]).toEqual(['SQL', ['03-02T09:00 m1'], ['Call ada, Acme'], ['accepted']]);
    expect([s.value(ben, 'a_score'), s.tags(ben), s.passages(id, ben), s.passages(nurture, ben)]).toEqual([50, ['MQL', 'nurtured'], ['too early'], ['done']]);
    expect([s.cards(cleo), s.subjects(cleo), s.passages(id, cleo)]).toEqual([['Call cleo, Acme', 'Once more: cleo'], [], ['nobody decided']]);
    expect(s.workspace.db.prepare('SELECT count(*) FROM notices').pluck().get()).toBe(1);
    await s.close();
  });
});

describe('referral', () => {
  // The code of the one who recommends is written by the shop. "Start over after 60 days" is the way of coming in again.
  const referral = flow('Referral', {
    triggers: [on('tagAdded', { tag: 'promoter' }), on('orderPlaced', {}, 'second')],
    entry: { reentry: 'afterDays', reentryDays: 60, audience: { kind: 'any', rules: [{ kind: 'tag', tag: 'promoter', has: true }, { kind: 'all', rules: [{ kind: 'order', measure: 'count', operator: 'atLeast', value: 2, since: 'ever' }, is('csat', 'atLeast', 4)] }] } },
    steps: {
      code: SET('referral_code', 'GIVE100'), m1: M('m1'), w: W(6), shared: IF({ kind: 'any', rules: [did('link_shared'), clicked('m1')] }), m2: M('m2'), friend: WU(30, { ordered: { event: 'custom', name: 'friend_ordered' } }),
      m3: M('m3'), ambassador: TAG('ambassador'), end: X('ambassador'), m4: M('m4'), endLast: X('reminded'),
    },
    ways: 'code > m1 > w > shared; shared.else > m2 > friend; shared.yes > friend; friend.ordered > m3 > ambassador > end; friend.timedOut > m4 > endLast',
  });

  test('one brings a friend, one does nothing, one is not asked', async () => {
    const s = stories({ messages: ['m1', 'm2', 'm3', 'm4'], attributes: [{ key: 'referral_code', label: 'Code', kind: 'text' }, { key: 'csat', label: 'Satisfaction', kind: 'number' }] });
    const id = await s.live(referral);
    const ada = s.add({ email: 'ada@example.dk', tags: ['promoter'] });
    const ben = s.add({ email: 'ben@example.dk', csat: 5 });
    const cleo = s.add({ email: 'cleo@example.dk', csat: 2 });
    for (const each of [ben, cleo]) for (let n = 0; n < 2; n++) s.orders(each);
    await s.pass(HOUR);
    s.clicks(ada, 'm1');
    await s.pass(10 * DAY);
    s.happens(ada, 'friend_ordered');
    await s.pass(30 * DAY);
    expect([s.mails(ada), s.tags(ada), s.value(ada, 'a_referral_code'), s.passages(id, ada)]).toEqual([['03-02T08:00 m1', '03-12T09:00 m3'], ['ambassador', 'promoter'], 'GIVE100', ['ambassador']]);
    expect([s.subjects(ben), s.passages(id, ben)]).toEqual([['m1', 'm2', 'm4'], ['reminded']]);
    expect([s.subjects(cleo), s.passages(id, cleo)]).toEqual([[], []]);
    s.orders(ben);
    await s.pass(25 * DAY);
    expect(s.passages(id, ben)).toHaveLength(1);
    s.orders(ben);
    await s.pass(DAY);
    expect(s.passages(id, ben)).toHaveLength(2);
    await s.close();
  });
});

describe('sunset', () => {
  // "At least eight mails received" is not a rule of the trigger yet: a tag of the list stands in for it.
  const sunset = flow('Sunset', {
    triggers: [on('inactive', { what: 'message_clicked', days: 120 })],
    entry: { audience: { kind: 'tag', tag: 'eight mails', has: true } },
    steps: {
      mark: TAG('inactive'), m1: M('m1'), w: W(7), liked: IF(clicked('m1')), back1: UNTAG('inactive'), end1: X('is back'),
      m2: M('m2'), last: WU(14, { click: { event: 'message_clicked' } }), back2: UNTAG('inactive'), end2: X('stays'),
      bye: { type: 'changeConsent', config: { change: 'withdrawn', channel: 'email', evidence: '' } }, status: SET('status', 'suppressed-inactive'), report: NOTE('{{ contact.email }} is off the list'), end3: X('off the list'),
    },
    ways: 'mark > m1 > w > liked; liked.yes > back1 > end1; liked.else > m2 > last; last.click > back2 > end2; last.timedOut > bye > status > report > end3',
  });

  test('one comes back at once, one at the last moment, one is let go', async () => {
    const s = stories({ messages: ['m1', 'm2'], attributes: [{ key: 'status', label: 'Status', kind: 'text' }] });
    const id = await s.live(sunset);
    const [ada, ben, cleo] = ['ada', 'ben', 'cleo'].map((name) => s.add({ email: `${name}@example.dk`, tags: ['eight mails'] })) as [number, number, number];
    const few = s.add({ email: 'few@example.dk' });
    // An open is no sign of life: some mail programs open everything.
    await s.pass(100 * DAY);
    s.happens(cleo, 'message_opened', { made_by: 'machine' });
    await s.pass(21 * DAY);
    s.clicks(ada, 'm1');
    await s.pass(10 * DAY);
    s.clicks(ben, 'm2');
    await s.pass(20 * DAY);
    expect([s.subjects(ada), s.tags(ada), s.passages(id, ada)]).toEqual([['m1'], ['eight mails'], ['is back']]);
    expect([s.subjects(ben), s.tags(ben), s.passages(id, ben)]).toEqual([['m1', 'm2'], ['eight mails'], ['stays']]);
    expect([s.subjects(cleo), s.tags(cleo), s.value(cleo, 'a_status'), s.passages(id, cleo)]).toEqual([['m1', 'm2'], ['eight mails', 'inactive'], 'suppressed-inactive', ['off the list']]);
    expect(s.passages(id, few)).toEqual([]);
    await s.close();
  });
});
