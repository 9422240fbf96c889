// The entry policy of a flow: who may come in, how often, what a new occasion means for somebody who is inside, how many may
// come, and from when until when (FEATURES D7, A1.21, A1.23, A1.24).
import { z } from 'zod';
import { choiceField, dateTimeField, localDateTimeSchema, numberField, textField } from '../fields.ts';
import { ruleSchema } from '../contacts/rule.ts';
import { problem, type Problem } from '../problem.ts';
import { say } from '../text.ts';
import { addDays, addDuration, atLocal, isDate, localDate, weekdayOf, type Instant } from '../time.ts';

/**
 * `never`: once per contact. `afterExit`: again when out. `afterDays`: again when out and so many days after the last entry.
 * `perKey`: once for each value of a property of the event, beside each other.
 */
export const REENTRIES = ['never', 'afterExit', 'afterDays', 'perKey'] as const;
const WHILE_INSIDE = ['ignore', 'restart', 'queue'] as const;
const PERIODS = ['ever', 'day', 'week'] as const;
const AT_CLOSE = ['finish', 'exit'] as const;
const OWN_CHANGES = ['ignore', 'start'] as const;

export const entrySchema = z.strictObject({
  reentry: z.enum(REENTRIES).default('never'),
  reentryDays: z.int().min(1).max(3650).default(30),
  /** Who may come in; checked at entry and again before each message (FEATURES A1.21). */
  audience: ruleSchema.nullable().default(null),
  key: z.string().max(100).optional().meta({ description: 'With "perKey": the property of the event, such as "order". One passage for each of its values.' }),
  whileInside: z.enum(WHILE_INSIDE).optional().meta({ description: 'A new occasion for somebody who is inside is ignored (the default), begins anew, or waits until they are out.' }),
  most: z.int().min(1).max(1_000_000_000).optional().meta({ description: 'So many entries at the most, in the time that "mostPer" says. Left out: no limit.' }),
  mostPer: z.enum(PERIODS).optional().meta({ description: 'Days and weeks (from Monday) of the workspace\'s calendar; "ever" is the default.' }),
  opens: localDateTimeSchema.optional().meta({ description: 'Nobody comes in before this time in the workspace\'s zone ("2026-12-01T09:00").' }),
  closes: localDateTimeSchema.optional().meta({ description: 'Nobody comes in from this time on, in the workspace\'s zone.' }),
  ownChanges: z.enum(OWN_CHANGES).optional().meta({ description: 'What the flow itself changes or sends starts nobody in it (the default), or whoever its triggers then let in.' }),
  atClose: z.enum(AT_CLOSE).optional().meta({ description: 'Whoever is inside when it closes finishes (the default), or leaves at once.' }),
});
export type Entry = z.infer<typeof entrySchema>;

/** What the form of the flow's settings asks beside the way of coming in again and the audience. An answer that is its default is not stored. */
export const entryForm = z.strictObject({
  whileInside: choiceField({
    label: say('A new occasion while inside'),
    start: 'ignore',
    options: [
      { value: 'ignore', label: say('does nothing') },
      { value: 'restart', label: say('has them begin anew') },
      { value: 'queue', label: say('waits until they are out') },
    ],
    when: { field: 'reentry', is: ['afterExit', 'afterDays', 'perKey'] },
  }),
  key: textField({
    label: say('Property of the event'),
    help: say('For example “order”: each order has a passage of its own, once. Entries without the property count as one.'),
    max: 100,
    required: true,
    when: { field: 'reentry', is: ['perKey'] },
  }),
  ownChanges: choiceField({
    label: say('What the flow itself changes'),
    help: say('Such as a tag that one of its steps adds. Between two entries of a contact that flows have caused, a minute passes at the least.'),
    start: 'ignore',
    options: [
      { value: 'ignore', label: say('starts it for nobody') },
      { value: 'start', label: say('may start it again') },
    ],
    when: { field: 'reentry', is: ['afterExit', 'afterDays', 'perKey'] },
  }),
  most: numberField({ label: say('Entries at the most'), help: say('0: no limit. Whoever comes when it is reached is left out.'), start: 0, min: 0, max: 1_000_000_000 }),
  mostPer: choiceField({
    label: say('Counted'),
    start: 'ever',
    options: [
      { value: 'ever', label: say('in all') },
      { value: 'day', label: say('per day') },
      { value: 'week', label: say('per week, from Monday') },
    ],
  }),
  opens: dateTimeField({ label: say('People come in from'), help: say('In the workspace’s time, this minute included. Empty: from publishing on.') }),
  closes: dateTimeField({ label: say('People come in until'), help: say('In the workspace’s time; from this minute on nobody comes in. Empty: it does not end by itself.') }),
  atClose: choiceField({
    label: say('Whoever is inside then'),
    start: 'finish',
    options: [
      { value: 'finish', label: say('goes through to the end') },
      { value: 'exit', label: say('leaves at once') },
    ],
  }),
});

/** Why somebody may not come in now; `null`: they may. `at`: when they may, where that is known. */
export type Refusal = { reason: 'inside' | 'again' | 'not-open' | 'closed'; at: Instant | null };

/** A contact's latest passage (with the same key), as far as it matters here. */
export type LastPassage = { enteredAt: Instant; inside: boolean };

/** Whether the policy lets somebody in at `now`. `zone` is the workspace's. */
export function entryRefusal(entry: Entry, last: LastPassage | null, now: Instant, zone: string): Refusal | null {
  const { opens, closes } = openingsOf(entry, zone);
  if (opens !== null && now < opens) return { reason: 'not-open', at: opens };
  if (closes !== null && now >= closes) return { reason: 'closed', at: null };
  if (last === null) return null;
  if (last.inside) return { reason: 'inside', at: null };
  if (entry.reentry === 'never' || entry.reentry === 'perKey') return { reason: 'again', at: null };
  if (entry.reentry === 'afterExit') return null;
  const at = addDuration(last.enteredAt, { amount: entry.reentryDays, unit: 'days' }, zone);
  return now >= at ? null : { reason: 'again', at };
}

/** From when until when people come in; `null`: no such limit. */
export function openingsOf({ opens, closes }: Entry, zone: string): { opens: Instant | null; closes: Instant | null } {
  const instant = (text: string | undefined) => (text === undefined ? null : atLocal(text.slice(0, 10), text.slice(11), zone));
  return { opens: instant(opens), closes: instant(closes) };
}

/** When the period of an entry cap has begun: a day, or a week from Monday, of the workspace's calendar; `null`: it counts for ever. */
export function capSince({ mostPer = 'ever' }: Entry, now: Instant, zone: string): Instant | null {
  if (mostPer === 'ever') return null;
  const today = localDate(now, zone);
  return atLocal(mostPer === 'day' ? today : addDays(today, 1 - weekdayOf(today)), '00:00', zone);
}

/** What an entry's key is by the data of the event that caused it; '' where the policy asks for none. */
export function keyOf({ reentry, key = '' }: Entry, data: Readonly<Record<string, unknown>>): string {
  if (reentry !== 'perKey' || !Object.hasOwn(data, key)) return '';
  const value = data[key];
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** What is wrong with the policy itself; its places are fields of "entry". */
export function entryProblems(entry: Entry): Problem[] {
  const problems: Problem[] = [];
  if (entry.reentry === 'perKey' && (entry.key ?? '').trim() === '') {
    problems.push(problem('entry-key-missing', say('Say which property of the event tells one passage from another, such as “order”.'), { field: 'entry.key' }));
  }
  for (const field of ['opens', 'closes'] as const) {
    const date = entry[field]?.slice(0, 10);
    if (date !== undefined && !isDate(date)) problems.push(problem('no-such-date', say('There is no day {date} in the calendar.', { date }), { field: `entry.${field}` }));
  }
  if (entry.opens !== undefined && entry.closes !== undefined && entry.opens >= entry.closes) {
    problems.push(problem('entry-never-open', say('The flow closes before it opens, so nobody can come in. Correct one of the two dates.'), { field: 'entry.closes' }));
  }
  return problems;
}
