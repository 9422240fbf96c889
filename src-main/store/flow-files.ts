// Brings a flow with all that it refers to into the workspace, and collects the same of one that goes out as a file.
import { conditionsOf, type Rule } from '../../shared/contacts/rule.ts';
import { fieldsOf } from '../../shared/fields.ts';
import { readFlowFile, writeFlowFile, type CarriedFlow } from '../../shared/flow/flow-file.ts';
import type { Flow, Message } from '../../shared/flow/flow.ts';
import { namesFrom } from '../../shared/flow/names.ts';
import { breaksFlow, flowProblems } from '../../shared/flow/problems.ts';
import { configOf } from '../../shared/flow/reading.ts';
import { askedSince, segmentsAskedSince } from '../../shared/flow/references.ts';
import { liquidOfHtml } from '../../shared/messages/liquid.ts';
import { mergeTagsIn } from '../../shared/messages/merge-tags.ts';
import { ProblemError } from '../../shared/problem.ts';
import { stepType } from '../../shared/steps/index.ts';
import { triggerType } from '../../shared/triggers/index.ts';
import type { z } from 'zod';
import type { Workspace } from '../workspace.ts';
import { addAttribute, attributesOf } from './attributes.ts';
import { calendarsOf, saveCalendar } from './calendars.ts';
import { transaction } from './database.ts';
import { insertFlow } from './flows.ts';
import { findMessage, saveMessage } from './messages.ts';
import { saveSegment, segmentsOf } from './segments.ts';

export type ImportedFlow = { id: number; created: { messages: string[]; attributes: string[] } };

/**
 * Reads a flow file and adds what is in it. Throws a ProblemError, and changes nothing, when the file cannot be read, or when
 * something in it could be neither shown nor mended here (FAULTS F43). Whatever else is wrong can be put right in the editor.
 */
export function importFlow(workspace: Workspace, text: string, fileName: string): ImportedFlow {
  const carried = readFlowFile(text, fileName);
  const breaking = flowProblems(carried.flow, namesFrom(carried)).filter(breaksFlow);
  if (breaking.length > 0) throw new ProblemError(...breaking.map((each) => ({ ...each, place: { file: fileName, ...each.place } })));
  return addCarriedFlow(workspace, carried);
}

/** A flow as the text of a flow file, with the messages, attributes and segments that it refers to. */
export function exportFlow(workspace: Workspace, flow: Flow): string {
  const wanted = referencesOf(workspace, flow);
  const attributes = [...attributesOf(workspace).values()].filter(({ key, standard }) => !standard && wanted.attributes.has(key)).map(({ key, label, kind, choices }) => ({ key, label, kind, ...(choices !== undefined && { choices }) }));
  const calendars = calendarsOf(workspace).filter(({ key }) => wanted.calendars.has(key));
  return writeFlowFile({ flow, messages: wanted.messages, attributes, segments: wanted.segments, calendars });
}

type References = { messages: Message[]; attributes: Set<string>; segments: CarriedFlow['segments']; calendars: Set<string> };

/** Everything that a flow refers to by key, also by way of segments and of merge tags in messages. */
function referencesOf(workspace: Workspace, flow: Flow): References {
  const messages = new Set<string>();
  const attributes = new Set<string>();
  const calendars = new Set<string>();
  const segments = new Map<string, CarriedFlow['segments'][number]>();
  const known = segmentsOf(workspace);
  const addRule = (rule: Rule | null) => {
    for (const condition of rule === null ? [] : conditionsOf(rule)) {
      if (condition.kind === 'attribute') attributes.add(condition.attribute);
      if (condition.kind === 'message' && condition.message !== 'any') messages.add(condition.message);
      if (condition.kind === 'segment') addSegment(condition.segment);
    }
  };
  const addSegment = (name: string) => {
    const segment = known.get(name);
    if (segment === undefined || segments.has(name)) return;
    segments.set(name, { key: segment.key, name: segment.name, rule: segment.rule });
    addRule(segment.rule);
  };
  for (const rule of [flow.entry.audience, flow.goal, flow.exit]) addRule(rule);
  for (const step of flow.steps) {
    const config = configOf(step);
    const refers = config === null ? undefined : stepType(step.type)?.refers?.(config);
    for (const key of refers?.messages ?? []) messages.add(key);
    for (const key of refers?.attributes ?? []) attributes.add(key);
    for (const key of refers?.segments ?? []) addSegment(key);
    for (const key of refers?.calendars ?? []) calendars.add(key);
    for (const rule of refers?.rules ?? []) addRule(rule);
  }
  for (const trigger of flow.triggers) {
    const type = triggerType(trigger.type);
    const config = type?.config.safeParse(trigger.config);
    const refers = config?.success === true ? type!.refers?.(config.data) : undefined;
    for (const key of refers?.messages ?? []) messages.add(key);
    for (const key of refers?.attributes ?? []) attributes.add(key);
    for (const key of refers?.segments ?? []) addSegment(key);
    for (const key of refers?.calendars ?? []) calendars.add(key);
    for (const rule of refers?.rules ?? []) addRule(rule);
  }
  const found = [...messages].flatMap((key) => findMessage(workspace, key) ?? []);
  for (const { subject, preheader, body } of found) {
    for (const part of [subject, preheader, liquidOfHtml(body)]) for (const { name } of mergeTagsIn(part).tags) if (name.startsWith('contact.')) attributes.add(name.split('.')[1]!);
  }
  return { messages: found, attributes, segments: [...segments.values()], calendars };
}

/**
 * Adds a flow as a draft, with the messages, attributes and segments that the workspace does not have; all or nothing. A
 * message whose key is taken by one with other content gets a new key, and what refers to it follows.
 */
function addCarriedFlow(workspace: Workspace, { flow, messages, attributes, segments, calendars = [] }: CarriedFlow): ImportedFlow {
  // Flows are numbered in each workspace anew: which flow a rule means is to be chosen here.
  return transaction(workspace.db, () => {
    const known = attributesOf(workspace);
    const newAttributes = attributes.filter(({ key }) => !known.has(key));
    for (const attribute of newAttributes) addAttribute(workspace, attribute);

    const renamed = new Map<string, string>();
    const newMessages: string[] = [];
    for (const message of messages) {
      const existing = findMessage(workspace, message.key);
      if (existing !== undefined && isSameMessage(existing, message)) continue;
      const key = existing === undefined ? message.key : freeKey(message.key, (each) => findMessage(workspace, each) === undefined && !messages.some((other) => other.key === each));
      if (key !== message.key) renamed.set(message.key, key);
      saveMessage(workspace, { ...message, key });
      newMessages.push(key);
    }

    const ours = segmentsOf(workspace);
    // Where it is asked since when somebody is in a segment, that is kept from now on.
    const tracked = new Set([...segmentsAskedSince(flow), ...askedSince(segments.flatMap(({ rule }) => rule ?? []))]);
    for (const segment of segments) if (!ours.has(segment.key)) saveSegment(workspace, { track: segment.rule !== null && tracked.has(segment.key), ...withMessages(segment, renamed), rule: segment.rule === null ? null : withoutFlows(withMessages(segment.rule, renamed)) });
    const days = new Set(calendarsOf(workspace).map(({ key }) => key));
    for (const calendar of calendars) if (!days.has(calendar.key)) saveCalendar(workspace, calendar);
    const id = insertFlow(workspace, withoutChosenFlows(withoutFlows(withMessages(flow, renamed))));
    return { id, created: { messages: newMessages, attributes: newAttributes.map(({ key }) => key) } };
  });
}

function isSameMessage(one: Message, other: Message): boolean {
  return (['name', 'channel', 'purpose', 'topic', 'subject', 'preheader', 'body'] as const).every((field) => one[field] === other[field]);
}

function freeKey(key: string, isFree: (key: string) => boolean): string {
  const base = key.slice(0, 58);
  for (let n = 2; ; n++) if (isFree(`${base}_${n}`)) return `${base}_${n}`;
}

/** The same with new keys of messages: steps and conditions both call them `message`. */
function withMessages<Value>(value: Value, renamed: ReadonlyMap<string, string>): Value {
  if (renamed.size === 0) return value;
  return JSON.parse(JSON.stringify(value), (name, each: unknown) => (name === 'message' && typeof each === 'string' ? (renamed.get(each) ?? each) : each)) as Value;
}

/** The same with no flow chosen in conditions about flows; "any flow" stays. */
function withoutFlows<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value), (_, each: unknown) => (isAboutFlow(each) && each.flow !== 'any' ? { ...each, flow: 0 } : each)) as Value;
}

/** The same where a step or trigger names a flow by its number: another workspace has another flow under it. */
function withoutChosenFlows(flow: Flow): Flow {
  const without = <Part extends Flow['steps'][number] | Flow['triggers'][number]>(part: Part, config: z.ZodObject | undefined): Part => {
    const fields = config === undefined ? [] : fieldsOf(config).filter(({ name, meta }) => meta.kind === 'flow' && part.config[name] !== undefined);
    return fields.length === 0 ? part : { ...part, config: { ...part.config, ...Object.fromEntries(fields.map(({ name }) => [name, null])) } };
  };
  return { ...flow, steps: flow.steps.map((step) => without(step, stepType(step.type)?.config)), triggers: flow.triggers.map((trigger) => without(trigger, triggerType(trigger.type)?.config)) };
}

function isAboutFlow(value: unknown): value is { flow: number | 'any' } {
  return typeof value === 'object' && value !== null && 'kind' in value && (value.kind === 'flow' || value.kind === 'message') && 'flow' in value;
}
