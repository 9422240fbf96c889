// FEATURES D31: relations between the changes of an attribute, judged on the records of the changes.
import { describe, expect, test } from 'vitest';
import type { AttributeValue } from '../../shared/contacts/contact.ts';
import type { ContactEvent } from '../../shared/contacts/event.ts';
import { namesFrom } from '../../shared/flow/names.ts';
import { DAY } from '../../shared/time.ts';
import { triggerType } from '../../shared/triggers/index.ts';

type Change = { set: Record<string, [AttributeValue, AttributeValue]>; day?: number; import?: number; entered?: number };
const trigger = triggerType('attributeChanged')!;

/** The changes of "n" given as "8>12" or, of an import, "8>12 #1"; a day after "@". Which of them start something. */
function starts(config: Record<string, unknown>, ...changes: (string | Change)[]): boolean[] {
  const source = trigger.source(trigger.config.parse({ attribute: 'n', ...config }));
  if (source.on !== 'event') throw new Error('not an event trigger');
  let memory: unknown = null;
  return changes.map((given, index) => {
    const change = typeof given === 'string' ? read(given) : given;
    const event: ContactEvent = {
      id: index + 1,
      contactId: 1,
      type: 'attributes_changed',
      at: (change.day ?? 0) * DAY + index,
      source: 'user',
      flowId: null,
      importId: change.import ?? null,
      bulkEditId: null,
      data: { changes: change.set },
    };
    if (source.accepts?.(event, 1) === false) return false;
    if (source.judge === undefined) return true;
    const judged = source.judge(memory, event, { zone: 'UTC', lastEnteredAt: change.entered ?? null, choices: () => [] });
    memory = judged.memory === null ? null : JSON.parse(JSON.stringify(judged.memory));
    return judged.fires;
  });
}

function read(text: string): Change {
  const [, from, to, , day, , of] = /^([-.\d]*)>([-.\d]*)( ?@(\d+))?( ?#(\d+))?$/.exec(text)!;
  const value = (part: string) => (part === '' ? null : Number(part));
  return { set: { n: [value(from!), value(to!)] }, ...(day !== undefined && { day: Number(day) }), ...(of !== undefined && { import: Number(of) }) };
}

const T = true;
const F = false;

describe('crossed a threshold of 10', () => {
  test.each<[string, string[], boolean[]]>([
    ['8 to 12 crosses it, 12 to 13 does not (Heyloyalty)', ['8>12', '12>13'], [T, F]],
    ['reaching it exactly counts', ['9>10'], [T]],
    ['from it onwards does not', ['10>11'], [F]],
    ['again after a correction below', ['8>12', '12>9', '9>10'], [T, F, T]],
    ['an empty value counts as 0', ['>12', '12>'], [T, F]],
    ['two changes in one import are one change', ['8>9 #1', '9>12 #1', '12>8 #1', '8>11 #1'], [F, T, F, F]],
    ['the next import counts by itself', ['8>12 #1', '12>8 #2', '8>12 #3'], [T, F, T]],
  ])('%s', (_, changes, expected) => expect(starts({ change: 'crossed', amount: 10 }, ...changes)).toEqual(expected));

  test('downwards', () => expect(starts({ change: 'crossed', amount: 10, direction: 'down' }, '12>10', '10>9', '9>12', '12>8')).toEqual([T, F, F, T]));
});

describe('by at least 5 at once', () => {
  test.each<[string, Record<string, unknown>, string[], boolean[]]>([
    ['rises', {}, ['0>5', '5>9', '9>15'], [T, F, T]],
    ['falls', { direction: 'down' }, ['9>5', '15>9'], [F, T]],
    ['a fall is no rise', {}, ['9>1'], [F]],
    ['in one import the rows are put together, and start once', {}, ['0>3 #1', '3>6 #1', '6>20 #1'], [F, T, F]],
  ])('%s', (_, config, changes, expected) => expect(starts({ change: 'by', amount: 5, ...config }, ...changes)).toEqual(expected));
});

describe('adds up to 10', () => {
  test.each<[string, Record<string, unknown>, (string | Change)[], boolean[]]>([
    ['since it last started', { change: 'adds' }, ['0>4', '4>9', '9>11', '11>20', '20>21'], [F, F, T, F, T]],
    ['the baseline is reset when it starts', { change: 'adds' }, ['0>19', '19>20', '20>28', '28>29'], [T, F, F, T]],
    ['corrections take away what they correct', { change: 'adds' }, ['0>9', '9>5', '5>10', '10>11'], [F, F, T, F]],
    ['downwards', { change: 'adds', direction: 'down' }, ['20>15', '15>16', '16>10'], [F, F, T]],
    ['within 7 days', { change: 'addsDays', days: 7 }, ['0>6 @0', '6>10 @8', '10>16 @10'], [F, F, T]],
    ['within 7 days, corrected', { change: 'addsDays', days: 7 }, ['0>9 @0', '9>2 @1', '2>9 @2', '9>10 @3'], [F, F, F, T]],
    [
      'since the contact came in: a new entry begins at 0',
      { change: 'addsEntered' },
      [
        { set: { n: [0, 6] }, entered: 1 },
        { set: { n: [6, 9] }, entered: 2 },
        { set: { n: [9, 16] }, entered: 2 },
      ],
      [F, F, T],
    ],
    ['decimals that add up', { change: 'adds', amount: 0.3 }, ['0>0.1', '0.1>0.2', '0.2>0.3'], [F, F, T]],
  ])('%s', (_, config, changes, expected) => expect(starts({ amount: 10, ...config }, ...changes)).toEqual(expected));
});

describe('every multiple of 100', () => {
  test.each<[string, string[], boolean[]]>([
    ['each one once', ['0>99', '99>100', '100>150', '150>200'], [F, T, F, T]],
    ['several at once start once', ['90>450', '450>480', '480>500'], [T, F, T]],
    ['a correction below and back does not start it again', ['95>105', '105>95', '95>101', '101>200'], [T, F, F, T]],
    ['what was there before does not count', ['250>260', '260>300'], [F, T]],
  ])('%s', (_, changes, expected) => expect(starts({ change: 'multiple', amount: 100 }, ...changes)).toEqual(expected));
});

describe('so often, and after another', () => {
  test('three times within 7 days, then anew', () => {
    expect(starts({ change: 'times', times: 3, days: 7 }, '1>2 @0', '2>3 @5', '3>4 @8', '4>5 @9', '5>6 @10', '6>7 @11')).toEqual([F, F, F, T, F, F]);
  });
  test('the rows of one import are one time', () => expect(starts({ change: 'times', times: 2, days: 7 }, '1>2 #1', '2>3 #1', '3>4 #2')).toEqual([F, F, T]));

  const both = (day: number, ...keys: string[]): Change => ({ set: Object.fromEntries(keys.map((key) => [key, [1, 2]])), day });
  test('n after m, within 3 days, once for each m', () => {
    const config = { change: 'after', other: 'm', days: 3 };
    expect(starts(config, both(0, 'n'), both(1, 'm'), both(2, 'n'), both(3, 'n'))).toEqual([F, F, T, F]);
    expect(starts(config, both(0, 'm'), both(4, 'n'))).toEqual([F, F]);
    // Both at once are not one after the other; the next one is.
    expect(starts(config, both(0, 'm', 'n'), both(1, 'n'))).toEqual([F, T]);
  });
});

test('what is not a number does not rise or fall', () => {
  expect(starts({ change: 'by', amount: 1 }, { set: { n: ['a', 'b'] } }, { set: { n: [1, 'x'] } })).toEqual([F, F]);
});

describe('what is wrong with the settings', () => {
  const names = namesFrom({ messages: [], segments: [], attributes: [{ key: 'n', label: 'Points', kind: 'number' }, { key: 'city', label: 'City', kind: 'text' }] });
  test.each<[Record<string, unknown>, string[]]>([
    [{ attribute: 'n', change: 'crossed', amount: -5 }, []],
    [{ attribute: 'n', change: 'by', amount: 0 }, ['amount-not-positive']],
    [{ attribute: 'city', change: 'by', amount: 3 }, ['attribute-unfit']],
    [{ attribute: 'n', change: 'by', amount: '3' }, ['value-does-not-fit']],
    [{ change: 'times' }, ['attribute-missing']],
    [{ attribute: 'n', change: 'after', other: 'n' }, ['same-attribute']],
  ])('%j: %j', (config, codes) => expect(trigger.problems!(trigger.config.parse(config), names).map(({ code }) => code)).toEqual(codes));
});
