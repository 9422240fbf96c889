// The days of a calendar as text that somebody types or pastes: a day on each line, with what it is called behind it.
import { problem, type Problem } from '../problem.ts';
import { say } from '../text.ts';
import { isDate } from '../time.ts';
import type { Calendar } from './calendars.ts';

export function daysText(days: Calendar['days']): string {
  return days.map(({ date, name }) => `${date} ${name}`.trim()).join('\n');
}

/** Reads "2026-09-01 Odense" and "1.9.2026 Odense"; each line that is no day is a problem with its number. */
export function readDays(text: string): { days: Calendar['days']; problems: Problem[] } {
  const days: Calendar['days'] = [];
  const problems: Problem[] = [];
  text.split(/\r?\n/).forEach((line, index) => {
    if (line.trim() === '') return;
    const date = dateOf(line.trim());
    if (date === null) problems.push(problem('no-such-date', say('Line {line}: “{text}” does not begin with a day. Write it like 2026-12-24.', { line: index + 1, text: line.trim().slice(0, 40) }), { line: index + 1 }));
    else days.push({ date, name: line.trim().replace(/^\S+\s*/, '').slice(0, 200) });
  });
  return { days, problems };
}

/** The day first, as in most of Europe, where the year comes last. */
function dateOf(line: string): string | null {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})(?!\S)/.exec(line);
  const european = /^(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?!\S)/.exec(line);
  const [year, month, day] = iso !== null ? [iso[1], iso[2], iso[3]] : european !== null ? [european[3], european[2], european[1]] : [];
  if (year === undefined) return null;
  const date = `${year}-${month!.padStart(2, '0')}-${day!.padStart(2, '0')}`;
  return isDate(date) ? date : null;
}
