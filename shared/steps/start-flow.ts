// Sends the contact into another flow, beside this one. That flow needs the trigger "From another flow" (FEATURES A4.13).
import { z } from 'zod';
import { FLOW_START_ASKED } from '../contacts/event.ts';
import { flowField } from '../fields.ts';
import { warning } from '../problem.ts';
import { say } from '../text.ts';
import { defineStep, NEXT } from './step.ts';

export const startFlow = defineStep({
  type: 'startFlow',
  family: 'people',
  icon: 'flowArrow',
  label: say('Start another flow'),
  help: say('Sends the contact into another flow as well, as far as its settings let them in. The other flow needs the trigger “From another flow”.'),
  config: z.strictObject({ flow: flowField({ label: say('Flow'), required: true }) }),
  outlets: () => [{ id: NEXT, label: say('Next') }],
  summary: ({ flow }, names) => (flow === null ? say('Choose a flow') : say('Start the flow “{flow}”', { flow: names.flow?.(flow) ?? String(flow) })),
  problems: ({ flow }, names) =>
    flow !== null && names.isStartable?.(flow) === false
      ? [warning('flow-not-startable', say('“{flow}” does not have the trigger “From another flow”, so nobody comes in. Add it there.', { flow: names.flow?.(flow) ?? String(flow) }), { field: 'flow' })]
      : [],
  run({ config: { flow } }) {
    if (flow === null) throw new Error('A step without its flow was published');
    return { kind: 'leave', outlet: NEXT, effects: [{ kind: 'emit', event: FLOW_START_ASKED, data: { flow } }] };
  },
});
