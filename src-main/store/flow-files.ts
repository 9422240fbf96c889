// Brings a flow with all that it refers to into the workspace, and collects the same of one that goes out as a file.
import { keysOf, namesInRule, renamedRule, type Name, type Rename } from '../../shared/contacts/naming.ts';
import { readFlowFile, writeFlowFile, type CarriedFlow } from '../../shared/flow/flow-file.ts';
import type { Flow, Message } from '../../shared/flow/flow.ts';
import { namesFrom } from '../../shared/flow/names.ts';
import { breaksFlow, flowProblems } from '../../shared/flow/problems.ts';
import { askedSince, namesInFlow, namesInMessage, renamedFlow, segmentsAskedSince } from '../../shared/flow/references.ts';
import { ProblemError } from '../../shared/problem.ts';
import type { Workspace } from '../workspace.ts';
import { addAttribute, attributesOf } from './attributes.ts';
import { calendarsOf, saveCalendar } from './calendars.ts';
import { transaction } from './database.ts';
import { insertFlow } from './flows.ts';
import { findMessage, saveMessage } from './messages.ts';
import { saveSegment, segmentsOf } from './segments.ts';
import { addTopic, topicsOf } from './topics.ts';

export type ImportedFlow = { id: number; created: { messages: string[]; attributes: string[]; topics: string[] } };

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

/** A flow as the text of a flow file, with the messages, attributes, segments, calendars and topics that it refers to. */
export function exportFlow(workspace: Workspace, flow: Flow): string {
  const { messages, segments, names } = wantedBy(workspace, flow);
  const attributeKeys = new Set([...keysOf(names, 'attribute'), ...keysOf(names, 'mergeTag')]);
  const attributes = [...attributesOf(workspace).values()].filter(({ key, standard }) => !standard && attributeKeys.has(key)).map(({ key, label, kind, choices }) => ({ key, label, kind, ...(choices !== undefined && { choices }) }));
  const calendarKeys = new Set(keysOf(names, 'calendar'));
  const topicKeys = new Set(keysOf(names, 'topic'));
  const topics = topicsOf(workspace).filter(({ key }) => topicKeys.has(key));
  return writeFlowFile({ flow, messages, attributes, segments, calendars: calendarsOf(workspace).filter(({ key }) => calendarKeys.has(key)), topics });
}

/** The messages and segments that a flow refers to, and everything that it and they name; segments also by way of segments. */
function wantedBy(workspace: Workspace, flow: Flow): { messages: Message[]; segments: CarriedFlow['segments']; names: Name[] } {
  const known = segmentsOf(workspace);
  const names = namesInFlow(flow);
  const segments: CarriedFlow['segments'] = [];
  const inside = new Set(keysOf(names, 'segment'));
  // Those that come up on the way are looked through, too.
  for (const wanted of inside) {
    const segment = known.get(wanted);
    if (segment === undefined) continue;
    segments.push({ key: segment.key, name: segment.name, rule: segment.rule });
    const inRule = segment.rule === null ? [] : namesInRule(segment.rule);
    names.push(...inRule);
    for (const each of keysOf(inRule, 'segment')) inside.add(each);
  }
  const messages = keysOf(names, 'message').flatMap((key) => findMessage(workspace, key) ?? []);
  return { messages, segments, names: [...names, ...messages.flatMap(namesInMessage)] };
}

/**
 * Adds a flow as a draft, with what the workspace does not have of that which it refers to; all or nothing. A message whose key is
 * taken by one with other content gets a new key, and a topic is the one that is called the same here; what refers to them follows.
 */
function addCarriedFlow(workspace: Workspace, { flow, messages, attributes, segments, calendars = [], topics = [] }: CarriedFlow): ImportedFlow {
  return transaction(workspace.db, () => {
    const known = attributesOf(workspace);
    const newAttributes = attributes.filter(({ key }) => !known.has(key));
    for (const attribute of newAttributes) addAttribute(workspace, attribute);

    const topicKeys = new Map<string, string>();
    const newTopics: string[] = [];
    for (const { key, name } of topics) {
      const ours = topicsOf(workspace).find((each) => each.name.toLowerCase() === name.toLowerCase())?.key;
      const now = ours ?? addTopic(workspace, name, key);
      topicKeys.set(key, now);
      if (ours === undefined) newTopics.push(now);
    }

    const messageKeys = new Map<string, string>();
    const newMessages: string[] = [];
    for (const carried of messages) {
      const message = carried.topic === undefined ? carried : { ...carried, topic: topicKeys.get(carried.topic) ?? carried.topic };
      const existing = findMessage(workspace, message.key);
      if (existing !== undefined && isSameMessage(existing, message)) continue;
      const key = existing === undefined ? message.key : freeKey(message.key, (each) => findMessage(workspace, each) === undefined && !messages.some((other) => other.key === each));
      messageKeys.set(message.key, key);
      saveMessage(workspace, { ...message, key });
      newMessages.push(key);
    }

    const rename: Rename = (thing, key) => {
      // Flows are numbered in each workspace anew: which flow is meant is to be chosen here.
      if (thing === 'flow') return 0 as typeof key;
      const now = thing === 'message' ? messageKeys.get(String(key)) : thing === 'topic' ? topicKeys.get(String(key)) : undefined;
      return (now ?? key) as typeof key;
    };
    const ours = segmentsOf(workspace);
    // Where it is asked since when somebody is in a segment, that is kept from now on.
    const tracked = new Set([...segmentsAskedSince(flow), ...askedSince(segments.flatMap(({ rule }) => rule ?? []))]);
    for (const segment of segments) if (!ours.has(segment.key)) saveSegment(workspace, { ...segment, track: segment.rule !== null && tracked.has(segment.key), rule: segment.rule === null ? null : renamedRule(segment.rule, rename) });
    const days = new Set(calendarsOf(workspace).map(({ key }) => key));
    for (const calendar of calendars) if (!days.has(calendar.key)) saveCalendar(workspace, calendar);
    const id = insertFlow(workspace, renamedFlow(flow, rename));
    return { id, created: { messages: newMessages, attributes: newAttributes.map(({ key }) => key), topics: newTopics } };
  });
}

function isSameMessage(one: Message, other: Message): boolean {
  return (['name', 'channel', 'purpose', 'topic', 'subject', 'preheader', 'body'] as const).every((field) => one[field] === other[field]);
}

function freeKey(key: string, isFree: (key: string) => boolean): string {
  const base = key.slice(0, 58);
  for (let n = 2; ; n++) if (isFree(`${base}_${n}`)) return `${base}_${n}`;
}
