// Starts when an attribute of a contact changes, in any way, to a certain value, or in a certain relation to earlier changes. It
// looks at the change, not at what the contact is now: one event tells all that one act has changed, so an import that writes
// ten columns is one change (FEATURES D27, D31).
import { z } from 'zod';
import { attributeField, choiceField, numberField } from '../fields.ts';
import { attributeValueField } from '../contacts/rule-fields.ts';
import { attributeValueText } from '../contacts/value-words.ts';
import type { AttributeValue } from '../contacts/contact.ts';
import type { AttributeChanges, ContactEvent } from '../contacts/event.ts';
import { problem, type Problem } from '../problem.ts';
import type { Names } from '../steps/step.ts';
import { say, type Text } from '../text.ts';
import { judgeChange } from './change-relation.ts';
import { defineTrigger, type TriggerSource } from './trigger.ts';

const WITH_AMOUNT = ['crossed', 'by', 'adds', 'addsEntered', 'addsDays', 'multiple'] as const;
const WITH_DIRECTION = ['crossed', 'by', 'adds', 'addsEntered', 'addsDays'] as const;

const config = z.strictObject({
  attribute: attributeField({ label: say('Attribute'), help: say('None chosen: any attribute. That starts often.') }),
  change: choiceField({
    label: say('What change'),
    help: say(
      'An empty number counts as 0. What adds up begins at 0 each time the flow has started, and falls take away from it: so a correction takes back what it corrects. An import, or a change to many contacts, counts only where it may start flows, and all that an import changes of one contact is one change; what is taken back does not count.',
    ),
    start: 'value',
    options: [
      { value: 'value', label: say('any, or from or to a certain value') },
      { value: 'first', label: say('the first one ever') },
      { value: 'crossed', label: say('it crosses a threshold') },
      { value: 'by', label: say('it rises or falls by so much at once') },
      { value: 'adds', label: say('it has changed by so much since it last started') },
      { value: 'addsEntered', label: say('it has changed by so much since the contact came into the flow') },
      { value: 'addsDays', label: say('it has changed by so much within some days') },
      { value: 'multiple', label: say('it reaches the next multiple of a number') },
      { value: 'times', label: say('it has changed several times within some days') },
      { value: 'after', label: say('it follows the change of another attribute') },
    ],
  }),
  from: attributeValueField({ label: say('From'), help: say('Empty: whatever it was before.'), of: 'attribute', when: { field: 'change', is: ['value'] } }),
  to: attributeValueField({ label: say('To'), help: say('Empty: whatever it becomes.'), of: 'attribute', when: { field: 'change', is: ['value'] } }),
  direction: choiceField({
    label: say('Direction'),
    start: 'up',
    options: [
      { value: 'up', label: say('upwards') },
      { value: 'down', label: say('downwards') },
    ],
    when: { field: 'change', is: WITH_DIRECTION },
  }),
  amount: attributeValueField({ label: say('So much'), of: 'attribute', required: true, when: { field: 'change', is: WITH_AMOUNT } }),
  other: attributeField({ label: say('Which changed before'), required: true, when: { field: 'change', is: ['after'] } }),
  times: numberField({ label: say('How many times'), start: 3, min: 2, max: 500, when: { field: 'change', is: ['times'] } }),
  days: numberField({ label: say('Within'), start: 30, min: 1, max: 3650, unit: say('days'), when: { field: 'change', is: ['addsDays', 'times', 'after'] } }),
});
type Config = z.infer<typeof config>;

export const attributeChanged = defineTrigger({
  type: 'attributeChanged',
  icon: 'pencil',
  label: say('Attribute changed'),
  help: say('Starts when a value of a contact changes: in any way, to a certain value, over a threshold, by so much, or so often.'),
  config,
  summary: summaryOf,
  problems: problemsOf,
  source: sourceOf,
  existing({ attribute, change, to, direction, amount }) {
    if (attribute === null) return null;
    if (change === 'value' && !isAny(to) && (typeof to === 'string' || typeof to === 'number')) return { kind: 'attribute', attribute, operator: 'equals', value: to };
    return change === 'crossed' && typeof amount === 'number' ? { kind: 'attribute', attribute, operator: direction === 'up' ? 'atLeast' : 'atMost', value: amount } : null;
  },
});

function sourceOf({ attribute, change, from, to, direction, amount, days, times, other }: Config): TriggerSource {
  const types = ['attributes_changed'];
  if (attribute === null || change === 'value') {
    return {
      on: 'event',
      types,
      accepts(event) {
        const changes = changesOf(event);
        if (attribute === null) return Object.keys(changes).length > 0;
        const found = Object.hasOwn(changes, attribute) ? changes[attribute] : undefined;
        return found !== undefined && (isAny(from) || isSame(found[0], from)) && (isAny(to) || isSame(found[1], to));
      },
    };
  }
  const changesIt = (event: ContactEvent) => Object.hasOwn(changesOf(event), attribute);
  if (change === 'first') return { on: 'event', types, accepts: changesIt, matching: { type: types[0]!, firstChangeOf: attribute } };
  const relation = { change, attribute, direction, amount: typeof amount === 'number' ? amount : 0, days, times, other: other ?? '' };
  return {
    on: 'event',
    types,
    accepts: (event) => changesIt(event) || (change === 'after' && Object.hasOwn(changesOf(event), relation.other)),
    judge: (memory, event, about) => judgeChange(relation, memory, event, about),
  };
}

function summaryOf(values: Config, names: Names): Text {
  const { attribute: key, change, from, to, direction, days, times } = values;
  if (key === null) return change === 'value' ? say('When anything about a contact changes') : say('When an attribute changes that you choose');
  const known = names.attribute(key);
  const attribute = known?.label ?? key;
  const amount = values.amount === null ? say('so much') : attributeValueText(values.amount, known?.kind, names);
  switch (change) {
    case 'value': {
      const before = attributeValueText(from, known?.kind, names);
      const after = attributeValueText(to, known?.kind, names);
      if (isAny(from) && isAny(to)) return say('When {attribute} changes', { attribute });
      if (isAny(from)) return say('When {attribute} becomes {after}', { attribute, after });
      if (isAny(to)) return say('When {attribute} is no longer {before}', { attribute, before });
      return say('When {attribute} changes from {before} to {after}', { attribute, before, after });
    }
    case 'first':
      return say('When {attribute} changes for the first time', { attribute });
    case 'crossed':
      return direction === 'up' ? say('When {attribute} rises to {amount} or more', { attribute, amount }) : say('When {attribute} falls to {amount} or less', { attribute, amount });
    case 'by':
      return direction === 'up' ? say('When {attribute} rises by {amount} or more at once', { attribute, amount }) : say('When {attribute} falls by {amount} or more at once', { attribute, amount });
    case 'adds':
      return direction === 'up' ? say('Each time {attribute} has risen by {amount}', { attribute, amount }) : say('Each time {attribute} has fallen by {amount}', { attribute, amount });
    case 'addsEntered':
      return direction === 'up'
        ? say('When {attribute} has risen by {amount} since the contact came in', { attribute, amount })
        : say('When {attribute} has fallen by {amount} since the contact came in', { attribute, amount });
    case 'addsDays':
      return direction === 'up'
        ? say('When {attribute} has risen by {amount} within {days, plural, one {# day} other {# days}}', { attribute, amount, days })
        : say('When {attribute} has fallen by {amount} within {days, plural, one {# day} other {# days}}', { attribute, amount, days });
    case 'multiple':
      return say('Each time {attribute} reaches the next multiple of {amount}', { attribute, amount });
    case 'times':
      return say('When {attribute} has changed {times, plural, one {once} other {# times}} within {days, plural, one {# day} other {# days}}', { attribute, times, days });
    case 'after': {
      const other = values.other === null ? say('another attribute') : (names.attribute(values.other)?.label ?? values.other);
      return say('When {attribute} changes within {days, plural, one {# day} other {# days}} after {other}', { attribute, other, days });
    }
  }
}

function problemsOf({ attribute, change, from, to, amount, other }: Config, names: Names): Problem[] {
  if (attribute === null) {
    if (change !== 'value') return [problem('attribute-missing', say('Choose the attribute whose changes count.'), { field: 'attribute' })];
    return isAny(from) && isAny(to)
      ? []
      : [problem('value-without-attribute', say('A value is given, but no attribute that it belongs to. Choose the attribute.'), { field: 'attribute' })];
  }
  if (change === 'after' && other === attribute) return [problem('same-attribute', say('An attribute cannot follow itself. Choose two different ones.'), { field: 'other' })];
  if (!(WITH_AMOUNT as readonly string[]).includes(change)) return [];
  const known = names.attribute(attribute);
  if (known !== undefined && known.kind !== 'number' && known.kind !== 'money') {
    return [problem('attribute-unfit', say('{attribute} is neither a number nor an amount, so it cannot rise or fall. Choose another one.', { attribute: known.label }), { field: 'attribute' })];
  }
  if (amount === null) return [];
  if (typeof amount !== 'number' || !Number.isFinite(amount)) return [problem('value-does-not-fit', say('{attribute} needs {expected}.', { attribute: known?.label ?? attribute, expected: say('a number') }), { field: 'amount' })];
  return change !== 'crossed' && amount <= 0 ? [problem('amount-not-positive', say('This must be more than 0; the direction says whether it rises or falls.'), { field: 'amount' })] : [];
}

function changesOf(event: ContactEvent): AttributeChanges {
  return (event.data.changes ?? {}) as AttributeChanges;
}

function isAny(value: AttributeValue): boolean {
  return value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** Lists are the same when they hold the same choices, in whatever order. */
function isSame(one: AttributeValue, other: AttributeValue): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other;
  return one.length === other.length && one.every((each) => other.includes(each));
}
