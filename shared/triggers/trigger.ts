// What a trigger type is: one object in one file, like a step type. A trigger says what it listens to; the runner enrolls.
import type { z } from 'zod';
import type { Text } from '../text.ts';
import type { Problem } from '../problem.ts';
import type { ContactEvent } from '../contacts/event.ts';
import type { Calendars } from '../calendar/calendars.ts';
import type { EventQuestion } from '../contacts/event-question.ts';
import type { Rule } from '../contacts/rule.ts';
import type { Instant, LeapDay } from '../time.ts';
import type { Names } from '../steps/step.ts';

/** What a trigger may ask when it judges an event: the workspace's zone, when the contact last came into its flow, the choices of an attribute in their order. */
export type JudgeContext = { zone: string; readonly lastEnteredAt: Instant | null; choices(attribute: string): readonly string[] };

/** `memory`, which must survive JSON, is given back at the contact's next event; the same object as before: nothing has changed. */
export type Judgement = { fires: boolean; memory: unknown };

/** How contacts come in: by an event, by a date of the contact, or only when somebody asks for it. */
export type TriggerSource =
  | {
      on: 'event';
      types: readonly string[];
      /** `flowId`: of the flow that the trigger belongs to. */
      accepts?: (event: ContactEvent, flowId: number) => boolean;
      /** What besides is asked of the event; answered by the machine for many events at once. */
      matching?: EventQuestion;
      /** What is asked besides of what came before: answers by what it remembers of the contact, and remembers. */
      judge?: (memory: unknown, event: ContactEvent, about: JudgeContext) => Judgement;
    }
  | {
      on: 'date';
      /** A date attribute. */
      attribute: string;
      /** Days from the date to the entry; negative is before. */
      offsetDays: number;
      /** The year of the date is ignored: an anniversary. */
      yearly: boolean;
      /** Clock time of the entry in the contact's zone, "HH:MM". */
      at: string;
      /** Where 29 February is kept in other years (FEATURES D13). */
      leapDay: LeapDay;
    }
  | {
      on: 'clock';
      /** Whether it starts on this day ("YYYY-MM-DD"). */
      isDay(date: string, calendars: Calendars): boolean;
      /** Clock time of the entry, "HH:MM", in the contact's zone or the workspace's. */
      at: string;
      whose: 'contact' | 'workspace';
      /** Who comes in; `null`: everybody. */
      who: Rule | null;
    }
  | {
      on: 'quiet';
      /** What the contact has not done, any of it, for so many days; who never has, since they were added. */
      questions: readonly EventQuestion[];
      days: number;
      /** Clock time in the workspace's zone at which it is looked once a day, "HH:MM". */
      at: string;
    }
  | { on: 'hand' };

export type TriggerType<Config extends Record<string, unknown> = Record<string, unknown>> = {
  type: string;
  icon: string;
  label: Text;
  help: Text;
  /** Must accept `{}`. */
  config: z.ZodObject & z.ZodType<Config>;
  summary(config: Config, names: Names): Text;
  problems?(config: Config, names: Names): Problem[];
  source(config: Config): TriggerSource;
  /** Whoever it has let in leaves the flow when they meet this (FEATURES D20); `null`, or left out: they stay. */
  exit?(config: Config): Rule | null;
  /** Who would have come in already, had the flow been live before (FEATURES D8); `null`, or left out: that cannot be said, or nobody. */
  existing?(config: Config): Rule | null;
};

export function defineTrigger<S extends z.ZodObject>(definition: Omit<TriggerType<z.infer<S>>, 'config'> & { config: S }): TriggerType {
  return definition;
}
