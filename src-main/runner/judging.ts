// Has triggers judge events that they have heard by what they remember of the contact (FEATURES D31), in the order of the events.
import type { ContactEvent } from '../../shared/contacts/event.ts';
import { attributesOf } from '../store/attributes.ts';
import { lastEntryOf } from '../store/enrollments.ts';
import { readSettings } from '../store/settings.ts';
import { rememberOfContact, triggerMemories } from '../store/trigger-memory.ts';
import type { Workspace } from '../workspace.ts';
import type { EventTrigger } from './published.ts';

type Heard<Listener extends EventTrigger> = { event: ContactEvent; listener: Listener };

/** Those of the events heard that start something; triggers that remember nothing mean all of theirs. Joins the transaction at hand. */
export function judged<Listener extends EventTrigger>(workspace: Workspace, heard: readonly Heard<Listener>[]): Heard<Listener>[] {
  if (heard.every(({ listener }) => listener.source.judge === undefined)) return [...heard];
  const zone = readSettings(workspace).timeZone;
  const books = new Map<string, { trigger: EventTrigger; memories: Map<number, unknown>; changed: Set<number> }>();
  const bookOf = (trigger: EventTrigger) => {
    const key = `${trigger.flowId}:${trigger.triggerId}`;
    let book = books.get(key);
    if (book === undefined) {
      const contacts = heard.filter(({ listener }) => listener.flowId === trigger.flowId && listener.triggerId === trigger.triggerId).map(({ event }) => event.contactId);
      books.set(key, (book = { trigger, memories: triggerMemories(workspace, trigger.flowId, trigger.triggerId, [...new Set(contacts)]), changed: new Set() }));
    }
    return book;
  };
  const meant = heard.filter(({ event, listener }) => {
    const { judge } = listener.source;
    if (judge === undefined) return true;
    const { memories, changed } = bookOf(listener);
    const before = memories.get(event.contactId) ?? null;
    const { fires, memory } = judge(before, event, {
      zone,
      choices: (attribute) => attributesOf(workspace).get(attribute)?.choices ?? [],
      get lastEnteredAt() {
        return lastEntryOf(workspace, listener.flowId, event.contactId);
      },
    });
    if (memory !== before) {
      memories.set(event.contactId, memory);
      changed.add(event.contactId);
    }
    return fires;
  });
  for (const { trigger, memories, changed } of books.values()) {
    for (const contactId of changed) rememberOfContact(workspace, trigger.flowId, trigger.triggerId, contactId, memories.get(contactId));
  }
  return meant;
}
