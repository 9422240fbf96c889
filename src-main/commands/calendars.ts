// Commands about calendars: the workspace's own lists of days, and the public holidays that are known anyway.
import { readFileSync } from 'node:fs';
import type { Calendar } from '../../shared/calendar/calendars.ts';
import { readDays } from '../../shared/calendar/days-text.ts';
import { HOLIDAY_COUNTRIES } from '../../shared/calendar/holidays.ts';
import { ProblemError, refuse } from '../../shared/problem.ts';
import { inEnglish, say } from '../../shared/text.ts';
import { localDate } from '../../shared/time.ts';
import type { Command } from './command.ts';
import { withNearest, wrongUsage } from './usage.ts';

const list: Command = {
  name: 'calendars',
  usage: 'WORKSPACE [CALENDAR [--year YYYY]]',
  help: 'Lists the calendars of a workspace and the public holidays that are known, each with its key; with CALENDAR (its key or name) the days of that one.\nOf public holidays those of a year: this one, or that of --year.',
  options: { year: { type: 'string' } },
  positionals: { min: 1, max: 2 },
  async run(context) {
    const [workspace, wanted] = context.positionals as [string, string | undefined];
    const year = yearOf(context.options['year'] as string | undefined);
    const backend = await context.open(workspace);
    const own = await context.call(backend, 'calendars.list', {});
    if (wanted === undefined) {
      if (year !== undefined) wrongUsage('calendar-missing', say('Say of which calendar: --year goes with one.'), { field: '--year' });
      const countries = HOLIDAY_COUNTRIES.map(({ key, label }) => ({ key, name: inEnglish(label) }));
      const lines = [...own.map(({ key, name, days }) => `${key.padEnd(16)}  ${name}: ${days.length} ${days.length === 1 ? 'day' : 'days'}`), ...countries.map(({ key, name }) => `${key.padEnd(16)}  ${name}`)];
      return context.print(lines.join('\n'), { own, holidays: countries });
    }
    const calendar = own.find(({ key, name }) => key === wanted || name === wanted);
    const country = HOLIDAY_COUNTRIES.find(({ key }) => key === wanted);
    if (calendar === undefined && country === undefined) unknown(wanted, own);
    if (calendar !== undefined) return context.print(calendar.days.length === 0 ? 'It has no days.' : calendar.days.map(({ date, name }) => `${date}  ${name}`.trimEnd()).join('\n'), calendar);
    const { timeZone } = await context.call(backend, 'settings.get', {});
    const of = year ?? Number(localDate(backend.current()!.workspace.clock.now(), timeZone).slice(0, 4));
    const days = await context.call(backend, 'calendars.holidays', { key: country!.key, year: of });
    context.print(days.join('\n'), { key: country!.key, name: inEnglish(country!.label), year: of, days });
  },
};

const set: Command = {
  name: 'calendar set',
  usage: 'WORKSPACE NAME FILE',
  help: 'Makes a calendar of the days in FILE, or gives the one of this name those days instead of its own: a day on each line, with what it is called: 2026-12-24 Christmas Eve.\nPeople who wait by it are reckoned anew.',
  positionals: { min: 3, max: 3 },
  async run(context) {
    const [workspace, name, file] = context.positionals as [string, string, string];
    const { days, problems } = readDays(textOf(file));
    if (problems.length > 0) throw new ProblemError(...problems.map((each) => ({ ...each, place: { file, ...each.place } })));
    const backend = await context.open(workspace);
    const known = (await context.call(backend, 'calendars.list', {})).find((each) => each.name === name || each.key === name);
    const { key } = await context.call(backend, 'calendars.save', { key: known?.key ?? null, name: known?.name ?? name, days });
    context.print(`“${known?.name ?? name}” has ${days.length} ${days.length === 1 ? 'day' : 'days'} now; flow files name it ${key}.`, { key, days: days.length, created: known === undefined });
  },
};

const remove: Command = {
  name: 'calendar remove',
  usage: 'WORKSPACE CALENDAR',
  help: 'Removes a calendar that no flow uses, by its key or name.',
  positionals: { min: 2, max: 2 },
  async run(context) {
    const [workspace, wanted] = context.positionals as [string, string];
    const backend = await context.open(workspace);
    const own = await context.call(backend, 'calendars.list', {});
    const calendar = own.find(({ key, name }) => key === wanted || name === wanted) ?? unknown(wanted, own);
    await context.call(backend, 'calendars.remove', { key: calendar.key });
    context.print(`“${calendar.name}” is removed.`, { key: calendar.key });
  },
};

export const calendarCommands: Command[] = [list, set, remove];

function unknown(wanted: string, own: readonly Calendar[]): never {
  const keys = [...own.map(({ key }) => key), ...HOLIDAY_COUNTRIES.map(({ key }) => key)];
  refuse('calendar-unknown', withNearest(say('There is no calendar {wanted}. There are: {keys}.', { wanted, keys: keys.join(', ') }), wanted, keys));
}

function yearOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const year = /^\d{4}$/.test(text) ? Number(text) : 0;
  return year >= 1900 && year <= 2200 ? year : wrongUsage('bad-number', say('--year must be a year from 1900 to 2200.'), { field: '--year' });
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    refuse('file-missing', say('{file} cannot be read ({reason}). Check the path.', { file, reason: (error as NodeJS.ErrnoException).code ?? String(error) }), { file });
  }
}
