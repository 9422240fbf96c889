// Times of day as people write them: "14.05", "14:05", "1405", "9", "2:05 pm".

/** The time as "HH:MM", or null where the text is none. */
export function readClock(text: string): string | null {
  const match = /^(\d{1,2})(?:[:.,h ]?(\d{2}))?\s*([ap])?\.?(?:m\.?)?$/i.exec(text.trim().replaceAll(/[\u00a0\u202f]/g, ' '));
  if (match === null) return null;
  const [, hours = '', minutes = '00', half] = match;
  const hour = half === undefined ? Number(hours) : (Number(hours) % 12) + (half.toLowerCase() === 'p' ? 12 : 0);
  if (hour > 23 || Number(minutes) > 59 || (half !== undefined && (Number(hours) < 1 || Number(hours) > 12))) return null;
  return `${String(hour).padStart(2, '0')}:${minutes}`;
}

/** "14:05" as a locale writes it: "14.05" in Danish. What is no time stays as it is. */
export function writeClock(time: string, locale: string): string {
  if (!/^\d\d:\d\d$/.test(time)) return time;
  return new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', timeZone: 'UTC' }).format(Date.parse(`2024-01-01T${time}:00Z`));
}
