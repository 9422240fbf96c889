// Kinds of events that a timeline can be narrowed to.
import { EVENT_TYPES, type KnownEventType } from '../../shared/contacts/event.ts';

export const EVENT_GROUPS = ['all', 'messages', 'changes', 'flows', 'other'] as const;
export type EventGroup = (typeof EVENT_GROUPS)[number];

/** Whether the program itself records events of this type. */
export function isKnownType(type: string): type is KnownEventType {
  return (EVENT_TYPES as readonly string[]).includes(type);
}

/** The group of an event; orders and events of the user's own are `other`. */
export function groupOf(type: string): Exclude<EventGroup, 'all'> {
  if (type.startsWith('message_')) return 'messages';
  if (type.startsWith('flow_')) return 'flows';
  return isKnownType(type) && type !== 'order_placed' ? 'changes' : 'other';
}
