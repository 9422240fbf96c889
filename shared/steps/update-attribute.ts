// Writes an attribute of the contact: a value, a copy, a calculation, a date from now; or clears it (FEATURES A4.5). Attributes
// that identify a contact cannot be written here.
import { z } from 'zod';
import { attributeField, choiceField, durationField, numberField } from '../fields.ts';
import { IDENTIFYING, type Attribute, type AttributeValue } from '../contacts/contact.ts';
import { attributeValueField } from '../contacts/rule-fields.ts';
import { attributeValueText } from '../contacts/value-words.ts';
import { problem, type Problem } from '../problem.ts';
import { say, type Text } from '../text.ts';
import { addDuration, isDate, isTimeZone, localDate, subtractDuration, type Instant } from '../time.ts';
import { durationText } from '../time-words.ts';
import { defineStep, NEXT, type Effect, type Fact, type FactRequest, type Names } from './step.ts';

/** One value for everybody would merge people, or make them unreachable. */

const config = z.strictObject({
  attribute: attributeField({ label: say('Attribute'), required: true }),
  action: choiceField({
    label: say('What to do'),
    start: 'set',
    options: [
      { value: 'set', label: say('set it to') },
      { value: 'clear', label: say('clear it') },
      { value: 'copy', label: say('copy another attribute') },
      { value: 'add', label: say('add to it') },
      { value: 'subtract', label: say('take away from it') },
      { value: 'multiply', label: say('multiply it') },
      { value: 'divide', label: say('divide it') },
      { value: 'date', label: say('set it to a time from now') },
    ],
  }),
  value: attributeValueField({ label: say('Value'), of: 'attribute', required: true, when: { field: 'action', is: ['set'] } }),
  source: attributeField({ label: say('Copy from'), required: true, when: { field: 'action', is: ['copy'] } }),
  by: attributeValueField({ label: say('So much'), help: say('An empty value counts as 0.'), of: 'attribute', required: true, when: { field: 'action', is: ['add', 'subtract'] } }),
  factor: numberField({ label: say('By'), help: say('An empty value counts as 0.'), start: 1, min: -1_000_000_000, max: 1_000_000_000, whole: false, when: { field: 'action', is: ['multiply', 'divide'] } }),
  distance: durationField({ label: say('How far from now'), start: { amount: 3, unit: 'days' }, when: { field: 'action', is: ['date'] } }),
  side: choiceField({
    label: say('Direction'),
    start: 'after',
    options: [
      { value: 'after', label: say('in the future') },
      { value: 'before', label: say('in the past') },
    ],
    when: { field: 'action', is: ['date'] },
  }),
});
type Config = z.infer<typeof config>;

export const updateAttribute = defineStep({
  type: 'updateAttribute',
  family: 'contact',
  icon: 'pencil',
  label: say('Update attribute'),
  help: say('Writes one of the contact’s attributes: a value, that of another attribute, a calculation, a time from now; or clears it.'),
  config,
  outlets: () => [{ id: NEXT, label: say('Next') }],
  summary: summaryOf,
  problems: problemsOf,
  facts({ action, attribute, source }): Record<string, FactRequest> {
    if (action === 'copy' && source !== null) return { from: { attribute: source } };
    return CALCULATIONS.has(action) && attribute !== null ? { from: { attribute } } : {};
  },
  run({ config: values, facts: { from }, now, zone }) {
    if (values.attribute === null) throw new Error('A step without an attribute was published');
    return { kind: 'leave', outlet: NEXT, effects: [effectOf(values.attribute, values, from ?? null, now, zone)] };
  },
});

const CALCULATIONS: ReadonlySet<string> = new Set(['add', 'subtract', 'multiply', 'divide'] satisfies Config['action'][]);

function effectOf(attribute: string, { action, value, by, factor, distance, side }: Config, from: Fact, now: Instant, zone: string): Effect {
  const set = (to: AttributeValue): Effect => ({ kind: 'setAttribute', attribute, value: to });
  const before = typeof from === 'number' ? from : 0;
  const amount = typeof by === 'number' ? by : 0;
  switch (action) {
    case 'set':
      return set(value);
    case 'clear':
      return set(null);
    case 'copy':
      return set(from as AttributeValue);
    case 'add':
      return set(tidy(before + amount));
    case 'subtract':
      return set(tidy(before - amount));
    case 'multiply':
      return set(tidy(before * factor));
    case 'divide':
      return set(tidy(before / factor));
    case 'date': {
      const at = side === 'after' ? addDuration(now, distance, zone) : subtractDuration(now, distance, zone);
      return { kind: 'setDate', attribute, at, date: localDate(at, zone) };
    }
  }
}

/** Decimals that add up must not leave 0.30000000000000004. */
function tidy(number: number): number {
  const rounded = Math.round(number * 1e9) / 1e9;
  if (!Number.isFinite(rounded)) throw new Error('The result is not a number');
  return rounded;
}

function summaryOf({ attribute: key, action, value, source, by, factor, distance, side }: Config, names: Names): Text {
  if (key === null) return say('Choose an attribute');
  const known = names.attribute(key);
  const attribute = known?.label ?? key;
  const amount = by === null ? say('so much') : attributeValueText(by, known?.kind, names);
  switch (action) {
    case 'clear':
      return say('Clear {attribute}', { attribute });
    case 'set':
      if (value === null) return say('Choose a value for {attribute}', { attribute });
      return say('Set {attribute} to {value}', { attribute, value: attributeValueText(value, known?.kind, names) });
    case 'copy':
      return source === null ? say('Choose what to copy to {attribute}', { attribute }) : say('Copy {source} to {attribute}', { attribute, source: names.attribute(source)?.label ?? source });
    case 'add':
      return say('Add {amount} to {attribute}', { attribute, amount });
    case 'subtract':
      return say('Take {amount} from {attribute}', { attribute, amount });
    case 'multiply':
      return say('Multiply {attribute} by {factor}', { attribute, factor });
    case 'divide':
      return say('Divide {attribute} by {factor}', { attribute, factor });
    case 'date':
      return side === 'after' ? say('Set {attribute} to {duration} from now', { attribute, duration: durationText(distance) }) : say('Set {attribute} to {duration} ago', { attribute, duration: durationText(distance) });
  }
}

function problemsOf({ attribute: key, action, value, source, by, factor }: Config, names: Names): Problem[] {
  if (key === null) return [];
  const attribute = names.attribute(key);
  if ((IDENTIFYING as readonly string[]).includes(key)) {
    const text = say('{attribute} tells contacts apart, so a flow cannot write it. Choose another attribute.', { attribute: attribute?.label ?? key });
    return [problem('attribute-identifies', text, { field: 'attribute' })];
  }
  if (attribute === undefined) return [];
  if (action === 'set') return value === null ? [] : valueProblems(attribute, value);
  if (action === 'copy') {
    const other = source === null ? undefined : names.attribute(source);
    if (other === undefined || other.kind === attribute.kind) return [];
    return [problem('copy-unfit', say('{source} and {attribute} are not of the same kind, so one cannot be copied to the other.', { source: other.label, attribute: attribute.label }), { field: 'source' })];
  }
  if (action === 'date') {
    return attribute.kind === 'date' || attribute.kind === 'dateTime' ? [] : [problem('attribute-unfit', say('{attribute} is not a date. Choose another attribute.', { attribute: attribute.label }), { field: 'attribute' })];
  }
  if (!CALCULATIONS.has(action)) return [];
  if (attribute.kind !== 'number' && attribute.kind !== 'money') {
    return [problem('attribute-unfit', say('{attribute} is neither a number nor an amount, so it cannot be reckoned with. Choose another one.', { attribute: attribute.label }), { field: 'attribute' })];
  }
  if (action === 'divide' && factor === 0) return [problem('divided-by-zero', say('Nothing can be divided by 0. Choose another number.'), { field: 'factor' })];
  return (action === 'add' || action === 'subtract') && by !== null ? valueProblems(attribute, by).map((each) => ({ ...each, place: { field: 'by' } })) : [];
}

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
