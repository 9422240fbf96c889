// Cells become values by kind, nothing is altered in silence, and what is written out reads back to the same value.
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AttributeKind, AttributeValue } from '../../shared/contacts/contact.ts';
import { displayValue, excelStyle, plainStyle, readingOf, valueToText } from '../../shared/contacts/value-text.ts';
import { decimalText, parseAttribute, parseValue, readingFor, valueReason, type ReadValue, type ValueReading } from '../../shared/contacts/values.ts';
import { addDays } from '../../shared/time.ts';
import { inEnglish } from '../../shared/text.ts';

const danish = readingFor('da-DK', 'Europe/Copenhagen', 'DKK');
const english: ValueReading = { ...danish, decimal: '.', dateOrder: 'mdy' };

/** The value, or the reason in words. */
function said(read: ReadValue): AttributeValue {
  return 'reason' in read ? inEnglish(read.reason) : read.value;
}

test('a Danish workspace reads Danish marks', () => {
  expect(danish).toEqual({ decimal: ',', dateOrder: 'dmy', zone: 'Europe/Copenhagen', currency: 'DKK', country: 'DK' });
});

describe.each<[AttributeKind, [text: string, value: AttributeValue][]]>([
  ['text', [['007', '007'], ['  Ada  Lovelace ', 'Ada  Lovelace'], ['\u00a0', null], ['', null], ['1.234,50', '1.234,50'], ['=1+1', '=1+1']]],
  ['number', [
    ['1.234,50', 1234.5], ['1\u00a0234,50', 1234.5], ['1\u202f234\u202f567', 1234567], ["1'234,5", 1234.5], ['1234,5', 1234.5], ['0,5', 0.5], [',5', 0.5], ['5,', 5],
    ['-5', -5], ['\u22125', -5], ['5-', -5], ['(5)', -5], ['+5', 5], ['007', 7], ['1.234', 1234], ['-0', 0], ['0,30000000000000004', 0.30000000000000004], ['9007199254740991', 9007199254740991],
  ]],
  ['money', [['1.234,50', 123450], ['kr 1.234,50', 123450], ['1.234,50 kr.', 123450], ['DKK 5', 500], ['5,-', 500], ['-5 kr', -500], ['kr. -5', -500], ['1,230', 123], ['0,05', 5]]],
  ['date', [
    ['22-11-2026', '2026-11-22'], ['22.11.26', '2026-11-22'], ['22/11/1970', '1970-11-22'], ['1-2-49', '2049-02-01'], ['1-2-50', '1950-02-01'], ['2026-11-22', '2026-11-22'], ['2026/1/2', '2026-01-02'],
    ['20261122', '2026-11-22'], ['22. november 2026', '2026-11-22'], ['Nov 22, 2026', '2026-11-22'], ['22 listopada 2026', '2026-11-22'], ['22-nov-2026', '2026-11-22'], ['22. 11. 2026', '2026-11-22'],
    ['22-11-2026 00:00:00', '2026-11-22'], ['29-02-2028', '2028-02-29'], ['29-02-2000', '2000-02-29'], ['1. maj 2026', '2026-05-01'], ['3 mrt 2026', '2026-03-03'],
  ]],
  ['dateTime', [
    ['22-11-2026 14:05', Date.UTC(2026, 10, 22, 13, 5)], ['22.11.2026 kl. 14.05', Date.UTC(2026, 10, 22, 13, 5)], ['2026-11-22T14:05:00Z', Date.UTC(2026, 10, 22, 14, 5)],
    ['2026-11-22T14:05+01:00', Date.UTC(2026, 10, 22, 13, 5)], ['2026-11-22 14:05:09 +0100', Date.UTC(2026, 10, 22, 13, 5, 9)], ['22-11-2026 2:05 PM', Date.UTC(2026, 10, 22, 13, 5)],
    ['22-11-2026 12:05 am', Date.UTC(2026, 10, 21, 23, 5)], ['22-11-2026', Date.UTC(2026, 10, 21, 23, 0)], ['2026-11-22T14:05:00.123Z', Date.UTC(2026, 10, 22, 14, 5, 0, 123)],
    // 02:30 does not exist on that day in Copenhagen: it moves forward by the gap (FEATURES D12)
    ['29-03-2026 02:30', Date.UTC(2026, 2, 29, 1, 30)],
  ]],
  ['yesNo', [['ja', true], ['JA', true], ['yes', true], ['tak', true], ['kyllä', true], ['SAND', true], ['1', true], ['x', true], ['nej', false], ['nie', false], ['nee', false], ['nein', false], ['ei', false], ['FAŁSZ', false], ['0', false], ['', null]]],
  ['choices', [['a; b', ['a', 'b']], ['a,b', ['a', 'b']], ['a|b', ['a', 'b']], ['a;a', ['a']], ['["a;b","c"]', ['a;b', 'c']], [';', null]]],
])('%s', (kind, cases) => {
  test.each(cases)('%j', (text, value) => {
    expect(said(parseValue(text, { kind }, danish))).toEqual(value);
  });
});

describe.each<[AttributeKind, ValueReading, [text: string, words: string][]]>([
  ['text', danish, [['a\0b', 'zero byte'], ['x'.repeat(100_001), 'characters']]],
  ['number', danish, [['1.5', 'decimal comma'], ['1.23,5', 'decimal comma'], ['1,234.50', 'decimal comma'], ['12 %', 'decimal comma'], ['5 stk', 'decimal comma'], ['-', 'decimal comma'], [',', 'decimal comma'], ['1.234 567', 'decimal comma'], ['1e5', 'spreadsheet'], ['1,2E+05', 'spreadsheet'], ['12345678901234567890', 'more digits'], ['NaN', 'decimal comma'], ['Infinity', 'decimal comma']]],
  ['number', english, [['1.234,50', 'decimal point'], ['1,5', 'decimal point']]],
  ['money', danish, [['€ 5', 'not in DKK'], ['5 EUR', 'not in DKK'], ['1,234', '2 digits'], ['99999999999999999', 'too large'], ['kr', 'decimal comma'], ['much', 'decimal comma']]],
  ['date', danish, [['11/22/2026', 'day first'], ['31-02-2026', 'day first'], ['29-02-2026', 'day first'], ['29-02-1900', 'day first'], ['46348', "spreadsheet's own day number"], ['22-11-2026 14:00', 'clock time'], ['tomorrow', 'day first'], ['22-11', 'day first'], ['22 foo 2026', 'day first']]],
  ['date', english, [['22/11/2026', 'month first']]],
  ['date', { ...danish, dateOrder: 'ymd' }, [['22-11-2026', 'year first'], ['1-2-26', 'year first']]],
  ['dateTime', danish, [['22-11-2026 25:00', 'day first'], ['22-11-2026 13:00 PM', 'day first'], ['14:05', 'day first']]],
  ['yesNo', danish, [['maybe', 'neither yes nor no'], ['2', 'neither yes nor no']]],
])('%s that cannot be read for certain', (kind, reading, cases) => {
  test.each(cases)('%j is refused: %s', (text, words) => {
    expect(said(parseValue(text, { kind }, reading))).toContain(words);
  });
});

test('a choice must be one of its choices, however capitalised, and takes their spelling', () => {
  const size = { kind: 'choice', choices: ['Small', 'Large'] } as const;
  expect(said(parseValue('LARGE', { ...size, choices: [...size.choices] }, danish))).toBe('Large');
  expect(said(parseValue('huge', { ...size, choices: [...size.choices] }, danish))).toBe('"huge" is not one of the choices: Small, Large.');
  expect(said(parseValue('Copenhagen, DK', { kind: 'choices', choices: ['Copenhagen, DK', 'Oslo'] }, danish))).toEqual(['Copenhagen, DK']);
});

test('attributes that identify are read into their stored form', () => {
  const read = (key: string, text: string) => said(parseAttribute(text, { key, kind: 'text' }, danish));
  expect(read('email', ' ADA@x.dk')).toBe('ada@x.dk');
  expect(read('email', 'ada')).toContain('no @');
  expect(read('email', ' ')).toBeNull();
  expect(read('phone', '20 12 34 56')).toBe('+4520123456');
  expect(read('time_zone', 'Europe/Paris')).toBe('Europe/Paris');
  expect(read('time_zone', 'Paris')).toContain('not a time zone');
  expect(read('first_name', '007')).toBe('007');
});

test.each<[AttributeKind, AttributeValue, boolean]>([
  ['text', 'a', true], ['text', 5, false], ['number', 5.5, true], ['number', Number.NaN, false], ['number', '5', false], ['money', 5, true], ['money', 5.5, false], ['yesNo', false, true], ['yesNo', 'no', false],
  ['date', '2026-02-28', true], ['date', '2026-02-30', false], ['date', '28-02-2026', false], ['dateTime', 1, true], ['choices', ['a'], true], ['choices', 'a', false], ['text', null, true],
])('%s takes %j: %s', (kind, value, fits) => {
  expect(valueReason(value, { key: 'x', kind }) === undefined).toBe(fits);
});

describe('there and back', () => {
  const text = fc.string().map((each) => each.trim()).filter((each) => each !== '' && !each.includes('\0') && !/^[\s\ufeff\u200b]|[\s\ufeff\u200b]$/.test(each));
  const values: Record<AttributeKind, fc.Arbitrary<AttributeValue>> = {
    text,
    choice: text,
    number: fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }).map((n) => (n === 0 ? 0 : n)),
    money: fc.maxSafeInteger().map((n) => Math.trunc(n / 100)).map((n) => (n === 0 ? 0 : n)),
    yesNo: fc.boolean(),
    date: fc.integer({ min: -300_000, max: 30_000 }).map((days) => addDays('2026-01-01', days)),
    dateTime: fc.integer({ min: -2_000_000_000_000, max: 4_000_000_000_000 }),
    choices: fc.uniqueArray(text, { minLength: 1 }),
  };
  const kinds = Object.keys(values) as AttributeKind[];

  test.each(kinds)('plain: %s', (kind) => {
    const style = plainStyle('DKK');
    fc.assert(fc.property(values[kind], (value) => isDeepStrictEqual(said(parseValue(valueToText(value, kind, style), { kind }, readingOf(style, 'da-DK'))), value)));
  });

  test.each(['da-DK', 'nl-NL', 'pl-PL', 'sv-SE', 'en-US', 'en-GB', 'de-DE', 'nb-NO', 'fi-FI'])('as a spreadsheet: %s', (locale) => {
    const style = excelStyle(locale, 'Europe/Copenhagen', 'DKK');
    for (const kind of kinds.filter((each) => each !== 'dateTime')) {
      fc.assert(fc.property(values[kind], (value) => isDeepStrictEqual(said(parseValue(valueToText(value, kind, style), { kind }, readingOf(style, locale))), value)), { numRuns: 40 });
    }
    const noon = Date.UTC(2026, 10, 22, 12, 30, 15);
    expect(said(parseValue(valueToText(noon, 'dateTime', style), { kind: 'dateTime' }, readingOf(style, locale)))).toBe(noon);
  });

  test('a Danish spreadsheet gets what it expects', () => {
    const style = excelStyle('da-DK', 'Europe/Copenhagen', 'DKK');
    expect(valueToText(1234.5, 'number', style)).toBe('1234,5');
    expect(valueToText(123450, 'money', style)).toBe('1234,50');
    expect(valueToText('2026-11-22', 'date', style)).toBe('22-11-2026');
    expect(valueToText(Date.UTC(2026, 10, 22, 13, 5), 'dateTime', style)).toBe('22-11-2026 14:05:00');
    expect(valueToText(true, 'yesNo', style)).toBe('ja');
    expect(valueToText(null, 'yesNo', style)).toBe('');
  });

  test('money follows the coins of its currency', () => {
    expect(valueToText(5, 'money', plainStyle('DKK'))).toBe('0.05');
    expect(valueToText(-5, 'money', plainStyle('JPY'))).toBe('-5');
    expect(said(parseValue('1.5', { kind: 'money' }, { ...english, currency: 'JPY' }))).toContain('no smaller coin');
  });

  test('numbers never come out in scientific notation', () => {
    expect([1e21, 1.5e-7, -1e-10, 123456789012345680000].map(decimalText)).toEqual(['1000000000000000000000', '0.00000015', '-0.0000000001', '123456789012345680000']);
  });
});

test('values are shown as the locale writes them', () => {
  const shown = (value: AttributeValue, kind: AttributeKind) => inEnglish(displayValue(value, kind, 'da-DK', 'Europe/Copenhagen', 'DKK')).replaceAll('\u00a0', ' ');
  expect(shown(1234.5, 'number')).toBe('1.234,5');
  expect(shown(123450, 'money')).toBe('1.234,50 kr.');
  expect(shown('2026-11-22', 'date')).toBe('22. nov. 2026');
  expect(shown(true, 'yesNo')).toBe('Yes');
  expect(shown(null, 'text')).toBe('(empty)');
  expect(shown(['a', 'b'], 'choices')).toBe('a, b');
});
