// Starts when a contact comes to a stage, such as "Customer": a choice of an attribute whose choices stand in their order.
import { z } from 'zod';
import { attributeField, choiceField } from '../fields.ts';
import { attributeValueField } from '../contacts/rule-fields.ts';
import type { AttributeChanges } from '../contacts/event.ts';
import { say } from '../text.ts';
import { defineTrigger } from './trigger.ts';

export const stageReached = defineTrigger({
  type: 'stageReached',
  icon: 'stairs',
  label: say('Stage reached'),
  help: say('Starts when a contact comes to a stage from an earlier one. The stages are the choices of an attribute, in their order.'),
  config: z.strictObject({
    attribute: attributeField({ label: say('Stages'), help: say('An attribute with choices.'), required: true, kinds: ['choice'] }),
    stage: attributeValueField({ label: say('Stage'), of: 'attribute', required: true }),
    reach: choiceField({
      label: say('What counts'),
      start: 'exactly',
      options: [
        { value: 'exactly', label: say('coming to this very stage') },
        { value: 'orLater', label: say('coming to it, or past it, from an earlier one') },
      ],
    }),
  }),
  summary({ attribute, stage, reach }, names) {
    if (attribute === null || typeof stage !== 'string') return say('When a contact comes to a stage that you choose');
    const name = names.attribute(attribute)?.label ?? attribute;
    return reach === 'exactly' ? say('When {attribute} becomes “{stage}”', { attribute: name, stage }) : say('When {attribute} comes to “{stage}” or past it', { attribute: name, stage });
  },
  existing: ({ attribute, stage }) => (attribute === null || typeof stage !== 'string' ? null : { kind: 'attribute', attribute, operator: 'equals', value: stage }),
  source({ attribute, stage, reach }) {
    if (attribute === null) throw new Error('A trigger without its stages was published');
    return {
      on: 'event',
      types: ['attributes_changed'],
      judge(memory, event, { choices }) {
        const changes = (event.data.changes ?? {}) as AttributeChanges;
        const change = Object.hasOwn(changes, attribute) ? changes[attribute] : undefined;
        if (change === undefined) return { fires: false, memory };
        if (reach === 'exactly') return { fires: change[1] === stage, memory };
        const order = choices(attribute);
        const place = (value: unknown) => order.indexOf(String(value));
        return { fires: place(change[1]) >= place(stage) && place(stage) >= 0 && place(change[0]) < place(stage), memory };
      },
    };
  },
});
