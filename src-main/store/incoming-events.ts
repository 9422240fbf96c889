// Events that come from outside: the user's own, and opens, clicks, replies and opt-outs that another program has seen. They
// are tied to the message they are about, and an opt-out among them goes into the ledger of consent.
import { CHANNELS, type Channel } from '../../shared/contacts/contact.ts';
import { eventTypeSchema, FLOW_END_ASKED, FLOW_START_ASKED } from '../../shared/contacts/event.ts';
import { currencyNamed } from '../../shared/contacts/locale-words.ts';
import { notACurrency } from '../../shared/contacts/values.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Workspace } from '../workspace.ts';
import { consentState, recordConsent } from './consents.ts';
import { row, transaction } from './database.ts';
import { recordEvent, type NewEvent } from './events.ts';
import { findOrder, recordOrder, type OrderOutcome } from './orders.ts';
import { SENT_AT } from './outbox.ts';
import { readSettings } from './settings.ts';
import { addSuppression } from './suppressions.ts';
import { topicCalled } from './topics.ts';

export type IncomingEvent = {
  contactId: number;
  type: string;
  /** `null`: nobody says when; then now, and an order that is there already keeps its time. */
  at: number | null;
  eventId: string | null;
  data: Record<string, unknown>;
  /** The import that brings it: flows hear of it only where that may start them. Without one it came by a call. */
  importId?: number;
};

/** What only the program itself can know; from outside it would be a false entry in a contact's history. */
const OWN_TYPES = new Set(['contact_added', 'attributes_changed', 'tag_added', 'tag_removed', 'suppressed', 'suppression_removed', 'message_sent', 'message_failed', 'message_cancelled', 'flow_entered', 'flow_left', 'flow_moved', 'order_changed', 'contact_merged', 'segment_entered', 'segment_left', 'task_created', 'task_decided', 'task_closed', 'note_added', FLOW_START_ASKED, FLOW_END_ASKED]);
const MOST_DATA = 100_000;
const MADE_BY = ['human', 'machine', 'unsure'] as const;

/**
 * Records an event from outside, with all that follows from it, or nothing. Known by its id it changes nothing, unless it is an order: that becomes as it is said now.
 * - Message events with `data.message` (a message's key) belong to the contact's latest such message sent before them, and so
 *   to its enrollment. `data.made_by` says of an open or click whether a human or a machine made it.
 * - `consent_withdrawn` and `unsubscribed` withdraw consent for `data.channel` (e-mail unless said), or for its `data.topic` (its key or its name) alone. `consent_given` needs a
 *   `data.source`, and does not lift a withdrawal: only a person can (FEATURES A6.7).
 * - `message_bounced` with `data.kind` hard, and complaints (`message_complained`, or `data.kind` complaint), suppress the address;
 *   other bounces do not: two in three of them are full mailboxes, grey lists and the like (FAULTS finding 10).
 * - `order_placed` with `data.order` (its number) and `data.amount` (whole minor units) is also an order, in `data.currency` (ISO
 *   4217; unless said, that of the workspace).
 * Throws a ProblemError for a malformed type, one that only the program records, data that is wrong or too large, or an id that another one has.
 */
export function recordIncoming(workspace: Workspace, event: IncomingEvent): OrderOutcome {
  checkEvent(event);
  return transaction(workspace.db, () => {
    const { contactId, type, data, importId } = event;
    const at = event.at ?? workspace.clock.now();
    const isOfOrder = type === 'order_placed' && isOrder(data);
    if (isKnown(workspace, event) && !(isOfOrder && findOrder(workspace, String(data.order)) !== undefined)) return 'unchanged';
    const source = importId === undefined ? 'api' : 'import';
    if (isOfOrder) {
      const currency = currencyOf(workspace, data);
      return recordOrder(workspace, { orderKey: String(data.order), contactId, at, isTimeGuessed: event.at === null, amount: data.amount, currency, source, importId, data: { ...data, ...(currency !== undefined && { currency }) } });
    }
    const told: NewEvent = { contactId, type, at, source, importId, data, eventId: event.eventId ?? undefined, ...linkOf(workspace, event, at), madeBy: MADE_BY.find((each) => each === data.made_by) ?? null };
    if (type === 'consent_given') raiseConsent(workspace, told, data);
    if (type === 'consent_withdrawn' || type === 'unsubscribed') {
      recordConsent(workspace, { contactId, channel: channelOf(data), topic: topicOf(workspace, data), given: false, source: textOf(data.source) ?? type, actor: source, at, withoutEvent: type === 'consent_withdrawn' });
    }
    const dead = deadBecause(type, data);
    if (dead !== null) suppressAddress(workspace, event, dead, source);
    return recordEvent(workspace, told) ? 'added' : 'unchanged';
  });
}

function checkEvent({ type, data }: IncomingEvent): void {
  if (!eventTypeSchema.safeParse(type).success) {
    refuse('event-type', say('"{type}" cannot be the name of an event. Use small letters a to z, digits and _, beginning with a letter, at most 63 characters.', { type: type.slice(0, 80) }), { field: 'type' });
  }
  if (OWN_TYPES.has(type)) refuse('event-own', say('Events of the type {type} are recorded by Kanal itself. Choose another name for yours.', { type }), { field: 'type' });
  if (JSON.stringify(data).length > MOST_DATA) refuse('event-too-large', say('The data of the event has more than {most} characters.', { most: MOST_DATA }), { field: 'data' });
  if (type.startsWith('message_') && data.message !== undefined && typeof data.message !== 'string') refuse('event-message', say('The message of an event is given by its key.'), { field: 'data.message' });
}

/** Whether it was recorded before. */
function isKnown(workspace: Workspace, event: IncomingEvent): boolean {
  const { contactId, type, eventId, data } = event;
  const order = type === 'order_placed' && isOrder(data) ? `order:${data.order}` : null;
  const known = [order, eventId].flatMap((id) => (id === null ? [] : (row<{ contactId: number; type: string }>(workspace.db, 'SELECT contact_id AS contactId, type FROM events WHERE event_id = ?', id) ?? [])));
  if (known.some((each) => each.contactId !== contactId || each.type !== type)) refuseOther(event);
  return known.length > 0;
}

/** Stops what has the id of another event, of another contact or of another type: taken for the same, it would be lost without a word. */
export function refuseOther({ type, eventId, data }: Pick<IncomingEvent, 'type' | 'eventId' | 'data'>): never {
  if (type === 'order_placed' && isOrder(data)) refuse('order-taken', say('There is an order {number} already, and it is of another contact. If it comes from another shop, write the name of the shop before the number.', { number: String(data.order) }), { field: 'data.order' });
  refuse('event-taken', say('There is an event with the id {id} already, and it is of another contact or another type. Give this one an id of its own.', { id: eventId ?? '' }), { field: 'eventId' });
}

/** Why nothing may be sent to the address after such an event; `null`: it may. */
function deadBecause(type: string, { kind }: Record<string, unknown>): 'bounced' | 'complaint' | null {
  if (type === 'message_complained' || (type === 'message_bounced' && kind === 'complaint')) return 'complaint';
  return type === 'message_bounced' && kind === 'hard' ? 'bounced' : null;
}

function suppressAddress(workspace: Workspace, { contactId, data }: IncomingEvent, reason: string, source: string): void {
  const channel = channelOf(data);
  const address = row<{ address: string | null }>(workspace.db, `SELECT ${channel === 'sms' ? 'phone' : 'email'} AS address FROM contacts WHERE id = ?`, contactId)?.address;
  if (address != null) addSuppression(workspace, { channel, address, reason, source });
}

export function isOrder(data: Record<string, unknown>): data is Record<string, unknown> & { order: string | number; amount: number } {
  const named = (typeof data.order === 'string' && data.order !== '') || typeof data.order === 'number';
  return named && Number.isSafeInteger(data.amount);
}

function currencyOf(workspace: Workspace, { currency }: Record<string, unknown>): string | undefined {
  if (currency === undefined || currency === null || currency === '') return undefined;
  const cell = typeof currency === 'string' ? currency.trim() : JSON.stringify(currency);
  return currencyNamed(cell, readSettings(workspace).currency) ?? refuse('currency-unknown', notACurrency(cell), { field: 'data.currency' });
}

type Link = { outboxId: number; enrollmentId: number; flowId: number };

/** The sent message that an event is about: the latest before it, or else (a clock that is ahead) the earliest. */
function linkOf(workspace: Workspace, { contactId, type, data }: IncomingEvent, at: number): Link | undefined {
  if (!type.startsWith('message_') || typeof data.message !== 'string') return undefined;
  // Handed over and unknown ones may have arrived; that somebody opens one proves it.
  const sent = `SELECT id AS outboxId, enrollment_id AS enrollmentId, flow_id AS flowId FROM outbox
    WHERE contact_id = ? AND message = ? AND state IN ('sent', 'handed', 'unknown')`;
  return (
    row<Link>(workspace.db, `${sent} AND ${SENT_AT} <= ? ORDER BY ${SENT_AT} DESC, id DESC LIMIT 1`, contactId, data.message, at) ??
    row<Link>(workspace.db, `${sent} ORDER BY ${SENT_AT}, id LIMIT 1`, contactId, data.message)
  );
}

function raiseConsent(workspace: Workspace, { contactId, at }: NewEvent, data: Record<string, unknown>): void {
  const source = textOf(data.source);
  const channel = channelOf(data);
  const topic = topicOf(workspace, data);
  if (source === undefined) refuse('consent-source', say('Consent needs a source: say in the event\'s data where it was given, such as "newsletter form".'), { field: 'data.source' });
  if (consentState(workspace, contactId, channel, topic) === 'withdrawn') refuse('consent-withdrawn', say('This contact has opted out. Only a person can lift that, on the contact\'s page.'), { field: 'type' });
  recordConsent(workspace, { contactId, channel, topic, given: true, source, wording: textOf(data.wording), actor: 'api', at, withoutEvent: true });
}

function channelOf(data: Record<string, unknown>): Channel {
  if (data.channel === undefined) return 'email';
  const channel = CHANNELS.find((each) => each === data.channel);
  if (channel === undefined) refuse('event-channel', say('The channel of a consent is {channels}.', { channels: CHANNELS.join(', ') }), { field: 'data.channel' });
  return channel;
}

/** The key of the topic that the data names, by its key or as people call it; '': the channel as a whole. A word that nothing looks at would lose an opt-out. */
function topicOf(workspace: Workspace, data: Record<string, unknown>): string {
  const said = textOf(data.topic);
  if (said === undefined) return '';
  return topicCalled(workspace, said) ?? refuse('topic-unknown', say('There is no topic {topic}. Add it under Settings, Privacy, or choose another one.', { topic: said.slice(0, 80) }), { field: 'data.topic' });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 500) : undefined;
}
