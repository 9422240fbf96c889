// Starts when a contact has not done something for so many days: once for each such spell, on the day on which it is so long
// (FEATURES A1.16).
import { z } from 'zod';
import { eventNameProblems, type EventQuestion } from '../contacts/event-question.ts';
import type { Rule } from '../contacts/rule.ts';
import { choiceField, numberField, textField, timeOfDayField } from '../fields.ts';
import { say, type Text } from '../text.ts';
import { defineTrigger } from './trigger.ts';

const ANYTHING = ['message_opened', 'message_clicked', 'message_replied', 'order_placed'] as const;
const MESSAGE_ACTS = { message_opened: 'opened', message_clicked: 'clicked', message_replied: 'replied' } as const;

const config = z.strictObject({
  what: choiceField({
    label: say('What has not happened'),
    start: 'anything',
    options: [
      { value: 'anything', label: say('opening, clicking, replying or ordering') },
      { value: 'message_opened', label: say('opening a message') },
      { value: 'message_clicked', label: say('clicking in a message') },
      { value: 'message_replied', label: say('replying to a message') },
      { value: 'order_placed', label: say('placing an order') },
      { value: 'custom', label: say('another event') },
    ],
  }),
  name: textField({ label: say('Name of the event'), help: say('As it is recorded: form_sent, page_viewed.'), max: 63, required: true, when: { field: 'what', is: ['custom'] } }),
  days: numberField({ label: say('For'), help: say('Who has never done it counts from the day on which they were added.'), start: 90, min: 1, max: 3650, unit: say('days') }),
  at: timeOfDayField({ label: say('Looked at once a day, at'), help: say('In the workspace’s time.'), start: '09:00' }),
});
type Config = z.infer<typeof config>;

export const inactive = defineTrigger({
  type: 'inactive',
  icon: 'zzz',
  label: say('Inactive'),
  help: say('Starts when something has not happened for so many days, once for each such spell. Whoever has been inactive longer when the flow is published does not count.'),
  config,
  summary: ({ what, name, days }) => say('When there was no {what} for {days, plural, one {# day} other {# days}}', { what: whatText(what, name), days }),
  problems: ({ what, name }) => (what === 'custom' ? eventNameProblems(name, 'name') : []),
  source: (values) => ({ on: 'quiet', questions: questionsOf(values), days: values.days, at: values.at }),
  existing: (values) => ({ kind: 'all', rules: questionsOf(values).map(({ type }) => notDone(type, values.days)) }),
});

function questionsOf({ what, name }: Config): EventQuestion[] {
  if (what === 'anything') return ANYTHING.map((type) => ({ type }));
  return [{ type: what === 'custom' ? name.trim() : what }];
}

function notDone(type: string, days: number): Rule {
  const since = { amount: days, unit: 'days' } as const;
  if (type === 'order_placed') return { kind: 'order', measure: 'count', operator: 'equals', value: 0, since };
  if (Object.hasOwn(MESSAGE_ACTS, type)) return { kind: 'message', message: 'any', act: MESSAGE_ACTS[type as keyof typeof MESSAGE_ACTS], did: false, since };
  return { kind: 'event', event: type, did: false, since };
}

function whatText(what: Config['what'], name: string): Text {
  switch (what) {
    case 'anything':
      return say('sign of life');
    case 'message_opened':
      return say('open');
    case 'message_clicked':
      return say('click');
    case 'message_replied':
      return say('reply');
    case 'order_placed':
      return say('order');
    case 'custom':
      return say('event {event}', { event: name.trim() === '' ? '?' : name.trim() });
  }
}
