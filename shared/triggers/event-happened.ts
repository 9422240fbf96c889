// Starts when an event is recorded for a contact: one of the user's own, or any that the program knows by name (FEATURES A1.8).
import { z } from 'zod';
import { conditionsFrom, eventNameProblems, filteredText, filterProblems, filtersField } from '../contacts/event-question.ts';
import { textField } from '../fields.ts';
import { say } from '../text.ts';
import { defineTrigger } from './trigger.ts';

export const eventHappened = defineTrigger({
  type: 'eventHappened',
  icon: 'bolt',
  label: say('Event happened'),
  help: say('Starts when an event of yours is recorded for a contact: a form sent, a page viewed, a visit. Conditions on its properties are optional.'),
  config: z.strictObject({
    name: textField({ label: say('Name of the event'), help: say('As it is recorded: form_sent, page_viewed.'), max: 63, required: true }),
    where: filtersField({ label: say('Only if') }),
  }),
  summary: ({ name, where }) =>
    name.trim() === '' ? say('When an event happens that you name') : filteredText(say('When the event {event} happens', { event: name.trim() }), where),
  problems: ({ name, where }) => [...eventNameProblems(name, 'name'), ...filterProblems(where, 'where')],
  source: ({ name, where }) => ({ on: 'event', types: [name.trim()], matching: { type: name.trim(), where: conditionsFrom(where) } }),
});
