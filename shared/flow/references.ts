// What a flow names: messages, attributes, tags, segments, calendars, topics, other flows. The fields of a step or trigger say it
// by their kinds, conditions by theirs (contacts/naming.ts); a new step has nothing to add.
import type { z } from 'zod';
import { collected, keysOf, namesInRule, renamedRule, type Name, type Rename } from '../contacts/naming.ts';
import type { Branch } from '../contacts/rule-fields.ts';
import { conditionsOf, type Rule } from '../contacts/rule.ts';
import { entriesOf, fieldsOf, isAsked, type FieldKind, type FieldMeta } from '../fields.ts';
import { liquidOfHtml } from '../messages/liquid.ts';
import { mergeTagsIn } from '../messages/merge-tags.ts';
import { stepType } from '../steps/index.ts';
import { triggerType } from '../triggers/index.ts';
import type { Flow, Message, Step, Trigger } from './flow.ts';
import { configOf } from './reading.ts';

type Values = Record<string, unknown>;
/** How names are given anew, and what becomes of the rules among the settings. */
type Change = { rename: Rename; rule(rule: Rule): Rule };
type Naming = ((value: unknown, change: Change, meta: FieldMeta) => unknown) | null;

// Whoever adds a kind of field cannot leave out what it names; `null`: nothing.
const FIELDS: Record<FieldKind, Naming> = {
  text: textNaming,
  longText: textNaming,
  number: null,
  yesNo: null,
  choice: null,
  duration: null,
  timeOfDay: null,
  weekdays: null,
  date: null,
  dateTime: null,
  timeZone: null,
  attribute: (key, { rename }) => rename('attribute', key as string),
  attributeValue: null,
  tag: (tag, { rename }) => ((tag as string).trim() === '' ? tag : rename('tag', (tag as string).trim())),
  message: (key, { rename }) => rename('message', key as string),
  segment: (key, { rename }) => rename('segment', key as string),
  calendar: (key, { rename }) => rename('calendar', key as string),
  topic: (key, { rename }) => rename('topic', key as string),
  // Where none chosen means any, a flow that is not there must not become none: 0 is one that is to be chosen.
  flow: (id, { rename }, meta) => rename('flow', id as number) || (meta.required === true ? null : 0),
  step: (id, { rename }) => rename('step', id as string),
  rule: (rule, change) => change.rule(rule as Rule),
  branches: (branches, change) => (branches as Branch[]).map((branch) => ((branch.rule ?? null) === null ? branch : { ...branch, rule: change.rule(branch.rule!) })),
  shares: null,
  forms: (value, change, meta) => entriesOf(meta, value).map(({ item, entry }) => changed(item, entry, change)),
};

/** Merge tags stay as they are written: attributes keep their keys. */
function textNaming(text: unknown, { rename }: Change, { mergeTags }: FieldMeta): unknown {
  if (mergeTags === true) for (const key of attributesFilledIn(text as string)) rename('mergeTag', key);
  return text;
}

/** The attributes of a contact whose values are filled into a text. */
function attributesFilledIn(text: string): string[] {
  return mergeTagsIn(text).tags.flatMap(({ name }) => (name.startsWith('contact.') ? [name.split('.')[1]!] : []));
}

/** The same settings with other names: valid ones, in which what has its start value may be left out. */
function changed(config: z.ZodObject, values: Values, change: Change): Values {
  const found = fieldsOf(config).flatMap(({ name, meta }): [string, unknown][] => {
    const value = values[name] ?? null;
    const naming = FIELDS[meta.kind];
    return naming === null || value === null ? [] : [[name, naming(value, change, meta)]];
  });
  return { ...values, ...Object.fromEntries(found) };
}

/** Looks only at what is asked for: a setting that nobody sees names nothing. */
function look(config: z.ZodObject, values: Values, change: Change): void {
  for (const { name, meta } of fieldsOf(config)) {
    const value = values[name] ?? null;
    if (value === null || !isAsked(meta, values)) continue;
    if (meta.kind === 'forms') for (const { item, entry } of entriesOf(meta, value)) look(item, entry, change);
    else FIELDS[meta.kind]?.(value, change, meta);
  }
}

/** What settings with all start values filled in name themselves, apart from their rules. */
export function namesChosenIn(config: z.ZodObject, values: Values): Name[] {
  return collected((rename) => look(config, values, { rename, rule: (rule) => rule }));
}

/** The rules in settings with all start values filled in. */
export function rulesIn(config: z.ZodObject, values: Values): Rule[] {
  const found: Rule[] = [];
  const rule = (each: Rule): Rule => {
    found.push(each);
    return each;
  };
  look(config, values, { rename: (_, key) => key, rule });
  return found;
}

/** Everything that settings with all start values filled in name. */
export function namesIn(config: z.ZodObject, values: Values): Name[] {
  return [...namesChosenIn(config, values), ...rulesIn(config, values).flatMap(namesInRule)];
}

/** Everything that a flow names itself, not by way of segments and messages: also where steps are switched off, as they may be switched on. */
export function namesInFlow(flow: Flow): Name[] {
  return [...partsOf(flow).flatMap(({ config, values }) => namesChosenIn(config, values)), ...rulesInFlow(flow).flatMap(namesInRule)];
}

/** The keys of the messages that a step sends: one at the most, as steps are today. */
export function messagesSentBy(step: Step): string[] {
  if (stepType(step.type)?.writes === undefined) return [];
  return keysOf(partOfStep(step).flatMap(({ config, values }) => namesChosenIn(config, values)), 'message');
}

/** The keys of the segments of which a flow asks since when somebody is in them; each once. */
export function segmentsAskedSince(flow: Flow): string[] {
  return askedSince(rulesInFlow(flow));
}

/** The keys of the segments of which some rules ask since when somebody is in them; each once. */
export function askedSince(rules: readonly Rule[]): string[] {
  return [...new Set(rules.flatMap(conditionsOf).flatMap((each) => (each.kind === 'segment' && each.for !== undefined ? [each.segment] : [])))];
}

/** The attributes that are filled into a message, and its topic. */
export function namesInMessage({ subject, preheader, body, topic }: Message): Name[] {
  const filled = [subject, preheader, liquidOfHtml(body)].flatMap(attributesFilledIn);
  return [...filled.map((key): Name => ({ thing: 'mergeTag', key })), ...(topic === undefined ? [] : [{ thing: 'topic', key: topic } as const])];
}

/** The same flow with other names. Settings that are not valid stay as they are. */
export function renamedFlow(flow: Flow, rename: Rename): Flow {
  const rule = (each: Rule): Rule => renamedRule(each, rename);
  const ruleOrNone = (each: Rule | null): Rule | null => (each === null ? null : rule(each));
  return {
    ...flow,
    entry: { ...flow.entry, audience: ruleOrNone(flow.entry.audience) },
    goal: ruleOrNone(flow.goal),
    exit: ruleOrNone(flow.exit),
    steps: flow.steps.map((step) => renamedStep(step, rename)),
    triggers: flow.triggers.map((trigger) => renamed(trigger, partOfTrigger(trigger), rename)),
  };
}

/** The same step with other names; settings that are not valid stay as they are. */
export function renamedStep(step: Step, rename: Rename): Step {
  return renamed(step, partOfStep(step), rename);
}

function renamed<Each extends Step | Trigger>(each: Each, [part]: readonly Part[], rename: Rename): Each {
  return part === undefined ? each : { ...each, config: changed(part.config, each.config, { rename, rule: (rule) => renamedRule(rule, rename) }) };
}

function rulesInFlow(flow: Flow): Rule[] {
  const whole = [flow.entry.audience, flow.goal, flow.exit].filter((rule) => rule !== null);
  return [...whole, ...partsOf(flow).flatMap(({ config, values }) => rulesIn(config, values))];
}

/** Settings with all start values filled in, and their definition. */
type Part = { config: z.ZodObject; values: Values };

function partsOf({ triggers, steps }: Flow): Part[] {
  return [...triggers.flatMap(partOfTrigger), ...steps.flatMap(partOfStep)];
}

/** None where the settings are not valid, or the type is not known. */
function partOfStep(step: Step): Part[] {
  const values = configOf(step);
  return values === null ? [] : [{ config: stepType(step.type)!.config, values }];
}

function partOfTrigger(trigger: Trigger): Part[] {
  const config = triggerType(trigger.type)?.config;
  const parsed = config?.safeParse(trigger.config);
  return parsed?.success === true ? [{ config: config!, values: parsed.data }] : [];
}
