// What a step type is: one object in one file. Palette, card, inspector, checks, file format, help and executor read it.
import type { z } from 'zod';
import type { Text } from '../text.ts';
import type { Problem } from '../problem.ts';
import type { Calendars } from '../calendar/calendars.ts';
import type { Attribute, AttributeValue, Channel } from '../contacts/contact.ts';
import type { TaskOutcome, TaskPriority } from '../contacts/task.ts';
import type { EventQuestion } from '../contacts/event-question.ts';
import type { Rule } from '../contacts/rule.ts';
import type { ValueSetting } from '../contacts/value-words.ts';
import type { Instant } from '../time.ts';

/** The family gives a step its place in the palette and its colour. */
export const FAMILIES = ['message', 'time', 'logic', 'contact', 'people', 'end'] as const;
export type Family = (typeof FAMILIES)[number];

/** A named way out of a step. */
export type Outlet = { id: string; label: Text };

/** The reason with which those leave who have opted out; reports and timelines know it by this name. */
export const REASON_OPTED_OUT = 'opted-out';

/** The one outlet of a step that does not choose. */
export const NEXT = 'next';

/** What a step asks of the machine. Effects are data; the runner applies them in the transaction of the visit. */
export type Effect =
  /** `message`: the key of an e-mail; a text message and a webhook say in the step what is sent. */
  | { kind: 'send'; channel: Channel | 'webhook'; message: string }
  /** An amount of money is rounded to whole minor units. */
  | { kind: 'setAttribute'; attribute: string; value: AttributeValue }
  /** As the attribute is: a date in the contact's calendar, or an instant. */
  | { kind: 'setDate'; attribute: string; date: string; at: Instant }
  | { kind: 'changeScore'; attribute: string; by: number; reason: string }
  /** `backwards` false: whoever is at a later stage stays there. */
  | { kind: 'setStage'; attribute: string; stage: string; backwards: boolean }
  /** Given consent does not lift a withdrawal. */
  | { kind: 'consent'; channel: Channel; given: boolean; evidence: string }
  | { kind: 'emit'; event: string; data: Readonly<Record<string, unknown>> }
  | { kind: 'addTag'; tag: string }
  | { kind: 'removeTag'; tag: string }
  | { kind: 'addToSegment'; segment: string }
  | { kind: 'removeFromSegment'; segment: string }
  /** The card of this visit, opened or brought up to date. Texts have merge tags; asked again as it stands, it changes nothing. */
  | { kind: 'openTask'; title: string; text: string; outcomes: readonly TaskOutcome[]; assignee: string; priority: TaskPriority; dueAt: Instant }
  /** Nobody has decided it in time: its priority is raised and the user is told, once. */
  | { kind: 'escalateTask' }
  | { kind: 'addNote'; text: string }
  | { kind: 'notify'; title: string; text: string }
  /** Has the contact go these ways out of the step at the same time, each on a path of its own. */
  | { kind: 'fork'; paths: readonly string[] };

/** What happened to the contact at the step. `wait` until `null` means: until something outside wakes it (a message settled). */
export type Outcome =
  /** `otherwise`: the reason with which they leave the flow where nothing follows that outlet; left out: they have come to an end. */
  | { kind: 'leave'; outlet: string; effects?: readonly Effect[]; otherwise?: string }
  | { kind: 'wait'; until: Instant | null; effects?: readonly Effect[] }
  | { kind: 'exit'; reason: string; effects?: readonly Effect[] };

/** What a step must know of a contact: whether a rule holds, the value of an attribute, what happened first. Answered for a whole batch at once. */
export type FactRequest =
  | { rule: Rule }
  | { attribute: string }
  /** Which of these events came first, since the contact came to the step, or into the flow. */
  | { firstEvent: readonly { id: string; question: EventQuestion }[]; since: 'visit' | 'enrollment' }
  /** What a person has decided about the task that this visit has opened. */
  | { taskAnswer: true }
  /** The outlet by which the contact has last left this step, in whichever passage; `null`: they never have. */
  | { lastWay: true }
  /** When this passage has last left a step that waited for a clock time; `null`: it never has. */
  | { passedClock: true };

/** The awaited event that came first, by the id under which it was asked for, and when it happened. */
export type FirstEvent = { awaited: string; at: Instant };
/** What a person has decided about the card of this visit: the id of the outcome. */
export type TaskAnswer = { outcome: string; at: Instant };
export type Fact = boolean | AttributeValue | FirstEvent | TaskAnswer;
export type Facts = Readonly<Record<string, Fact>>;

/** How the message that this visit asked for has ended; `null` before. */
export type MessageResult = 'sent' | 'failed' | 'unknown' | 'cancelled';

export type StepInput<Config> = {
  config: Config;
  now: Instant;
  /** When the contact came to this step. With the configuration it determines every due time, so an edit reaches who waits (FEATURES D1). */
  enteredAt: Instant;
  /** True on the first run of a visit: effects belong here. Later runs find the wait over, changed, or a message settled. */
  entering: boolean;
  /** IANA zone of the contact, or the workspace's where the contact has none. */
  zone: string;
  /** IANA zone of the workspace, for steps that keep its time whoever the contact is. */
  workspaceZone: string;
  /** The workspace's calendars; left out: only the countries' holidays are known. */
  calendars?: Calendars;
  facts: Facts;
  messageResult: MessageResult | null;
  /** Of the paths into which the passage was last divided, how many are still being gone and how many have ended; left out: there were none. */
  paths?: { open: number; done: number };
  /** Whether whoever opts out leaves the flow (FEATURES D14); left out: they stay. */
  optOutEnds?: boolean;
  /** A number in [0, 1) that is always the same for this enrollment at this step (FEATURES D17). */
  chance: number;
  /** Another one, that is always the same for this contact at this step, in every passage. */
  contactChance: number;
};

/** What a summary or a check may look up: names of things that a configuration refers to by key. */
export type Names = {
  message(key: string): string | undefined;
  attribute(key: string): Attribute | undefined;
  segment(key: string): string | undefined;
  /** Whether the segment is a fixed set; `undefined` where that is not known. */
  isFixedSegment?(key: string): boolean | undefined;
  /** The name of a segment of which it is not known since when somebody is in it; `undefined`: it is, or that cannot be said. */
  unkeptSegment?(key: string): string | undefined;
  flow?(id: number): string | undefined;
  /** Of a topic of consent. */
  topic?(key: string): string | undefined;
  /** Of the workspace's own calendars and the countries'. */
  calendar?(key: string): string | Text | undefined;
  /** The title of a step of the same flow. */
  step?(id: string): string | Text | undefined;
  /** Whether a flow lets in whom other flows send; `undefined` where that is not known. */
  isStartable?(flow: number): boolean | undefined;
} & ValueSetting;

export type StepType<Config extends Record<string, unknown> = Record<string, unknown>> = {
  type: string;
  family: Family;
  /** A name of the icon set; the window maps it to a picture. */
  icon: string;
  label: Text;
  help: Text;
  /** Must accept `{}`: a new step starts from the defaults. */
  config: z.ZodObject & z.ZodType<Config>;
  outlets(config: Config): Outlet[];
  /** What the card says, in words. */
  summary(config: Config, names: Names): Text;
  /** What is wrong with the configuration beyond missing fields. Places are relative: only `field`. */
  problems?(config: Config, names: Names): Problem[];
  facts?(config: Config): Record<string, FactRequest>;
  /** What a contact must be like to leave by an outlet, where the names of the facts do not tell it; `null`: they do. */
  asks?(config: Config, outlet: string): Rule | null;
  /** Which events of the contact have a waiting visit looked at again, before it is due; `any`: all of them. */
  wakesOn?(config: Config): readonly string[] | 'any';
  /** The channel by which it writes to the contact; left out: it does not. */
  writes?: Channel;
  /** True where the step opens a task: it is closed, with a reason, when the visit ends (FEATURES D32). */
  asksPeople?: boolean;
  /** The step of the flow at which it goes on, where that is a setting and no line leads there. */
  jump?(config: Config): string | null;
  /** A goal: whoever meets the rule anywhere above is pulled to this step. `keepsOut`: whoever meets it already does not come in (FEATURES D18). */
  pulls?(config: Config): { rule: Rule; keepsOut: boolean } | null;
  /** On a parallel path: whether leaving by an outlet ends the other paths of the passage, whatever they wait for (FEATURES D18). */
  endsOthers?(config: Config, outlet: string): boolean;
  /** True where a passage is divided into a path for each way out. */
  forks?: boolean;
  /** True where paths come together: a path ends here, and the passage goes on. */
  joins?: boolean;
  /** Whether whoever stands here has been told to wait, so that a person may end it by hand; left out: they have at steps of the family "time". */
  waits?(config: Config): boolean;
  /** True where time passes for certain: a loop must contain one (FEATURES D19). */
  takesTime?(config: Config): boolean;
  run(input: StepInput<Config>): Outcome;
};

/** Whether contacts wait at a step of this type as it is configured, rather than for what it does. */
export function waitsAt(type: StepType, config: Record<string, unknown>): boolean {
  return type.waits?.(config) ?? type.family === 'time';
}

/** Declares a step type with its configuration inferred from the schema. */
export function defineStep<S extends z.ZodObject>(definition: Omit<StepType<z.infer<S>>, 'config'> & { config: S }): StepType {
  return definition;
}
