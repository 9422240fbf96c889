// "--existing --over 3d": those who match a flow's triggers already come in when it is published, too.
import type { Duration } from '../../shared/fields.ts';
import { say } from '../../shared/text.ts';
import { wrongUsage } from './usage.ts';

export const EXISTING_OPTIONS = { existing: { type: 'boolean' }, over: { type: 'string' } } as const;

/** What the options ask for; `undefined`: nobody comes in besides. */
export function existingFrom(options: Readonly<Record<string, unknown>>): { over?: Duration } | undefined {
  const over = spanOf(options['over'] as string | undefined);
  if (options['existing'] === true) return over === undefined ? {} : { over };
  if (over !== undefined) wrongUsage('over-without-existing', say('--over says how to spread those who match already. Give --existing with it.'));
  return undefined;
}

/** "12h", "3d", "2w" as a duration. */
function spanOf(text: string | undefined): Duration | undefined {
  if (text === undefined) return undefined;
  const parts = /^(\d{1,4})([hdw])$/.exec(text.trim());
  if (parts === null) wrongUsage('span-unreadable', say('“{text}” is not a span of time. Write it like 12h, 3d or 2w.', { text }));
  return { amount: Number(parts[1]), unit: ({ h: 'hours', d: 'days', w: 'weeks' } as const)[parts[2] as 'h' | 'd' | 'w'] };
}
