// Takes the contact out of another flow, or of all others (FEATURES A4.13, A3.15).
import { z } from 'zod';
import { FLOW_END_ASKED } from '../contacts/event.ts';
import { choiceField, flowField } from '../fields.ts';
import { say } from '../text.ts';
import { defineStep, NEXT } from './step.ts';

export const endFlows = defineStep({
  type: 'endFlows',
  family: 'people',
  icon: 'stop',
  label: say('End other flows'),
  help: say('Takes the contact out of another flow, or out of all others. What was planned to be sent there is cancelled; the history stays.'),
  config: z.strictObject({
    which: choiceField({
      label: say('Which'),
      start: 'one',
      options: [
        { value: 'one', label: say('a certain flow') },
        { value: 'others', label: say('all other flows') },
      ],
    }),
    flow: flowField({ label: say('Flow'), required: true, when: { field: 'which', is: ['one'] } }),
  }),
  outlets: () => [{ id: NEXT, label: say('Next') }],
  summary({ which, flow }, names) {
    if (which === 'others') return say('End all other flows for the contact');
    return flow === null ? say('Choose a flow') : say('End the flow “{flow}” for the contact', { flow: names.flow?.(flow) ?? String(flow) });
  },
  run: ({ config: { which, flow } }) => ({ kind: 'leave', outlet: NEXT, effects: [{ kind: 'emit', event: FLOW_END_ASKED, data: { flow: which === 'others' ? null : flow } }] }),
});
