// Starts when an attribute of a contact changes. It looks at the change, not at what the contact is now: one event tells
// all that one act has changed, so an import that writes ten columns is one change (FEATURES D27, D31).
import { z } from 'zod';
import { attributeField } from '../fields.ts';
import { attributeValueField } from '../contacts/rule-fields.ts';
import { attributeValueText } from '../contacts/value-words.ts';
import type { AttributeValue } from '../contacts/contact.ts';
import type { AttributeChanges, ContactEvent } from '../contacts/event.ts';
import { problem } from '../problem.ts';
import { say } from '../text.ts';
import { defineTrigger } from './trigger.ts';

export const attributeChanged = defineTrigger({
  type: 'attributeChanged',
  icon: 'pencil',
  label: say('Attribute changed'),
  help: say('Starts when a value of a contact changes: any value, a certain one, or from one to another.'),
  config: z.strictObject({
    attribute: attributeField({ label: say('Attribute'), help: say('None chosen: any attribute. That starts often.') }),
    from: attributeValueField({ label: say('From'), help: say('Empty: whatever it was before.'), of: 'attribute' }),
    to: attributeValueField({ label: say('To'), help: say('Empty: whatever it becomes.'), of: 'attribute' }),
  }),
  summary({ attribute: key, from, to }, names) {
    if (key === null) return say('When anything about a contact changes');
    const known = names.attribute(key);
    const attribute = known?.label ?? key;
    const before = attributeValueText(from, known?.kind, names);
    const after = attributeValueText(to, known?.kind, names);
    if (isAny(from) && isAny(to)) return say('When {attribute} changes', { attribute });
    if (isAny(from)) return say('When {attribute} becomes {after}', { attribute, after });
    if (isAny(to)) return say('When {attribute} is no longer {before}', { attribute, before });
    return say('When {attribute} changes from {before} to {after}', { attribute, before, after });
  },
  problems: ({ attribute, from, to }) =>
    attribute === null && !(isAny(from) && isAny(to))
      ? [
          problem('value-without-attribute', say('A value is given, but no attribute that it belongs to. Choose the attribute.'), {
            field: 'attribute',
          }),
        ]
      : [],
  refers: ({ attribute }) => ({ attributes: attribute === null ? [] : [attribute] }),
  source: ({ attribute, from, to }) => ({
    on: 'event',
    types: ['attributes_changed'],
    accepts(event) {
      const changes = changesOf(event);
      if (attribute === null) return Object.keys(changes).length > 0;
      const change = Object.hasOwn(changes, attribute) ? changes[attribute] : undefined;
      return change !== undefined && (isAny(from) || isSame(change[0], from)) && (isAny(to) || isSame(change[1], to));
    },
  }),
});

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
