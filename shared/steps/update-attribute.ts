// Writes a value to an attribute of the contact, or clears it. Attributes that identify a contact cannot be written here.
import { z } from 'zod';
import { attributeField, choiceField } from '../fields.ts';
import { attributeValueField } from '../contacts/rule-fields.ts';
import type { Attribute, AttributeValue } from '../contacts/contact.ts';
import { problem, type Problem } from '../problem.ts';
import { say, type Text } from '../text.ts';
import { isDate, isTimeZone } from '../time.ts';
import { attributeValueText } from '../contacts/value-words.ts';
import { defineStep, NEXT } from './step.ts';

/** One value for everybody would merge people, or make them unreachable. */
const IDENTIFYING = new Set(['email', 'phone', 'external_id']);

export const updateAttribute = defineStep({
  type: 'updateAttribute',
  family: 'contact',
  icon: 'pencil',
  label: say('Update attribute'),
  help: say('Writes a value to one of the contact’s attributes, or clears it.'),
  config: z.strictObject({
    attribute: attributeField({ label: say('Attribute'), required: true }),
    action: choiceField({
      label: say('What to do'),
      start: 'set',
      options: [
        { value: 'set', label: say('set it to') },
        { value: 'clear', label: say('clear it') },
      ],
    }),
    value: attributeValueField({ label: say('Value'), of: 'attribute', required: true, when: { field: 'action', is: ['set'] } }),
  }),
  outlets: () => [{ id: NEXT, label: say('Next') }],
  summary({ attribute: key, action, value }, names) {
    if (key === null) return say('Choose an attribute');
    const known = names.attribute(key);
    const attribute = known?.label ?? key;
    if (action === 'clear') return say('Clear {attribute}', { attribute });
    if (value === null) return say('Choose a value for {attribute}', { attribute });
    return say('Set {attribute} to {value}', { attribute, value: attributeValueText(value, known?.kind, names) });
  },
  problems({ attribute: key, action, value }, names) {
    if (key === null) return [];
    const attribute = names.attribute(key);
    if (IDENTIFYING.has(key)) {
      const text = say('{attribute} tells contacts apart, so a flow cannot write it. Choose another attribute.', {
        attribute: attribute?.label ?? key,
      });
      return [problem('attribute-identifies', text, { field: 'attribute' })];
    }
    return action === 'clear' || value === null || attribute === undefined ? [] : valueProblems(attribute, value);
  },
  refers: ({ attribute }) => ({ attributes: attribute === null ? [] : [attribute] }),
  run({ config: { attribute, action, value } }) {
    if (attribute === null) throw new Error('A step without an attribute was published');
    return { kind: 'leave', outlet: NEXT, effects: [{ kind: 'setAttribute', attribute, value: action === 'clear' ? null : value }] };
  },
});

function valueProblems(attribute: Attribute, value: AttributeValue): Problem[] {
  const expected = misfit(attribute, value);
  if (expected === null) return [];
  return [
    problem('value-does-not-fit', say('{attribute} needs {expected}.', { attribute: attribute.label, expected }), { field: 'value' }),
  ];
}

/** What the attribute would need instead of this value; `null` where the value fits. */
function misfit({ key, kind, choices = [] }: Attribute, value: AttributeValue): Text | null {
  switch (kind) {
    case 'text':
      if (typeof value !== 'string') return say('a text');
      return key === 'time_zone' && !isTimeZone(value) ? say('a time zone such as Europe/Copenhagen') : null;
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? null : say('a number');
    case 'money':
      return Number.isSafeInteger(value) ? null : say('an amount in whole cents (or the like)');
    case 'yesNo':
      return typeof value === 'boolean' ? null : say('yes or no');
    case 'date':
      return typeof value === 'string' && isDate(value) ? null : say('a date, written like 2026-12-24');
    case 'dateTime':
      return Number.isSafeInteger(value) ? null : say('a date and time');
    case 'choice':
      return typeof value === 'string' && (choices.length === 0 || choices.includes(value)) ? null : say('one of its choices');
    case 'choices':
      return Array.isArray(value) && (choices.length === 0 || value.every((each) => choices.includes(each)))
        ? null
        : say('some of its choices');
  }
}
