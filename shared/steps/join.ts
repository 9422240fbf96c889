// Brings parallel paths together: the contact goes on when all of them have come here, or as many as are wanted (FEATURES A3.17). A
// path that has ended elsewhere counts as come; those that are still on their way when the contact goes on end.
import { z } from 'zod';
import { choiceField, durationField, numberField } from '../fields.ts';
import { problem } from '../problem.ts';
import { say } from '../text.ts';
import { addDuration } from '../time.ts';
import { durationText } from '../time-words.ts';
import { defineStep, NEXT } from './step.ts';

const TIMED_OUT = 'timedOut';

export const join = defineStep({
  type: 'join',
  family: 'logic',
  icon: 'join',
  label: say('Join'),
  help: say('Brings parallel paths together: keeps the contact until all of them have come here, or as many as you say. A path that has ended elsewhere counts as come; the others end when the contact goes on.'),
  config: z.strictObject({
    until: choiceField({
      label: say('Goes on when'),
      start: 'all',
      options: [
        { value: 'all', label: say('all paths have come here') },
        { value: 'some', label: say('so many paths have come here') },
      ],
    }),
    count: numberField({ label: say('How many paths'), start: 1, min: 1, max: 8, when: { field: 'until', is: ['some'] } }),
    limit: choiceField({
      label: say('Waits'),
      start: 'none',
      options: [
        { value: 'none', label: say('as long as it takes') },
        { value: 'time', label: say('for some time at the most') },
      ],
    }),
    atMost: durationField({
      label: say('At most'),
      help: say('Counted from when the first path comes here.'),
      start: { amount: 7, unit: 'days' },
      required: true,
      when: { field: 'limit', is: ['time'] },
    }),
  }),
  outlets: ({ limit, atMost }) => [{ id: NEXT, label: say('Together') }, ...(limit === 'time' ? [{ id: TIMED_OUT, label: say('After {duration}', { duration: durationText(atMost) }) }] : [])],
  summary: ({ until, count, limit, atMost }) => {
    const what = until === 'all' ? say('Wait for all paths') : say('Wait for {count, plural, one {# path} other {# paths}}', { count });
    return limit === 'none' ? what : say('{what}; at most {duration}', { what, duration: durationText(atMost) });
  },
  problems: ({ limit, atMost }) =>
    limit === 'none' || atMost.amount > 0 ? [] : [problem('wait-zero', say('This waits for no time at all. Give it a length, or let it wait as long as it takes.'), { field: 'atMost.amount' })],
  joins: true,
  run({ config: { until, count, limit, atMost }, paths, now, enteredAt, zone }) {
    const { open, done } = paths ?? { open: 0, done: 0 };
    if (open === 0 || (until === 'some' && done >= count)) return { kind: 'leave', outlet: NEXT };
    if (limit === 'none') return { kind: 'wait', until: null };
    const end = addDuration(enteredAt, atMost, zone);
    return now >= end ? { kind: 'leave', outlet: TIMED_OUT } : { kind: 'wait', until: end };
  },
});
