// Durations, weekdays and clock times in words, for summaries of steps and triggers and for rules.
import type { Duration } from './fields.ts';
import { say, type Text } from './text.ts';

/** "2 days", "1 hour". */
export function durationText({ amount, unit }: Duration): Text {
  switch (unit) {
    case 'minutes':
      return say('{amount, plural, one {# minute} other {# minutes}}', { amount });
    case 'hours':
      return say('{amount, plural, one {# hour} other {# hours}}', { amount });
    case 'days':
      return say('{amount, plural, one {# day} other {# days}}', { amount });
    case 'weeks':
      return say('{amount, plural, one {# week} other {# weeks}}', { amount });
    case 'months':
      return say('{amount, plural, one {# month} other {# months}}', { amount });
    case 'years':
      return say('{amount, plural, one {# year} other {# years}}', { amount });
  }
}

const WEEKDAYS: readonly Text[] = [
  say('Monday'),
  say('Tuesday'),
  say('Wednesday'),
  say('Thursday'),
  say('Friday'),
  say('Saturday'),
  say('Sunday'),
];

/** A weekday by its number: Monday is 1, Sunday is 7. */
export function weekdayText(weekday: number): Text {
  const text = WEEKDAYS[weekday - 1];
  if (text === undefined) throw new Error(`There is no weekday ${weekday}`);
  return text;
}

/** Weekdays in the order of the week, whichever comes first: "Tuesday or Thursday"; Monday to Friday are "a working day". */
export function weekdaysText(weekdays: readonly number[]): Text {
  const days = [...new Set(weekdays)].sort((a, b) => a - b);
  if (days.length === 0 || days.length === 7) return say('any day');
  if (days.join() === '1,2,3,4,5') return say('a working day (Monday to Friday)');
  return days.map(weekdayText).reduce((before, after) => say('{before} or {after}', { before, after }));
}

/** "3 days before", "on the day of", "1 day after": what stands before the name of a date. */
export function distanceText(days: number, side: 'before' | 'on' | 'after'): Text {
  if (side === 'on' || days === 0) return say('on the day of');
  return side === 'before'
    ? say('{days, plural, one {# day} other {# days}} before', { days })
    : say('{days, plural, one {# day} other {# days}} after', { days });
}
