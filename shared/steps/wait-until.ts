// Waits until a moment: a clock time on chosen weekdays, a fixed date, or a date of the contact plus or minus some days.
// What happens to those for whom the moment is past, or who have no date, must be said: there is no silent answer
// (FEATURES D11). "Past" means: before the contact came here. So it does not depend on when somebody looks. Whoever comes while the
// clock shows that minute has come in time: what begins at nine goes on at some moment past nine.
import { z } from 'zod';
import type { Rule } from '../contacts/rule.ts';
import { sideField, whoseTimeField } from '../common-fields.ts';
import { attributeField, choiceField, dateTimeField, decisionField, numberField, timeOfDayField, weekdaysField } from '../fields.ts';
import { problem } from '../problem.ts';
import { say, type Text } from '../text.ts';
import { addDays, anniversary, atLocal, isDate, localDate, MINUTE, nextLocalTime, type Instant } from '../time.ts';
import { distanceText, weekdaysText } from '../time-words.ts';
import { defineStep, NEXT, type Fact, type FactRequest, type Names, type Outcome } from './step.ts';

const ON_A_DATE = { field: 'until', is: ['date', 'attribute'] };

const config = z.strictObject({
  until: choiceField({
    label: say('Until'),
    start: 'time',
    options: [
      { value: 'time', label: say('a clock time') },
      { value: 'date', label: say('a fixed date') },
      { value: 'attribute', label: say('a date of the contact') },
    ],
  }),
  weekdays: weekdaysField({ label: say('On'), help: say('None chosen: any day.'), when: { field: 'until', is: ['time'] } }),
  date: dateTimeField({ label: say('Date and time'), required: true, when: { field: 'until', is: ['date'] } }),
  days: numberField({ label: say('Days'), start: 0, min: 0, max: 3650, unit: say('days'), when: { field: 'until', is: ['attribute'] } }),
  side: sideField({ when: { field: 'until', is: ['attribute'] } }),
  attribute: attributeField({
    label: say('Date'),
    required: true,
    kinds: ['date', 'dateTime'],
    when: { field: 'until', is: ['attribute'] },
  }),
  time: timeOfDayField({ label: say('At'), start: '09:00', when: { field: 'until', is: ['time', 'attribute'] } }),
  zone: whoseTimeField(),
  past: decisionField({
    label: say('If it is already past'),
    options: [
      { value: 'go', label: say('go on at once') },
      { value: 'way', label: say('go another way') },
      { value: 'anniversary', label: say('wait for the next anniversary of that day') },
      { value: 'exit', label: say('leave the flow') },
    ],
    when: ON_A_DATE,
  }),
  leapDay: choiceField({
    label: say('29 February in other years'),
    start: 'feb28',
    options: [
      { value: 'feb28', label: say('on 28 February') },
      { value: 'mar1', label: say('on 1 March') },
    ],
    when: [ON_A_DATE, { field: 'past', is: ['anniversary'] }],
  }),
  missing: decisionField({
    label: say('If the contact has no such date'),
    options: [
      { value: 'go', label: say('go on at once') },
      { value: 'way', label: say('go another way') },
      { value: 'exit', label: say('leave the flow') },
    ],
    when: { field: 'until', is: ['attribute'] },
  }),
});
type Config = z.infer<typeof config>;

/** Reasons with which contacts leave the flow here; reports group by them. */
export const DATE_PAST = 'date-past';
export const DATE_MISSING = 'date-missing';

/** The ways of those for whom it is past, and who have no date, where they are to go another one: past a message, for example. */
const PAST = 'past';
const MISSING = 'missing';

export const waitUntil = defineStep({
  type: 'waitUntil',
  family: 'time',
  icon: 'clock',
  label: say('Wait until'),
  help: say(
    'Keeps the contact until a clock time, a date, or some days before or after a date of theirs. Where the clock skips that time, it is the moment just after; where the clock shows it twice, the first.',
  ),
  config,
  outlets({ until, past, missing }) {
    const others = [
      ...(until !== 'time' && past === 'way' ? [{ id: PAST, label: say('Already past') }] : []),
      ...(until === 'attribute' && missing === 'way' ? [{ id: MISSING, label: say('No date') }] : []),
    ];
    return [{ id: NEXT, label: others.length === 0 ? say('Next') : say('On time') }, ...others];
  },
  summary: summaryOf,
  problems: ({ until, date }) =>
    until === 'date' && date !== null && !isDate(date.slice(0, 10))
      ? [problem('no-such-date', say('There is no day {date} in the calendar.', { date: date.slice(0, 10) }), { field: 'date' })]
      : [],
  facts(values): Record<string, FactRequest> {
    if (values.until === 'time') return { passed: { passedClock: true } };
    return values.until === 'attribute' && values.attribute !== null ? { date: { attribute: values.attribute } } : {};
  },
  asks({ until, attribute, side, days }, outlet) {
    if (until !== 'attribute' || attribute === null) return null;
    const has = (operator: 'isEmpty' | 'isNotEmpty'): Rule => ({ kind: 'attribute', attribute, operator });
    if (outlet === MISSING) return has('isEmpty');
    // A day that is long over is past for certain; any other may be.
    const over: Rule = { kind: 'attribute', attribute, operator: 'longerAgo', value: { amount: side === 'after' ? days + 1 : 1, unit: 'days' } };
    return outlet === PAST ? { kind: 'any', rules: [over, has('isNotEmpty')] } : has('isNotEmpty');
  },
  // A date that is changed or deleted while somebody waits is reckoned anew (FEATURES D13), and so is the clock of who moves to
  // another time zone (D12).
  wakesOn: ({ until, zone }) => (until === 'attribute' || zone === 'contact' ? ['attributes_changed'] : []),
  run({ config: values, enteredAt, now, zone: contactZone, workspaceZone, facts }) {
    const zone = values.zone === 'contact' ? contactZone : workspaceZone;
    const due =
      values.until === 'time'
        ? dueAtTime(values, enteredAt, zone, facts.passed ?? null)
        : dueOnDate(values, minuteOf(enteredAt), zone, facts.date ?? null);
    if (typeof due === 'object') return due;
    return now >= due ? { kind: 'leave', outlet: NEXT } : { kind: 'wait', until: due };
  },
});

function minuteOf(instant: Instant): Instant {
  return Math.floor(instant / MINUTE) * MINUTE;
}

/** The first such time; but one that this passage has waited for already is over: the next of two daily mails leaves a day later. */
function dueAtTime({ time, weekdays }: Config, enteredAt: Instant, zone: string, passed: Fact): Instant {
  const due = nextLocalTime(minuteOf(enteredAt), time, weekdays, zone);
  return typeof passed === 'number' && passed >= due ? nextLocalTime(due + 1, time, weekdays, zone) : due;
}

type Day = { date: string; offsetDays: number; time: string };

/** When it is due; or at once the outcome for whoever has no date, or for whom it was past on coming here. */
function dueOnDate(values: Config, enteredAt: Instant, zone: string, value: Fact): Instant | Outcome {
  const day = dayOf(values, zone, value);
  if (day === null) return given(values.missing, MISSING, DATE_MISSING);
  const due = instantOf(day, zone);
  if (due >= enteredAt) return due;
  return values.past === 'anniversary' ? nextAnniversary(day, enteredAt, zone, values.leapDay) : given(values.past, PAST, DATE_PAST);
}

/** What becomes of those who do not go on time. */
function given(answer: Config['missing'], outlet: string, reason: string): Outcome {
  if (answer === 'exit') return { kind: 'exit', reason };
  return answer === 'way' ? { kind: 'leave', outlet, otherwise: reason } : { kind: 'leave', outlet: NEXT };
}

/** The day and clock time that the configuration names for this contact; `null` where the contact has no date. */
function dayOf(values: Config, zone: string, value: Fact): Day | null {
  if (values.until === 'date') {
    if (values.date === null) throw new Error('A step without its date was published');
    return { date: values.date.slice(0, 10), offsetDays: 0, time: values.date.slice(11) };
  }
  const date = typeof value === 'number' ? localDate(value, zone) : value;
  if (typeof date !== 'string' || !isDate(date)) return null;
  return { date, offsetDays: values.side === 'on' ? 0 : values.side === 'before' ? -values.days : values.days, time: values.time };
}

function instantOf({ date, offsetDays, time }: Day, zone: string): Instant {
  return atLocal(addDays(date, offsetDays), time, zone);
}

/** The first anniversary of a day at or after an instant. `leapDay`: where 29 February is kept in other years (FEATURES D13). */
function nextAnniversary(day: Day, from: Instant, zone: string, leapDay: Config['leapDay']): Instant {
  const year = Number(addDays(localDate(from, zone), -day.offsetDays).slice(0, 4));
  for (const each of [year - 1, year, year + 1]) {
    const instant = instantOf({ ...day, date: anniversary(day.date, each, leapDay) }, zone);
    if (instant >= from) return instant;
  }
  throw new Error(`No anniversary of ${day.date} near ${from}`);
}

function summaryOf(values: Config, names: Names): Text {
  const { time } = values;
  const whose = values.zone === 'contact' ? say('the contact’s time') : say('the workspace’s time');
  if (values.until === 'time') {
    if (values.weekdays.length === 0) return say('Wait until {time}, {whose}', { time, whose });
    return say('Wait until {weekdays} {time}, {whose}', { weekdays: weekdaysText(values.weekdays), time, whose });
  }
  const past = answerText(values.past);
  if (values.until === 'date') {
    if (values.date === null) return say('Wait until a date that you choose');
    return say('Wait until {date} {time}, {whose}; if past: {past}', {
      date: values.date.slice(0, 10),
      time: values.date.slice(11),
      whose,
      past,
    });
  }
  if (values.attribute === null) return say('Wait until a date that you choose');
  return say('Wait until {distance} {attribute} {time}, {whose}; if past: {past}; without a date: {missing}', {
    distance: distanceText(values.days, values.side),
    attribute: names.attribute(values.attribute)?.label ?? values.attribute,
    time,
    whose,
    past,
    missing: answerText(values.missing),
  });
}

function answerText(answer: Config['past']): Text {
  switch (answer) {
    case null:
      return say('not decided');
    case 'go':
      return say('go on at once');
    case 'way':
      return say('go another way');
    case 'anniversary':
      return say('wait for the next anniversary');
    case 'exit':
      return say('leave the flow');
  }
}
