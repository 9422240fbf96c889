// The workspace's own calendars: named lists of days.
import { calendarsFrom, type Calendar, type Calendars } from '../../shared/calendar/calendars.ts';
import type { Workspace } from '../workspace.ts';
import { rows, run } from './database.ts';

type WithDatabase = Pick<Workspace, 'db'>;

/** All of them, by name; their days in order. */
export function calendarsOf(workspace: WithDatabase): Calendar[] {
  return rows<Omit<Calendar, 'days'> & { days: string }>(workspace.db, 'SELECT key, name, days FROM calendars ORDER BY name COLLATE NOCASE, key').map((each) => ({
    ...each,
    days: JSON.parse(each.days) as Calendar['days'],
  }));
}

/** Adds a calendar, or changes the one with its key. */
export function saveCalendar(workspace: WithDatabase, { key, name, days }: Calendar): void {
  const sorted = [...new Map(days.map((day) => [day.date, day])).values()].sort((a, b) => (a.date < b.date ? -1 : 1));
  run(workspace.db, 'INSERT INTO calendars (key, name, days) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET name = excluded.name, days = excluded.days', key, name, JSON.stringify(sorted));
}

export function deleteCalendar(workspace: WithDatabase, key: string): void {
  run(workspace.db, 'DELETE FROM calendars WHERE key = ?', key);
}

const read = new WeakMap<WithDatabase['db'], { stored: string; calendars: Calendars }>();

/** Which days are in which calendar, the countries' holidays among them. Read anew only when a list has changed. */
export function knownCalendars(workspace: WithDatabase): Calendars & { signature: string } {
  const found = rows<{ key: string; days: string }>(workspace.db, 'SELECT key, days FROM calendars ORDER BY key');
  const stored = found.map(({ key, days }) => `${key} ${days}`).join('\n');
  let known = read.get(workspace.db);
  if (known?.stored !== stored) {
    known = { stored, calendars: calendarsFrom(found.map(({ key, days }) => ({ key, days: JSON.parse(days) as Calendar['days'] }))) };
    read.set(workspace.db, known);
  }
  return { has: known.calendars.has, signature: stored };
}
