// Records an event of the user's own for the contact, that other flows, waits and rules can hear of (FEATURES A4.14).
import { z } from 'zod';
import { EVENT_TYPES, FLOW_END_ASKED, FLOW_START_ASKED } from '../contacts/event.ts';
import { eventNameProblems } from '../contacts/event-question.ts';
import { formsField, textField } from '../fields.ts';
import { problem } from '../problem.ts';
import { say } from '../text.ts';
import { defineStep, NEXT } from './step.ts';

/** What the program records itself would be a false entry in a contact’s history. */
function isOwnType(name: string): boolean {
  return ([...EVENT_TYPES, FLOW_START_ASKED, FLOW_END_ASKED] as readonly string[]).includes(name);
}

const propertyForm = z.strictObject({
  property: textField({ label: say('Property'), help: say('As it is called in the event: plan, product, page.'), max: 100, required: true }),
  value: textField({ label: say('Value') }),
});

export const emitEvent = defineStep({
  type: 'emitEvent',
  family: 'people',
  icon: 'broadcast',
  label: say('Record an event'),
  help: say('Records an event of yours for the contact. Other flows can start on it or wait for it, and rules can ask about it.'),
  config: z.strictObject({
    name: textField({ label: say('Name of the event'), help: say('As it is recorded: form_sent, page_viewed.'), max: 63, required: true }),
    properties: formsField({ label: say('Properties'), item: propertyForm, entry: propertyForm, most: 20 }),
  }),
  outlets: () => [{ id: NEXT, label: say('Next') }],
  summary: ({ name }) => (name.trim() === '' ? say('Name an event') : say('Record the event {event}', { event: name.trim() })),
  problems: ({ name }) =>
    isOwnType(name.trim())
      ? [problem('event-own', say('Events of the type {type} are recorded by Kanal itself. Choose another name for yours.', { type: name.trim() }), { field: 'name' })]
      : eventNameProblems(name, 'name'),
  run({ config: { name, properties } }) {
    const data = Object.fromEntries(properties.map(({ property, value }) => [property.trim(), value]));
    return { kind: 'leave', outlet: NEXT, effects: [{ kind: 'emit', event: name.trim(), data }] };
  },
});
