// Moves the contact to a stage, such as "Customer" (FEATURES A4.8): a choice of an attribute whose choices stand in their order.
import { z } from 'zod';
import { attributeField, choiceField } from '../fields.ts';
import { attributeValueField } from '../contacts/rule-fields.ts';
import { problem } from '../problem.ts';
import { say } from '../text.ts';
import { defineStep, NEXT } from './step.ts';

export const changeStage = defineStep({
  type: 'changeStage',
  family: 'contact',
  icon: 'stairs',
  label: say('Change stage'),
  help: say('Moves the contact to a stage. The stages are the choices of an attribute, in their order; a move backwards is marked as one in the contact’s history.'),
  config: z.strictObject({
    attribute: attributeField({ label: say('Stages'), help: say('An attribute with choices.'), required: true, kinds: ['choice'] }),
    stage: attributeValueField({ label: say('Stage'), of: 'attribute', required: true }),
    backwards: choiceField({
      label: say('Whoever is further already'),
      start: 'stay',
      options: [
        { value: 'stay', label: say('stays there') },
        { value: 'move', label: say('moves backwards') },
      ],
    }),
  }),
  outlets: () => [{ id: NEXT, label: say('Next') }],
  summary({ attribute, stage }, names) {
    if (attribute === null || typeof stage !== 'string') return say('Choose a stage');
    return say('Move to “{stage}” ({attribute})', { stage, attribute: names.attribute(attribute)?.label ?? attribute });
  },
  problems({ attribute, stage }, names) {
    const known = attribute === null ? undefined : names.attribute(attribute);
    if (known === undefined || stage === null) return [];
    return known.choices?.includes(String(stage)) === true
      ? []
      : [problem('stage-unknown', say('{attribute} has no choice “{stage}”. Choose one of its choices, whose order is that of the stages.', { attribute: known.label, stage: String(stage) }), { field: 'stage' })];
  },
  run({ config: { attribute, stage, backwards } }) {
    if (attribute === null || typeof stage !== 'string') throw new Error('A step without its stage was published');
    return { kind: 'leave', outlet: NEXT, effects: [{ kind: 'setStage', attribute, stage, backwards: backwards === 'move' }] };
  },
});
