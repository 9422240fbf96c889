// Each step type with its cases.
import { describe, expect, it } from 'vitest';
import type { Facts, StepType } from '../../shared/steps/step.ts';
import { addTag } from '../../shared/steps/add-tag.ts';
import { branch } from '../../shared/steps/branch.ts';
import { removeTag } from '../../shared/steps/remove-tag.ts';
import { split } from '../../shared/steps/split.ts';
import { updateAttribute } from '../../shared/steps/update-attribute.ts';
import { wait } from '../../shared/steps/wait.ts';
import { waitUntil } from '../../shared/steps/wait-until.ts';
import { fieldsOf, isAsked } from '../../shared/fields.ts';
import { namesFrom } from '../../shared/flow/names.ts';
import { namesIn } from '../../shared/flow/references.ts';
import { inEnglish } from '../../shared/text.ts';
import { atLocal, localDate, localTime } from '../../shared/time.ts';

const names = namesFrom({
  messages: [{ key: 'hello', name: 'Hello' }],
  attributes: [
    { key: 'renewal', label: 'Renewal', kind: 'date' },
    { key: 'seen', label: 'Last seen', kind: 'dateTime' },
    { key: 'score', label: 'Score', kind: 'number' },
    { key: 'spent', label: 'Spent', kind: 'money' },
    { key: 'vip', label: 'VIP', kind: 'yesNo' },
    { key: 'size', label: 'Size', kind: 'choice', choices: ['S', 'M'] },
    { key: 'likes', label: 'Likes', kind: 'choices', choices: ['tea', 'coffee', 'milk'] },
  ],
  segments: [],
});
const says = (type: StepType, config: Record<string, unknown>) => inEnglish(type.summary(type.config.parse(config), names));
const CPH = 'Europe/Copenhagen';
const instant = (text: string, zone = CPH) => atLocal(text.slice(0, 10), text.slice(11), zone);

/** Runs a step for a contact who came and is looked at; times are local to the contact. */
function run(
  type: StepType,
  config: Record<string, unknown>,
  given: { came?: string; now?: string; zone?: string; workspaceZone?: string; facts?: Facts; chance?: number; contactChance?: number } = {},
) {
  const { zone = CPH, workspaceZone = CPH, facts = {}, chance = 0, contactChance = 0 } = given;
  const came = instant(given.came ?? '2026-03-02 10:00', zone);
  const now = given.now === undefined ? came : instant(given.now, zone);
  const outcome = type.run({
    config: type.config.parse(config),
    now,
    enteredAt: came,
    entering: now === came,
    zone,
    workspaceZone,
    facts,
    messageResult: null,
    chance,
    contactChance,
  });
  if (outcome.kind === 'wait')
    return outcome.until === null ? 'wait' : `${localDate(outcome.until, zone)} ${localTime(outcome.until, zone)}`;
  return outcome.kind === 'leave' ? outcome.outlet : `exit: ${outcome.reason}`;
}

describe('wait', () => {
  const twoDays = { duration: { amount: 2, unit: 'days' } };
  it.each([
    ['2026-03-02 10:00', '2026-03-04 10:00'],
    ['2026-03-04 09:59', '2026-03-04 10:00'],
    ['2026-03-04 10:00', 'next'],
    ['2026-04-01 00:00', 'next'],
  ])('two days, looked at %s: %s', (now, then) => expect(run(wait, twoDays, { now })).toBe(then));
  it('keeps the clock of the contact over the change of time, but hours are hours', () => {
    expect(run(wait, twoDays, { came: '2026-03-28 10:00' })).toBe('2026-03-30 10:00');
    expect(run(wait, { duration: { amount: 48, unit: 'hours' } }, { came: '2026-03-28 10:00' })).toBe('2026-03-30 11:00');
  });
  it('of no time lets go at once', () => expect(run(wait, { duration: { amount: 0, unit: 'days' } })).toBe('next'));
  it('says how long', () => {
    expect(says(wait, {})).toBe('Wait 1 day');
    expect(says(wait, twoDays)).toBe('Wait 2 days');
  });
});

describe('wait until a clock time', () => {
  it.each([
    [{}, '2026-03-02 08:00', '2026-03-02 09:00'],
    [{}, '2026-03-02 09:00', 'next'],
    [{}, '2026-03-02 10:00', '2026-03-03 09:00'],
    [{ weekdays: [2] }, '2026-03-02 10:00', '2026-03-03 09:00'],
    [{ weekdays: [6, 7], time: '11:30' }, '2026-03-02 10:00', '2026-03-07 11:30'],
    [{ time: '02:30' }, '2026-03-28 10:00', '2026-03-29 03:30'],
  ])('%j, come %s: %s', (config, came, then) => expect(run(waitUntil, config, { came })).toBe(then));
  it('of the contact or of the workspace', () => {
    const tokyo = { zone: 'Asia/Tokyo', came: '2026-03-02 10:00' };
    expect(run(waitUntil, {}, tokyo)).toBe('2026-03-03 09:00');
    expect(run(waitUntil, { zone: 'workspace' }, tokyo)).toBe('2026-03-02 17:00');
  });
  it('says so', () => {
    expect(says(waitUntil, { weekdays: [2] })).toBe('Wait until Tuesday 09:00, the contact’s time');
    expect(says(waitUntil, { weekdays: [5, 1, 2, 3, 4], zone: 'workspace' })).toBe(
      'Wait until a working day (Monday to Friday) 09:00, the workspace’s time',
    );
  });
});

describe('wait until a date', () => {
  const on = (date: string, past: string) => ({ until: 'date', date, past });
  it.each([
    [on('2026-12-24T09:00', 'go'), '2026-12-24 09:00'],
    [on('2026-03-02T10:00', 'exit'), 'next'], // this very instant is not past
    [on('2026-03-02T09:59', 'exit'), 'exit: date-past'],
    [on('2026-03-02T09:59', 'go'), 'next'],
    [on('2026-03-02T09:59', 'anniversary'), '2027-03-02 09:59'],
    [on('2024-02-29T09:00', 'anniversary'), '2027-02-28 09:00'],
    [{ ...on('2024-02-29T09:00', 'anniversary'), leapDay: 'mar1' }, '2027-03-01 09:00'], // FEATURES D13
    [on('2026-03-02T09:59', 'way'), 'past'],
    [on('2026-03-02T10:00', 'way'), 'next'],
  ])('%j: %s', (config, then) => expect(run(waitUntil, config)).toBe(then));
  it('that was ahead when the contact came is on time, however late somebody looks', () => {
    expect(run(waitUntil, on('2026-12-24T09:00', 'exit'), { now: '2027-02-01 00:00' })).toBe('next');
  });
});

describe('wait until a date of the contact', () => {
  const on = (rest: Record<string, unknown> = {}) => ({ until: 'attribute', attribute: 'renewal', past: 'exit', missing: 'go', ...rest });
  it.each([
    [on(), '2026-06-15', '2026-06-15 09:00'],
    [on({ side: 'before', days: 3 }), '2026-06-15', '2026-06-12 09:00'],
    [on({ side: 'after', days: 30, time: '17:45' }), '2026-06-15', '2026-07-15 17:45'],
    [on({ side: 'before', days: 200 }), '2026-06-15', 'exit: date-past'],
    [on({ past: 'go' }), '2025-06-15', 'next'],
    [on({ past: 'anniversary' }), '1990-06-15', '2026-06-15 09:00'],
    [on({ past: 'anniversary' }), '1990-01-15', '2027-01-15 09:00'],
    [on({ past: 'anniversary', side: 'before', days: 10 }), '1990-01-05', '2026-12-26 09:00'],
    [on({ past: 'anniversary' }), '1992-02-29', '2027-02-28 09:00'],
    [on(), null, 'next'],
    [on({ missing: 'exit' }), null, 'exit: date-missing'],
    [on({ missing: 'way' }), null, 'missing'],
    [on({ past: 'way' }), '2026-01-01', 'past'],
    [on({ missing: 'exit' }), 'no date', 'exit: date-missing'],
    [on({ attribute: 'seen' }), instant('2026-06-15 23:30'), '2026-06-15 09:00'],
  ])('%j, which is %s: %s', (config, date, then) => expect(run(waitUntil, config, { facts: { date } })).toBe(then));
  it('follows the date when it is changed meanwhile', () => {
    expect(run(waitUntil, on(), { now: '2026-06-15 09:00', facts: { date: '2026-09-01' } })).toBe('2026-09-01 09:00');
  });
  it('has a way of its own for each answer that is to be one, and only for those (FEATURES D11)', () => {
    const ways = (config: Record<string, unknown>) => waitUntil.outlets(waitUntil.config.parse(config)).map(({ id, label }) => `${id}: ${inEnglish(label)}`);
    expect(ways(on())).toEqual(['next: Next']);
    expect(ways(on({ past: 'way', missing: 'way' }))).toEqual(['next: On time', 'past: Already past', 'missing: No date']);
    expect(ways({ until: 'date', date: '2026-12-24T09:00', past: 'way', missing: 'way' })).toEqual(['next: On time', 'past: Already past']);
    expect(ways({ until: 'time', past: 'way', missing: 'way' })).toEqual(['next: Next']);
  });
  it('asks where 29 February is kept only of those who wait for an anniversary (FEATURES D13)', () => {
    const { meta } = fieldsOf(waitUntil.config).find(({ name }) => name === 'leapDay')!;
    const asks = (config: Record<string, unknown>) => isAsked(meta, waitUntil.config.parse(config));
    expect([asks(on({ past: 'anniversary' })), asks(on()), asks({ until: 'time', past: 'anniversary' })]).toEqual([true, false, false]);
  });
  it('asks for the date, and says what happens to whom', () => {
    expect(waitUntil.facts!(waitUntil.config.parse(on()))).toEqual({ date: { attribute: 'renewal' } });
    expect(says(waitUntil, on({ side: 'before', days: 3 }))).toBe(
      'Wait until 3 days before Renewal 09:00, the contact’s time; if past: leave the flow; without a date: go on at once',
    );
  });
});

describe('branch', () => {
  const rule = { kind: 'tag', tag: 'vip', has: true } as const;
  const three = {
    branches: [
      { id: 'a', label: 'Rich', rule },
      { id: 'b', label: '', rule },
      { id: 'c', label: 'Idle', rule },
    ],
  };
  const labels = (config: Record<string, unknown>) =>
    branch.outlets(branch.config.parse(config)).map(({ id, label }) => `${id}: ${inEnglish(label)}`);
  it.each([
    [{ a: true, b: true, c: true }, 'a'],
    [{ a: false, b: true, c: true }, 'b'],
    [{ a: false, b: false, c: false }, 'else'],
  ])('%j goes by %s', (facts, outlet) => expect(run(branch, three, { facts })).toBe(outlet));
  it('begins as yes and no, and has everyone else when there are more', () => {
    expect(labels({})).toEqual(['yes: Yes', 'else: No']);
    expect(labels(three)).toEqual(['a: Rich', 'b: Branch 2', 'c: Idle', 'else: Everyone else']);
  });
  it('takes nobody into a branch without a rule, and asks each rule by its branch', () => {
    expect(run(branch, {})).toBe('else');
    expect(branch.facts!(branch.config.parse(three))).toEqual({ a: { rule }, b: { rule }, c: { rule } });
  });
  it('does not take an outlet named else, or one twice', () => {
    const problems = branch.problems!(
      branch.config.parse({
        branches: [
          { id: 'else', rule },
          { id: 'x', rule },
          { id: 'x', rule },
        ],
      }),
      names,
    );
    expect(problems.map(({ code, place }) => `${code} ${place?.field}`)).toEqual([
      'outlet-twice branches.0.id',
      'outlet-twice branches.2.id',
    ]);
  });
});

describe('split', () => {
  const shares = (...weights: number[]) => ({ shares: weights.map((weight, index) => ({ id: 'abc'[index], weight })) });
  it.each([
    [shares(50, 50), 0, 'a'],
    [shares(50, 50), 0.499_999, 'a'],
    [shares(50, 50), 0.5, 'b'],
    [shares(50, 50), 0.999_999, 'b'],
    [shares(0, 100), 0, 'b'],
    [shares(100, 0), 0.999_999_999_9, 'a'],
    [shares(33.3, 33.3, 33.4), 0.7, 'c'],
  ])('%j, chance %d: %s', (config, chance, outlet) => expect(run(split, config, { chance })).toBe(outlet));
  it('takes thirds that add up only on paper', () => {
    expect(split.problems!(split.config.parse(shares(33.3, 33.3, 33.4)), names)).toEqual([]);
    expect(split.problems!(split.config.parse(shares(33, 33, 33)), names)).toHaveLength(1);
  });
  it('says its shares', () => expect(says(split, {})).toBe('A 50 % and B 50 %'));
});

describe('update attribute', () => {
  it.each([
    [{ attribute: 'score', value: 5 }, 'Set Score to 5', []],
    [{ attribute: 'vip', value: true }, 'Set VIP to yes', []],
    [{ attribute: 'vip', action: 'clear' }, 'Clear VIP', []],
    [{ attribute: 'likes', value: ['tea', 'milk'] }, 'Set Likes to tea and milk', []],
    [{ attribute: 'spent', value: 1250 }, 'Set Spent to 12.50', []],
    [{ attribute: 'size', value: 'XL' }, 'Set Size to “XL”', ['Size needs one of its choices.']],
    [{ attribute: 'likes', value: ['beer'] }, 'Set Likes to beer', ['Likes needs some of its choices.']],
    [{ attribute: 'spent', value: 12.5 }, 'Set Spent to 0.13', ['Spent needs an amount in whole cents (or the like).']],
    [{ attribute: 'renewal', value: '2026-02-30' }, 'Set Renewal to 2026-02-30', ['Renewal needs a date, written like 2026-12-24.']],
    [{ attribute: 'vip', value: 'yes' }, 'Set VIP to “yes”', ['VIP needs yes or no.']],
    [{ attribute: 'time_zone', value: 'Mars' }, 'Set Time zone to “Mars”', ['Time zone needs a time zone such as Europe/Copenhagen.']],
    [
      { attribute: 'email', value: 'x' },
      'Set E-mail to “x”',
      ['E-mail tells contacts apart, so a flow cannot write it. Choose another attribute.'],
    ],
  ])('%j: %s', (config, summary, problems) => {
    expect(says(updateAttribute, config)).toBe(summary);
    expect(updateAttribute.problems!(updateAttribute.config.parse(config), names).map(({ text }) => inEnglish(text))).toEqual(problems);
  });
  it('writes, and clears whatever value is left in its settings', () => {
    const effects = (config: Record<string, unknown>) =>
      updateAttribute.run({
        config: updateAttribute.config.parse(config),
        now: 0,
        enteredAt: 0,
        entering: true,
        zone: 'UTC',
        workspaceZone: 'UTC',
        facts: {},
        messageResult: null,
        chance: 0,
        contactChance: 0,
      }).effects;
    expect(effects({ attribute: 'score', value: 5 })).toEqual([{ kind: 'setAttribute', attribute: 'score', value: 5 }]);
    expect(effects({ attribute: 'score', value: 5, action: 'clear' })).toEqual([{ kind: 'setAttribute', attribute: 'score', value: null }]);
  });
});

describe('tags', () => {
  it.each([
    [addTag, 'Add the tag “vip”'],
    [removeTag, 'Remove the tag “vip”'],
  ])('are trimmed: %#', (type, summary) => {
    expect(says(type, { tag: ' vip ' })).toBe(summary);
    expect(namesIn(type.config, type.config.parse({ tag: ' vip ' }))).toEqual([{ thing: 'tag', key: 'vip' }]);
  });
});
