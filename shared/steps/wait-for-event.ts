// Waits for the first of several events, for so long at the most (FEATURES A2.5, A2.7, D9). Each has a way out of its own, and
// so has the time-out. An event at the very instant of the time-out has come in time (D25); later ones are only recorded.
import { z } from 'zod';
import { choiceField, durationField, formsField, messageField, outletIdSchema, tagField, textField } from '../fields.ts';
import { conditionsFrom, eventNameProblems, filteredText, filterProblems, filtersField, type EventQuestion } from '../contacts/event-question.ts';
import { problem, type Problem } from '../problem.ts';
import { say, type Text } from '../text.ts';
import { addDuration } from '../time.ts';
import { durationText } from '../time-words.ts';
import { defineStep, type Names } from './step.ts';

const TIMED_OUT = 'timedOut';

const ABOUT_MESSAGES = ['message_opened', 'message_clicked', 'message_replied'] as const;
const CUSTOM = 'custom';

const awaitedForm = z.strictObject({
  event: choiceField({
    label: say('Event'),
    start: 'message_opened',
    options: [
      { value: 'message_opened', label: say('opens a message') },
      { value: 'message_clicked', label: say('clicks in a message') },
      { value: 'message_replied', label: say('replies to a message') },
      { value: 'order_placed', label: say('places an order') },
      { value: 'tag_added', label: say('gets a tag') },
      { value: CUSTOM, label: say('another event') },
    ],
  }),
  message: messageField({ label: say('E-mail'), help: say('None chosen: any message.'), when: { field: 'event', is: ABOUT_MESSAGES } }),
  tag: tagField({ label: say('Tag'), required: true, when: { field: 'event', is: ['tag_added'] } }),
  name: textField({
    label: say('Name of the event'),
    help: say('As it is recorded: form_sent, page_viewed.'),
    max: 63,
    required: true,
    when: { field: 'event', is: [CUSTOM] },
  }),
  where: filtersField({ label: say('Only if'), when: { field: 'event', is: ['order_placed', CUSTOM] } }),
  label: textField({ label: say('Name of the way'), help: say('Empty: the event itself.'), max: 200 }),
});
const awaitedSchema = awaitedForm.extend({ id: outletIdSchema });
type Awaited = z.infer<typeof awaitedSchema>;

export const waitForEvent = defineStep({
  type: 'waitForEvent',
  family: 'time',
  icon: 'ear',
  label: say('Wait for event'),
  help: say(
    'Keeps the contact until something happens: the first of these events takes them its way. Whoever has waited long enough goes the way of the time-out. What happens after that is recorded, and moves nobody. Some mail programs open every message by themselves, so a click says more than an open.',
  ),
  config: z.strictObject({
    events: formsField({
      label: say('Events'),
      help: say('The first that happens takes the contact.'),
      required: true,
      item: awaitedForm,
      entry: awaitedSchema,
      most: 20,
      start: [{ ...awaitedForm.parse({}), id: 'e1' }],
    }),
    since: choiceField({
      label: say('Counts what has happened since they'),
      start: 'visit',
      options: [
        { value: 'visit', label: say('came to this step') },
        { value: 'enrollment', label: say('came into the flow') },
      ],
    }),
    atMost: durationField({
      label: say('At most'),
      help: say('Counted from when the contact comes to this step.'),
      start: { amount: 3, unit: 'days' },
      required: true,
    }),
  }),
  outlets: ({ events, atMost }) => [
    ...events.map((each) => ({ id: each.id, label: wayText(each) })),
    { id: TIMED_OUT, label: say('After {duration}', { duration: durationText(atMost) }) },
  ],
  summary: ({ events, atMost }, names) =>
    events.length === 0
      ? say('Choose what to wait for')
      : say('Wait until the contact {events}; at most {duration}', {
          events: events.map((each) => awaitedText(each, names)).reduce((before, after) => say('{before} or {after}', { before, after })),
          duration: durationText(atMost),
        }),
  problems: ({ events, atMost }) => [
    ...(atMost.amount > 0
      ? []
      : [problem('wait-zero', say('This step waits for no time at all. Give it a length, or use a branch.'), { field: 'atMost.amount' })]),
    ...events.flatMap((each, index) => awaitedProblems(events, index, each)),
  ],
  facts: ({ events, since }) => ({ first: { firstEvent: events.map((each) => ({ id: each.id, question: questionOf(each) })), since } }),
  wakesOn: ({ events }) => events.map((each) => questionOf(each).type),
  run({ config: { atMost }, facts: { first }, now, enteredAt, zone }) {
    if (first === undefined || (first !== null && (typeof first !== 'object' || !('awaited' in first)))) throw new Error('Nobody has looked for the events that are waited for');
    const end = addDuration(enteredAt, atMost, zone);
    // What happened in time counts whenever it becomes known: a machine that was off does not turn it into a time-out.
    if (first !== null && first.at <= end) return { kind: 'leave', outlet: first.awaited };
    return now >= end ? { kind: 'leave', outlet: TIMED_OUT } : { kind: 'wait', until: end };
  },
});

function isAboutMessage(event: string): boolean {
  return (ABOUT_MESSAGES as readonly string[]).includes(event);
}

function questionOf({ event, message, tag, name, where }: Awaited): EventQuestion {
  if (isAboutMessage(event)) return { type: event, ...(message !== null && { message }) };
  if (event === 'tag_added') return { type: event, tag: tag.trim() };
  return { type: event === CUSTOM ? name.trim() : event, where: conditionsFrom(where) };
}

function awaitedProblems(events: readonly Awaited[], index: number, { id, event, name, where }: Awaited): Problem[] {
  const place = `events.${index}`;
  const isTaken = id === TIMED_OUT || events.slice(0, index).some((earlier) => earlier.id === id);
  return [
    ...(isTaken ? [problem('outlet-twice', say('Two ways out are both named “{id}” in the file. Each needs its own id.', { id }), { field: `${place}.id` })] : []),
    ...(event === CUSTOM ? eventNameProblems(name, `${place}.name`) : []),
    ...(event === CUSTOM || event === 'order_placed' ? filterProblems(where, `${place}.where`) : []),
  ];
}

/** What the way of an event is called. */
function wayText({ label, event, tag, name }: Awaited): Text {
  if (label.trim() !== '') return say('{label}', { label: label.trim() });
  switch (event) {
    case 'message_opened':
      return say('Opened');
    case 'message_clicked':
      return say('Clicked');
    case 'message_replied':
      return say('Replied');
    case 'order_placed':
      return say('Ordered');
    case 'tag_added':
      return say('Tag “{tag}”', { tag: tag.trim() });
    case CUSTOM:
      return name.trim() === '' ? say('Event') : say('{label}', { label: name.trim().replaceAll('_', ' ') });
  }
}

function awaitedText({ event, message: key, tag, name, where }: Awaited, names: Names): Text {
  const message = key === null ? say('any message') : say('“{message}”', { message: names.message(key) ?? key });
  switch (event) {
    case 'message_opened':
      return say('opens {message}', { message });
    case 'message_clicked':
      return say('clicks in {message}', { message });
    case 'message_replied':
      return say('replies to {message}', { message });
    case 'order_placed':
      return filteredText(say('places an order'), where);
    case 'tag_added':
      return say('gets the tag “{tag}”', { tag: tag.trim() });
    case CUSTOM:
      return filteredText(say('has the event {event}', { event: name.trim() === '' ? '?' : name.trim() }), where);
  }
}
