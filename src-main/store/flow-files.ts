// Brings a flow with all that it refers to into the workspace, and collects the same of one that goes out as a file.
import type { Attribute } from '../../shared/contacts/contact.ts';
import type { Rule } from '../../shared/contacts/rule.ts';
import type { Flow, Message } from '../../shared/flow/flow.ts';
import type { Workspace } from '../workspace.ts';
import { addAttribute, attributesOf } from './attributes.ts';
import { transaction } from './database.ts';
import { insertFlow } from './flows.ts';
import { findMessage, saveMessage } from './messages.ts';
import { saveSegment, segmentsOf } from './segments.ts';

/** A flow with what it carries. */
export type CarriedFlow = { flow: Flow; messages: readonly Message[]; attributes: readonly Attribute[]; segments: readonly { key: string; name: string; rule: Rule | null }[] };

/**
 * Adds a flow as a draft, with the messages, attributes and segments that the workspace does not have; all or nothing. A
 * message whose key is taken by one with other content gets a new key, and what refers to it follows.
 */
export function addCarriedFlow(workspace: Workspace, { flow, messages, attributes, segments }: CarriedFlow): { id: number; created: { messages: string[]; attributes: string[] } } {
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
    for (const segment of segments) if (!ours.has(segment.key)) saveSegment(workspace, withMessages(segment, renamed));
    const id = insertFlow(workspace, withMessages(flow, renamed));
    return { id, created: { messages: newMessages, attributes: newAttributes.map(({ key }) => key) } };
  });
}

function isSameMessage(one: Message, other: Message): boolean {
  return (['name', 'channel', 'purpose', 'subject', 'preheader', 'body'] as const).every((field) => one[field] === other[field]);
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
