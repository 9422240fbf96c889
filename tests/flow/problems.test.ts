// What is wrong with a flow: each problem by its code, with its step, and nothing else.
import { describe, expect, it } from 'vitest';
import { flowProblems, mayPublish } from '../../shared/flow/problems.ts';
import { flowSchema, type Flow, type Step } from '../../shared/flow/flow.ts';
import { namesFrom } from '../../shared/flow/names.ts';
import { inEnglish } from '../../shared/text.ts';
import { flowOf } from './flows.ts';

const names = namesFrom({
  messages: [{ key: 'hello', name: 'Hello' }],
  attributes: [
    { key: 'renewal', label: 'Renewal', kind: 'date' },
    { key: 'score', label: 'Score', kind: 'number' },
  ],
  segments: [{ key: 'vips', name: 'VIPs' }],
});
const mail: Partial<Step> = { type: 'sendEmail', config: { message: 'hello' } };
const opened = (message = 'hello') => ({ kind: 'message', message, act: 'opened', did: true, since: 'enrollment' });
const ask = (rule: unknown): Partial<Step> => ({ type: 'branch', config: { branches: [{ id: 'yes', label: 'Yes', rule }] } });

/** Problems as "code step field", errors first letter "!", others "?". */
function found(flow: Flow): string[] {
  return flowProblems(flow, names)
    .map(({ code, severity, place = {} }) =>
      [severity === 'error' ? '!' : '?', code, place.step ?? place.trigger ?? '-', place.field ?? '-'].join(' '),
    )
    .sort();
}
const one = (step: Partial<Step> | string) => flowOf({ s: step }, ['start next s']);

describe('a flow without faults', () => {
  it('has no problems', () => {
    const flow = flowOf(
      {
        m: mail,
        w: 'wait',
        k: ask(opened()),
        t: { type: 'addTag', config: { tag: 'warm' } },
        u: { type: 'waitUntil', config: { until: 'attribute', attribute: 'renewal', past: 'go', missing: 'exit' } },
        p: 'split',
        x: 'exit',
      },
      ['start next m', 'm next w', 'w next k', 'k yes t', 't next p', 'k else u', 'u next p', 'p a x', 'p b w'],
    );
    expect(flowProblems(flow, names)).toEqual([]);
  });
});

describe('D25, D19: a flow that its own changes may start', () => {
  const entry = (more: Record<string, unknown>) => ({ reentry: 'afterExit', reentryDays: 30, audience: null, ownChanges: 'start', ...more }) as Flow['entry'];
  const hasty = { t: { type: 'addTag', config: { tag: 'warm' } }, k: ask({ kind: 'tag', tag: 'vip', has: true }), w: 'wait' };
  const edges = ['start next t', 't next k', 'k yes w'];
  it.each<[string, Flow, string[]]>([
    ['on a way without a pause', flowOf(hasty, edges, { entry: entry({}) }), ['? starts-itself - entry.ownChanges']],
    ['with a pause on every way', flowOf(hasty, [...edges, 'k else w'], { entry: entry({}) }), []],
    ['with a pause, but begun anew', flowOf(hasty, [...edges, 'k else w'], { entry: entry({ whileInside: 'restart' }) }), ['? starts-itself - entry.ownChanges']],
    ['which changes nothing', flowOf({ k: hasty.k }, ['start next k'], { entry: entry({}) }), []],
    ['once', flowOf(hasty, edges, { entry: entry({ reentry: 'never' }) }), []],
    ['ten times in all', flowOf(hasty, edges, { entry: entry({ most: 10 }) }), []],
    ['ten times a day', flowOf(hasty, edges, { entry: entry({ most: 10, mostPer: 'day' }) }), ['? starts-itself - entry.ownChanges']],
    ['not at all', flowOf(hasty, edges, { entry: entry({ ownChanges: 'ignore' }) }), []],
  ])('%s', (_, flow, expected) => expect(found(flow)).toEqual(expected));
});

describe('A7.1: the merge tags of what a step sends are checked as those of a mail', () => {
  const sms = (text: string) => one({ type: 'sendSms', config: { text } });
  const hook = (body: string) => one({ type: 'webhook', config: { url: 'https://shop.example/hook', body } });
  it.each<[string, Flow, string[]]>([
    ['none', sms('Hello'), []],
    ['with a fallback', sms('Hi {{ contact.first_name | default: "there" }}, call {{ contact.phone }}'), []],
    ['that cannot be read', sms('Hi {{ contact.first_name'), ['! message-liquid s text']],
    ['that nothing fills', sms('Hi\n{{ contact.frist_name }} {{ contact.frist_name }}'), ['! merge-tag-unknown s text']],
    ['of nothing at all', sms('Hi {{ name }}'), ['! merge-tag-unknown s text']],
    ['without a fallback', sms('Hi {{ contact.first_name }}'), ['? merge-tag-no-fallback s text']],
    ['an address, which not everybody with a phone has', sms('Hi {{ contact.email }}'), ['? merge-tag-no-fallback s text']],
    ['a call that cannot be read', hook('{"a": "{{ contact.score }"}'), ['! message-liquid s body']],
    ['a call that nothing fills', hook('{"a": "{{ contact.scores }}"}'), ['! merge-tag-unknown s body']],
    ['a call without a value', hook('{"a": "{{ contact.score }}"}'), []],
  ])('%s', (_, flow, expected) => expect(found(flow).filter((each) => !each.includes('no-channel'))).toEqual(expected));

  it('names the line', () => {
    const problems = flowProblems(sms('Hi\n{{ contact.frist_name }}'), names);
    expect(inEnglish(problems[0]!.text)).toBe('Nothing fills "contact.frist_name" in "Send text message" (line 2). Choose an attribute that exists, or add it first.');
    expect(problems[0]!.place).toEqual({ step: 's', field: 'text', line: 2 });
    expect(mayPublish(problems)).toBe(false);
  });
});

describe('F44: one fault each', () => {
  const cases: [string, Flow, string[]][] = [
    ['no trigger', flowOf({ s: 'wait' }, ['start next s'], { triggers: [] }), ['! no-trigger - triggers']],
    ['no steps', flowOf({}, []), ['! no-steps - steps']],
    ['the start leads nowhere', flowOf({ s: 'wait' }, []), ['! start-open - edges']],
    ['an unknown step', one('sendPigeon'), ['! unknown-step s -']],
    [
      'an unknown trigger',
      flowOf({ s: 'wait' }, ['start next s'], { triggers: [{ id: 't', type: 'fullMoon', config: {} }] }),
      ['! unknown-trigger t -'],
    ],
    [
      'a setting of the wrong kind',
      one({ type: 'wait', config: { duration: { amount: 'x', unit: 'days' } } }),
      ['! config-invalid s duration.amount'],
    ],
    ['a setting that is not known', one({ type: 'wait', config: { lenght: 3 } }), ['! config-invalid s -']],
    ['a missing message', one('sendEmail'), ['! field-missing s message']],
    ['a message that is not there', one({ type: 'sendEmail', config: { message: 'gone' } }), ['! message-unknown s message']],
    [
      'an attribute that is not there',
      one({ type: 'updateAttribute', config: { attribute: 'shoe', value: '1' } }),
      ['! attribute-unknown s attribute'],
    ],
    [
      'a wait for an attribute that is no date',
      one({ type: 'waitUntil', config: { until: 'attribute', attribute: 'score', past: 'go', missing: 'go' } }),
      ['! attribute-unfit s attribute'],
    ],
    [
      'no word on dates that are past or missing',
      one({ type: 'waitUntil', config: { until: 'attribute', attribute: 'renewal' } }),
      ['! field-missing s missing', '! field-missing s past'],
    ],
    ['30 February', one({ type: 'waitUntil', config: { until: 'date', date: '2027-02-30T09:00', past: 'go' } }), ['! no-such-date s date']],
    ['a wait of no time', one({ type: 'wait', config: { duration: { amount: 0, unit: 'days' } } }), ['! wait-zero s duration.amount']],
    [
      'a number that gets a text',
      one({ type: 'updateAttribute', config: { attribute: 'score', value: 'ten' } }),
      ['! value-does-not-fit s value'],
    ],
    [
      'the e-mail of everybody',
      one({ type: 'updateAttribute', config: { attribute: 'email', value: 'a@b.c' } }),
      ['! attribute-identifies s attribute'],
    ],
    ['a branch without a rule', one('branch'), ['! rule-empty s branches.0.rule']],
    ['a branch with an empty group', one(ask({ kind: 'all', rules: [] })), ['! rule-empty s branches.0.rule']],
    [
      'a rule about a segment that is gone',
      one(ask({ kind: 'segment', segment: 'old', member: true })),
      ['! segment-unknown s branches.0.rule.segment'],
    ],
    ['a rule about a message that is gone', one(ask(opened('gone'))), ['! message-unknown s branches.0.rule.message']],
    [
      'shares of 99 %',
      one({
        type: 'split',
        config: {
          shares: [
            { id: 'a', weight: 33 },
            { id: 'b', weight: 66 },
          ],
        },
      }),
      ['! shares-not-100 s shares'],
    ],
    [
      'two shares of one name',
      one({
        type: 'split',
        config: {
          shares: [
            { id: 'a', weight: 50 },
            { id: 'a', weight: 50 },
          ],
        },
      }),
      ['! outlet-twice s shares.1.id'],
    ],
    ['a step that nobody comes to', flowOf({ s: 'wait', z: 'wait' }, ['start next s']), ['! unreachable z -']],
    ['an edge to nowhere', flowOf({ s: 'wait' }, ['start next s', 's next gone']), ['! edge-dangling s edges.1']],
    ['an edge from nowhere', flowOf({ s: 'wait' }, ['start next s', 'gone next s']), ['! edge-dangling gone edges.1']],
    [
      'an edge from a way out that is not there',
      flowOf({ s: 'wait', z: 'wait' }, ['start next s', 's next z', 'z yes s']),
      ['! edge-unknown-outlet z edges.2'],
    ],
    [
      'an edge out of an exit',
      flowOf({ s: 'wait', x: 'exit' }, ['start next s', 's next x', 'x next s']),
      ['! edge-unknown-outlet x edges.2'],
    ],
    ['two edges from one way out', flowOf({ s: 'wait', z: 'wait' }, ['start next s', 's next z', 's next s']), ['! edge-twice s edges.2']],
    [
      'a step named start',
      flowOf({ start: 'wait', s: 'wait' }, ['start next s']),
      ['! id-reserved start -', '! unreachable start -'].sort(),
    ],
    [
      'a circle without a pause',
      flowOf({ s: { type: 'addTag', config: { tag: 'x' } }, k: ask(opened('hello')) }, ['start next s', 's next k', 'k yes s']),
      ['! loop-without-wait s -'],
    ],
    [
      'a circle whose wait is switched off',
      flowOf({ s: { type: 'wait', disabled: true }, k: ask(opened('hello')) }, ['start next s', 's next k', 'k yes s']),
      ['! loop-without-wait s -'],
    ],
    [
      'a circle with only a clock time in it, which may be now',
      flowOf({ s: 'waitUntil', k: ask(opened('hello')) }, ['start next s', 's next k', 'k yes s']),
      ['! loop-without-wait s -'],
    ],
    ['a circle that nobody can leave', flowOf({ s: 'wait' }, ['start next s', 's next s']), ['? no-way-out s -']],
    [
      'asking about opens right after sending',
      flowOf({ m: mail, k: ask(opened('any')) }, ['start next m', 'm next k']),
      ['! asked-too-early k -'],
    ],
    ['a goal without conditions', flowOf({ s: 'wait' }, ['start next s'], { goal: { kind: 'any', rules: [] } }), ['! rule-empty - goal']],
    [
      'an audience about an attribute that is gone',
      flowOf({ s: 'wait' }, ['start next s'], {
        entry: { reentry: 'never', reentryDays: 30, audience: { kind: 'attribute', attribute: 'shoe', operator: 'isEmpty' } },
      }),
      ['! attribute-unknown - entry.audience.attribute'],
    ],
  ];
  it.each(cases)('%s', (_, flow, expected) => {
    expect(found(flow)).toEqual(expected);
    for (const { text } of flowProblems(flow, names)) expect(inEnglish(text)).toMatch(/^[“A-Z].*[.?]$/s);
  });

  it('two steps of one id, two triggers of one id', () => {
    const flow = flowSchema.parse({
      name: 'Twice',
      triggers: [
        { id: 't', type: 'byHand' },
        { id: 't', type: 'byHand' },
      ],
      steps: [
        { id: 's', type: 'wait' },
        { id: 's', type: 'wait' },
      ],
      edges: [{ from: 'start', outlet: 'next', to: 's' }],
    });
    expect(found(flow)).toEqual(expect.arrayContaining(['! id-twice s -', '! id-twice t -']));
  });
});

describe('what is no fault', () => {
  it.each([
    ['a switched-off step with nothing chosen', one({ type: 'sendEmail', disabled: true })],
    ['a circle with a wait', flowOf({ s: 'wait', k: ask(opened('hello')) }, ['start next s', 's next k', 'k yes s'])],
    [
      'asking about another message right after sending',
      flowOf({ m: mail, k: ask({ ...opened(), act: 'sent' }) }, ['start next m', 'm next k']),
    ],
    [
      'a circle through a way that a switched-off branch does not take',
      flowOf({ s: { type: 'addTag', config: { tag: 'x' } }, k: { type: 'branch', disabled: true } }, [
        'start next s',
        's next k',
        'k else s',
      ]),
    ],
  ])('%s', (_, flow) => expect(found(flow)).toEqual([]));

  it('warnings do not hold a flow back', () => {
    expect(mayPublish(flowProblems(flowOf({ s: 'wait' }, ['start next s', 's next s']), names))).toBe(true);
    expect(mayPublish(flowProblems(one('sendPigeon'), names))).toBe(false);
  });
});

describe('F44: size', () => {
  it('a chain of 5,000 steps closed to a circle, and 5,000 questions, do not exhaust the stack', () => {
    const steps = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`s${i}`, ask(opened())]));
    const edges = Array.from({ length: 4999 }, (_, i) => `s${i} yes s${i + 1}`);
    const flow = flowOf(steps, ['start next s0', ...edges, 's4999 yes s0']);
    expect(found(flow)).toEqual(['! loop-without-wait s0 -']);
  });
});
