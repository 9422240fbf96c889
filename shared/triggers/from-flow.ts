// Starts when another flow sends a contact here with its step "Start another flow" (FEATURES A1.14).
import { z } from 'zod';
import { FLOW_START_ASKED } from '../contacts/event.ts';
import { flowField } from '../fields.ts';
import { say } from '../text.ts';
import { defineTrigger } from './trigger.ts';

export const fromFlow = defineTrigger({
  type: 'fromFlow',
  icon: 'flowArrow',
  label: say('From another flow'),
  help: say('Starts when another flow sends contacts here, with its step “Start another flow”. Flows that start each other wait a minute between entries of one contact.'),
  config: z.strictObject({ flow: flowField({ label: say('From which flow'), help: say('None chosen: from any.') }) }),
  summary: ({ flow }, names) =>
    flow === null ? say('When another flow starts this one') : say('When the flow “{flow}” starts this one', { flow: names.flow?.(flow) ?? (flow === 0 ? '?' : String(flow)) }),
  source: ({ flow }) => ({
    on: 'event',
    types: [FLOW_START_ASKED],
    accepts: (event, own) => event.source === 'flow' && event.data.flow === own && (flow === null || event.flowId === flow),
  }),
});
