// Every field kind: what a new step starts from, what is taken, what is refused, and what a form learns about it.
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { attributeValueField, branchesField, ruleField } from '../../shared/contacts/rule-fields.ts';
import * as fields from '../../shared/fields.ts';
import { inEnglish, say } from '../../shared/text.ts';

const asking = { label: say('It') };
const options = [
  { value: 'a', label: say('A') },
  { value: 'b', label: say('B') },
] as const;
const rule = { kind: 'tag', tag: 'vip', has: true };

const kinds: [fields.FieldKind, z.ZodType, start: unknown, taken: unknown[], refused: unknown[]][] = [
  ['text', fields.textField({ ...asking, max: 3 }), '', ['abc'], ['abcd', 1, null]],
  ['longText', fields.longTextField(asking), '', ['a\nb'], [1]],
  ['topic', fields.topicField(asking), null, ['newsletter', null], [1, 'No key']],
  ['calendar', fields.calendarField(asking), null, ['holidays_dk', null], [1, 'No key']],
  ['step', fields.stepField(asking), null, ['wait-1', null], [1, 'a b']],
  ['flow', fields.flowField(asking), null, [3, 0, null], ['3', 1.5]],
  ['number', fields.numberField({ ...asking, start: 2, min: 0, max: 5 }), 2, [0, 5], [-1, 6, 1.5, '2']],
  ['yesNo', fields.yesNoField({ ...asking, start: false }), false, [true], ['true', 1]],
  ['choice', fields.choiceField({ ...asking, start: 'a', options }), 'a', ['b'], ['c', null]],
  ['choice', fields.decisionField({ ...asking, options }), null, ['a', null], ['c']],
  [
    'duration',
    fields.durationField({ ...asking, start: { amount: 1, unit: 'days' } }),
    { amount: 1, unit: 'days' },
    [{ amount: 0, unit: 'minutes' }],
    [{ amount: -1, unit: 'days' }, { amount: 1 }, '1 day'],
  ],
  ['timeOfDay', fields.timeOfDayField({ ...asking, start: '09:00' }), '09:00', ['23:59'], ['24:00', '9:00', '']],
  ['weekdays', fields.weekdaysField(asking), [], [[1, 7]], [[0], [8], 1]],
  ['dateTime', fields.dateTimeField(asking), null, ['2026-12-24T09:00'], ['2026-12-24', '2026-12-24T25:00']],
  ['timeZone', fields.timeZoneField(asking), null, ['Europe/Copenhagen'], [2]],
  ['attribute', fields.attributeField({ ...asking, kinds: ['date'] }), null, ['birthday'], ['Birth day', '']],
  ['attributeValue', attributeValueField({ ...asking, of: 'attribute' }), null, ['x', 1, true, ['a']], [{}]],
  ['tag', fields.tagField(asking), '', ['vip'], [null]],
  ['message', fields.messageField(asking), null, ['hello'], ['Hello!']],
  ['rule', ruleField(asking), null, [rule], [{ kind: 'tag' }]],
  ['branches', branchesField({ ...asking, start: [] }), [], [[{ id: 'yes', rule }]], [[{ id: '__proto__' }], [{ label: 'x' }]]],
  ['shares', fields.sharesField({ ...asking, start: [] }), [], [[{ id: 'a', weight: 33.3 }]], [[{ id: 'a', weight: 101 }]]],
];

it.each(kinds)('%s', (kind, schema, start, taken, refused) => {
  expect(schema.parse(undefined)).toEqual(start);
  for (const value of [start, ...taken]) expect(schema.safeParse(value).success).toBe(true);
  for (const value of refused) expect(schema.safeParse(value).success, JSON.stringify(value)).toBe(false);
  expect(fields.fieldMeta(schema).kind).toBe(kind);
});

describe('a form', () => {
  const config = z.strictObject({
    how: fields.choiceField({ ...asking, start: 'a', options }),
    which: fields.tagField({ label: say('Which'), required: true, when: { field: 'how', is: ['b'] } }),
  });
  it('learns the fields in their order', () => expect(fields.fieldsOf(config).map(({ name }) => name)).toEqual(['how', 'which']));
  it.each([
    [{ how: 'a', which: '' }, []],
    [{ how: 'b', which: ' ' }, ['Which is missing.']],
    [{ how: 'b', which: 'x' }, []],
  ])('asks only for what is asked: %j', (values, problems) => {
    const found = fields.missingFields(config, values, { step: 's' });
    expect(found.map(({ text }) => inEnglish(text))).toEqual(problems);
    expect(found.every(({ place }) => place?.step === 's' && place.field === 'which')).toBe(true);
  });
  it('cannot be made of a schema without a label', () =>
    expect(() => fields.fieldsOf(z.strictObject({ x: z.string() }))).toThrow('field()'));
});
