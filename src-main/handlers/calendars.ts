// Calls about calendars: lists of days that triggers start on and waits leave out.
import { isHolidayCalendar } from '../../shared/calendar/calendars.ts';
import { holidaysIn } from '../../shared/calendar/holidays.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Handlers } from '../dispatch.ts';
import { calendarsOf, deleteCalendar, saveCalendar } from '../store/calendars.ts';
import { transaction } from '../store/database.ts';
import { wakeAllWaiting } from '../store/people-inside.ts';
import { recordAudit } from '../store/runner-state.ts';
import { usesOf } from '../store/uses.ts';
import type { Workspace } from '../workspace.ts';

export function calendarHandlers(workspace: Workspace): Pick<Handlers, 'calendars.list' | 'calendars.save' | 'calendars.remove' | 'calendars.holidays'> {
  return {
    'calendars.list': () => calendarsOf(workspace),
    'calendars.save'({ key: given, name, days }) {
      const trimmed = name.trim();
      if (trimmed === '') refuse('name-missing', say('A calendar needs a name.'), { field: 'name' });
      const known = calendarsOf(workspace);
      if (known.some((each) => each.key !== given && each.name.toLowerCase() === trimmed.toLowerCase()))
        refuse('name-taken', say('There is a calendar “{name}” already. Give this one another name.', { name: trimmed }), { field: 'name' });
      const key = given ?? freeKey(trimmed, new Set(known.map((each) => each.key)));
      transaction(workspace.db, () => {
        saveCalendar(workspace, { key, name: trimmed, days });
        // Whoever waits for a business day may have another one now.
        if (given !== null) wakeAllWaiting(workspace);
        recordAudit(workspace, 'user', 'calendar-saved', { calendar: trimmed, key, isNew: given === null, days: days.length });
      });
      workspace.changed('calendars');
      workspace.wake();
      return { key };
    },
    'calendars.remove'({ key }) {
      const [user] = usesOf(workspace, 'calendar')(key).flows;
      if (user !== undefined) refuse('calendar-used', say('The flow “{flow}” uses this calendar. Choose another one there first.', { flow: user.name }));
      const name = calendarsOf(workspace).find((each) => each.key === key)?.name;
      transaction(workspace.db, () => {
        deleteCalendar(workspace, key);
        if (name !== undefined) recordAudit(workspace, 'user', 'calendar-removed', { calendar: name, key });
      });
      workspace.changed('calendars');
      return null;
    },
    'calendars.holidays': ({ key, year }) => [...(holidaysIn(key, year) ?? refuse('calendar-unknown', say('There is no calendar {calendar}. Choose another one.', { calendar: key })))].sort(),
  };
}

/** A key from the name's letters that no calendar has, and no country. */
function freeKey(name: string, taken: ReadonlySet<string>): string {
  const letters = name.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^[^a-z]+|_+$/g, '').slice(0, 50);
  const base = letters === '' || isHolidayCalendar(letters) ? 'calendar' : letters;
  if (!taken.has(base)) return base;
  for (let n = 2; ; n++) if (!taken.has(`${base}_${n}`)) return `${base}_${n}`;
}
