// When a message may leave, beside whether: the frequency cap, quiet hours and lateness. What a workspace sets, what a sending
// step chooses, and the reckoning with both (FEATURES A2.8, A2.9, A2.15, A3.14, D15, D16).
import { z } from 'zod';
import { choiceField, durationField, numberField, timeOfDaySchema, weekdaysSchema } from '../fields.ts';
import { say } from '../text.ts';
import { addDuration, DAY, firstOpen, HOUR, type Instant } from '../time.ts';

/** At most so many marketing messages to one contact in any so many times 24 hours, of all flows together. 0 messages: no cap. */
const frequencyCapSchema = z.strictObject({ messages: z.int().min(0).max(1000), days: z.int().min(1).max(365) });
export type FrequencyCap = z.infer<typeof frequencyCapSchema>;

/** The settings of a workspace for sending, spread into its schema (shared/api.ts). */
export const SENDING_SETTINGS = {
  frequencyCap: frequencyCapSchema,
  /** Marketing is not sent while the contact's clock shows a time from `from` until just before `to`; may cross midnight. */
  quietHours: z.strictObject({ from: timeOfDaySchema, to: timeOfDaySchema }).nullable(),
  /** Marketing is not sent on these days of the contact's calendar. */
  quietDays: weekdaysSchema,
  /** What is later than so many hours is held for a person, or not sent. 0 hours: nothing is too late. */
  lateness: z.strictObject({ hours: z.int().min(0).max(8760), action: z.enum(['hold', 'skip']) }),
};
const settings = z.strictObject(SENDING_SETTINGS);
export type SendingSettings = z.infer<typeof settings>;

export const DEFAULT_SENDING: SendingSettings = {
  frequencyCap: { messages: 0, days: 7 },
  quietHours: null,
  quietDays: [],
  lateness: { hours: 24, action: 'hold' },
};

/** What a step that sends may choose for its message, spread into its configuration. */
export const SENDING_FIELDS = {
  cap: choiceField({
    label: say('If the contact has had enough mail'),
    help: say('The frequency cap in the settings counts marketing messages of all flows. Transactional messages ignore it.'),
    start: 'skip',
    options: [
      { value: 'skip', label: say('do not send it') },
      { value: 'hold', label: say('wait until there is room again') },
      { value: 'exempt', label: say('send it all the same') },
    ],
  }),
  capWait: durationField({
    label: say('Wait at the most'),
    help: say('If there is no room by then, it is not sent.'),
    start: { amount: 3, unit: 'days' },
    when: { field: 'cap', is: ['hold'] },
  }),
  late: choiceField({
    label: say('If it is late'),
    help: say('Late because the computer was off or offline, or the flow was paused. Waiting for quiet hours or for room does not count.'),
    start: 'workspace',
    options: [
      { value: 'workspace', label: say('as in the settings') },
      { value: 'hold', label: say('hold it for me to decide') },
      { value: 'skip', label: say('do not send it') },
      { value: 'send', label: say('send it all the same') },
    ],
  }),
  lateHours: numberField({
    label: say('Late means more than'),
    start: 24,
    min: 1,
    max: 8760,
    unit: say('hours'),
    when: { field: 'late', is: ['hold', 'skip'] },
  }),
};
const choices = z.object(SENDING_FIELDS);
export type SendingChoices = z.infer<typeof choices>;

/** What the configuration of a sending step says about sending; it may be a draft's. Throws a ZodError for what no editor makes. */
export function sendingChoices(config: Record<string, unknown>): SendingChoices {
  return choices.parse(config);
}

/** What is known of a message at the moment of sending. */
export type Moment = {
  now: Instant;
  /** IANA zone of the contact, or the workspace's. */
  zone: string;
  /** What it is late against (see `isLate`). */
  meantAt: Instant;
  /** When it first met the cap; `null` when it has not. */
  cappedAt: Instant | null;
  /** When marketing has left for the contact, or is about to: the latest first, none of a later rank than the cap's number needed. */
  lately: readonly Instant[];
};

export type Timing =
  | { at: 'now' }
  | { at: Instant; reason: 'waiting-for-slot' | 'quiet-hours' }
  | { at: null; state: 'cancelled' | 'held'; reason: 'frequency-cap' | 'late' };

/**
 * Frequency cap, then quiet hours, then lateness: now, later, or not (FEATURES D15, D16). Later, everything is asked again.
 * A message that waits for a slot is given up as soon as it is certain that none comes free in time. Transactional messages
 * know neither cap nor quiet hours; they can be late.
 */
export function timingOf(rules: SendingSettings, chosen: SendingChoices, isMarketing: boolean, moment: Moment): Timing {
  const { now, zone } = moment;
  if (isMarketing && chosen.cap !== 'exempt') {
    const slot = slotFrom(now, rules.frequencyCap, moment.lately);
    if (slot > now) {
      const last = chosen.cap === 'hold' ? addDuration(moment.cappedAt ?? now, chosen.capWait, zone) : now;
      return slot > last ? { at: null, state: 'cancelled', reason: 'frequency-cap' } : { at: slot, reason: 'waiting-for-slot' };
    }
  }
  if (isMarketing) {
    const open = firstOpen(now, { hours: rules.quietHours, weekdays: rules.quietDays }, zone);
    if (open > now) return { at: open, reason: 'quiet-hours' };
  }
  const action = isLate(now, moment.meantAt, rules, chosen);
  return action === null ? { at: 'now' } : { at: null, state: action === 'hold' ? 'held' : 'cancelled', reason: 'late' };
}

/** The first instant at which the cap has room for one more; `now` when it has. `lately`: the latest first. */
export function slotFrom(now: Instant, { messages, days }: FrequencyCap, lately: readonly Instant[]): Instant {
  const oldest = messages === 0 ? undefined : lately[messages - 1];
  return oldest === undefined ? now : Math.max(now, oldest + days * DAY);
}

/**
 * What to do about a message that is too late; `null` when it is not. Lateness is counted from `meantAt`: the instant at which
 * the flow wanted it to leave (for a wait that ended while the computer slept, the end of the wait), moved on by every wait
 * that Kanal itself has put in between: quiet hours, a slot of the cap, a server's "not now". So those never make it late;
 * sleep, a paused flow, a missing account and no network do (FAULTS F14, F16).
 */
function isLate(now: Instant, meantAt: Instant, rules: SendingSettings, chosen: SendingChoices): LateAction | null {
  const limit = lateLimit(rules, chosen);
  return limit !== null && now - meantAt > limit.ms ? limit.action : null;
}

export type LateAction = 'hold' | 'skip';

/** After how many ms a message of a step is too late, and what becomes of it then; `null`: it never is. */
export function lateLimit({ lateness }: SendingSettings, { late, lateHours }: SendingChoices): { ms: number; action: LateAction } | null {
  if (late === 'send') return null;
  const { hours, action } = late === 'workspace' ? lateness : { hours: lateHours, action: late };
  return hours > 0 ? { ms: hours * HOUR, action } : null;
}
