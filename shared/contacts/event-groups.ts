// The groups in which a timeline is read: every type of event belongs to one of them.
import { FLOW_END_ASKED, FLOW_START_ASKED } from './event.ts';

const TYPES = {
  messages: ['message_sent', 'message_failed', 'message_cancelled', 'message_opened', 'message_clicked', 'message_replied', 'message_bounced', 'message_complained'],
  changes: ['contact_added', 'attributes_changed', 'imported', 'tag_added', 'tag_removed', 'segment_entered', 'segment_left', 'contact_merged'],
  consent: ['consent_given', 'consent_withdrawn', 'suppressed', 'suppression_removed', 'unsubscribed'],
  flows: ['flow_entered', 'flow_left', 'flow_moved', FLOW_START_ASKED, FLOW_END_ASKED],
  orders: ['order_placed', 'order_changed'],
  people: ['task_created', 'task_decided', 'task_closed', 'note_added'],
} as const satisfies Record<string, readonly string[]>;

/** `other`: events of the user's own, and whatever the program does not know by name. */
export const EVENT_GROUPS = ['all', 'messages', 'changes', 'consent', 'flows', 'orders', 'people', 'other'] as const;
export type EventGroup = (typeof EVENT_GROUPS)[number];

/** Which types a group has (`only`), or has not (`without`); neither for all. */
export function typesOf(group: EventGroup): { only: readonly string[] } | { without: readonly string[] } {
  if (group === 'all') return { without: [] };
  return group === 'other' ? { without: Object.values(TYPES).flat() } : { only: TYPES[group] };
}
