// Events: everything that happens to a contact, at an instant. Triggers, rules, timelines and reports read them.
import { z } from 'zod';
import { subjectParts, type AttributeValue } from './contact.ts';

/** What the program itself records. Any other snake_case name is an event of the user's own. */
export const EVENT_TYPES = [
  'contact_added',
  'attributes_changed',
  'tag_added',
  'tag_removed',
  'consent_given',
  'consent_withdrawn',
  'suppressed',
  'suppression_removed',
  'message_sent',
  'message_failed',
  'message_opened',
  'message_clicked',
  'message_replied',
  'message_bounced',
  'message_complained',
  'order_placed',
  'order_changed',
  'flow_entered',
  'flow_left',
  'flow_moved',
  'contact_merged',
  'segment_entered',
  'segment_left',
  'task_created',
  'task_decided',
  'task_closed',
  'note_added',
] as const;
/** By these events a step asks that the contact comes into another flow, or leaves others; `data.flow` is a flow's number, or (to leave) null: all others. */
export const FLOW_START_ASKED = 'flow_start_asked';
export const FLOW_END_ASKED = 'flow_end_asked';

export type KnownEventType = (typeof EVENT_TYPES)[number];

export const eventTypeSchema = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/);

/** Attribute changes of one act (a form saved, a row imported): key -> [old, new]. One event, however many attributes. */
export type AttributeChanges = Record<string, [old: AttributeValue, now: AttributeValue]>;

/** An event as triggers see it. `flow` is the flow that caused it: a flow does not trigger on its own change (FEATURES D25). */
export type ContactEvent = {
  id: number;
  contactId: number;
  type: string;
  at: number;
  /** Who or what caused it: user, import, flow, channel, cli. */
  source: string;
  flowId: number | null;
  importId: number | null;
  bulkEditId: number | null;
  /** Properties: `tag` for tag events, `changes` for attributes_changed, `message` (a message's key) for message events ... */
  data: Record<string, unknown>;
};

/** What people do with a flow's messages and cards carries that flow's id, and is not its doing. */
const DONE_BY_PEOPLE: ReadonlySet<string> = new Set(['message_opened', 'message_clicked', 'message_replied', 'message_bounced', 'task_decided'] satisfies KnownEventType[]);

/** Whether some flow has done this, not the contact. */
export function isFlowsDoing({ type, flowId }: Pick<ContactEvent, 'type' | 'flowId'>): boolean {
  return flowId !== null && !DONE_BY_PEOPLE.has(type);
}

/** What a contact came with, in the event of their being added: tags, and by channel the source of what was consented to or withdrawn. */
export type Arrival = { tags?: string[]; given?: Record<string, string>; withdrawn?: Record<string, string> };

/** What a contact comes with, as its event tells it. */
export function arrivalOf(tags: readonly string[], consents: readonly { channel: string; given: boolean; source: string }[]): Arrival {
  const arrival: Arrival = tags.length === 0 ? {} : { tags: [...tags] };
  for (const { channel, given, source } of consents) (arrival[given ? 'given' : 'withdrawn'] ??= {})[channel] = source;
  return arrival;
}

/** What events of consent say of their subject: the channel, and the topic where it is about one. */
export function aboutSubject(subject: string): { channel: string; topic?: string } {
  const { channel, topic } = subjectParts(subject);
  return topic === '' ? { channel } : { channel, topic };
}

const ARRIVING = ['tag_added', 'consent_given', 'consent_withdrawn'];

/** The types under which events are recorded that tell of something of these types (`actsOf`). */
export function recordedAs(types: ReadonlySet<string>): string[] {
  return ARRIVING.some((type) => types.has(type)) ? [...new Set(types).add('contact_added')] : [...types];
}

/**
 * What an event tells of, each as the event that it would be by itself: of a contact that was added also their tags and consents
 * (an import writes one event for a contact, FEATURES D27). Of every other event: itself. SQL has the same in store/event-acts.ts.
 */
export function actsOf<Event extends Pick<ContactEvent, 'type' | 'data'>>(event: Event): Event[] {
  if (event.type !== 'contact_added') return [event];
  const { tags = [], given = {}, withdrawn = {} } = event.data as Arrival;
  return [
    event,
    ...tags.map((tag) => ({ ...event, type: 'tag_added', data: { tag } })),
    ...Object.entries(given).map(([channel, source]) => ({ ...event, type: 'consent_given', data: { ...aboutSubject(channel), source } })),
    ...Object.entries(withdrawn).map(([channel, source]) => ({ ...event, type: 'consent_withdrawn', data: { ...aboutSubject(channel), source } })),
  ];
}
