// Everything that a workspace knows of one person, for their own eyes (GDPR 15; FEATURES B15).
import { inEnglish } from '../../shared/text.ts';
import { ProblemError } from '../../shared/problem.ts';
import type { Workspace } from '../workspace.ts';
import { attributesOf } from './attributes.ts';
import { consentsOf } from './consents.ts';
import { getContact } from './contacts.ts';
import { flowsOfContact, timelineOf, valuesOver } from './contact-history.ts';
import { rows } from './database.ts';
import { notesOf } from './notes.ts';
import { SENT_AT } from './outbox.ts';
import { answerForContacts } from './rules.ts';
import { segmentsOf } from './segments.ts';
import { suppressionsOf } from './suppressions.ts';
import { tagsFor } from './tags.ts';
import { listTopics } from './topics.ts';
import { linesOfContact } from './waiting-entries.ts';

/** What is known of a contact; `undefined` when there is none with this id. Instants are ms since 1970 UTC, money is in minor units. */
export function everythingAbout(workspace: Workspace, id: number) {
  const attributes = attributesOf(workspace);
  const contact = getContact(workspace, id, attributes);
  if (contact === undefined) return undefined;
  const { db } = workspace;
  const topics = new Map(listTopics(workspace).map(({ key, name }) => [key, name]));
  const { email, phone } = contact.values;
  const topicName = (key: string): string => topics.get(key) ?? key;
  return {
    contact: { id, addedAt: contact.addedAt },
    attributes: Object.entries(contact.values).map(([key, value]) => ({ key, label: attributes.get(key)!.label, kind: attributes.get(key)!.kind, value })),
    history: [...attributes.values()].flatMap(({ key, label, kind }) => valuesOver(workspace, contact, key, -1).map(({ event: _event, ...change }) => ({ key, label, kind, ...change }))),
    formerAddresses: rows<{ kind: string; value: string }>(db, 'SELECT kind, value FROM former_addresses WHERE contact_id = ? ORDER BY kind, value', id),
    tags: tagsFor(workspace, [id]).get(id) ?? [],
    consents: consentsOf(workspace, id).map((consent) => ({ ...consent, topicName: consent.topic === '' ? null : topicName(consent.topic) })),
    suppressions: [...(typeof email === 'string' ? suppressionsOf(workspace, 'email', email) : []), ...(typeof phone === 'string' ? suppressionsOf(workspace, 'sms', phone) : [])],
    segments: [...segmentsOf(workspace).values()].filter(({ key }) => isIn(workspace, key, id)).map(({ name }) => name),
    flows: flowsOfContact(workspace, id, -1).map((each) => ({ ...each, stepName: each.stepName && inEnglish(each.stepName) })),
    lines: linesOfContact(workspace, id).map(({ flowName, since, dueAt }) => ({ flowName, since, dueAt })),
    messages: rows<{ message: string; name: string | null; subject: string | null; address: string | null; channel: string; state: string; reason: string | null; at: number }>(
      db,
      `SELECT o.message, m.name, o.subject, o.address, o.channel, o.state, o.reason, coalesce(${SENT_AT}, o.due_at) AS at
       FROM outbox o LEFT JOIN messages m ON m.key = o.message WHERE o.contact_id = ? ORDER BY o.id DESC`,
      id,
    ),
    orders: rows<{ order: string; at: number; amount: number; currency: string; data: string }>(db, 'SELECT order_key AS "order", at, amount, currency, data FROM orders WHERE contact_id = ? ORDER BY at DESC', id).map(({ data, ...order }) => ({ ...order, data: JSON.parse(data) as Record<string, unknown> })),
    notes: notesOf(workspace, id),
    tasks: rows<{ title: string; text: string; state: string; outcome: string | null; comment: string; at: number }>(db, 'SELECT title, text, state, outcome, comment, created_at AS at FROM tasks WHERE contact_id = ? ORDER BY id DESC', id),
    events: timelineOf(workspace, id, { group: 'all', from: null, until: null, before: null, limit: -1 }),
  };
}

/** A segment whose rule cannot be asked any more holds nobody. */
function isIn(workspace: Workspace, segment: string, contact: number): boolean {
  try {
    return answerForContacts(workspace, { kind: 'segment', segment, member: true }, [contact]).has(contact);
  } catch (error) {
    if (error instanceof ProblemError) return false;
    throw error;
  }
}

export type KnownOfPerson = NonNullable<ReturnType<typeof everythingAbout>>;
