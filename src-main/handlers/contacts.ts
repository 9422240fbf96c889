// Calls about contacts, their attributes, tags, consent and history.
import type { CheckedInput, ContactDetail, ContactRow } from '../../shared/api.ts';
import { countryOf, normaliseEmail, normalisePhone } from '../../shared/contacts/address.ts';
import { IDENTIFYING, type AttributeValue, type Channel } from '../../shared/contacts/contact.ts';
import { valueReason } from '../../shared/contacts/values.ts';
import { problem, ProblemError, refuse, type Problem } from '../../shared/problem.ts';
import { say, type Text } from '../../shared/text.ts';
import type { Handlers } from '../dispatch.ts';
import { contactWithAddress } from '../imports/event-contact.ts';
import { readersOf } from '../readers/readers.ts';
import { addAttribute, attributesOf, type StoredAttribute } from '../store/attributes.ts';
import { consentsOf } from '../store/consents.ts';
import { countPassages, flowsOfContact } from '../store/contact-history.ts';
import { contactRows } from '../store/contact-list.ts';
import { attributeNamed, findByEmail, getContact, getContacts, insertContact, refuseUnknownContact, updateContact, type Values } from '../store/contacts.ts';
import { transaction } from '../store/database.ts';
import { recordIncoming } from '../store/incoming-events.ts';
import { readSettings } from '../store/settings.ts';
import { recordAudit } from '../store/runner-state.ts';
import { isErased, suppressionsOf } from '../store/suppressions.ts';
import { addTagFor, removeTagFor } from '../store/tags.ts';
import { linesOfContact } from '../store/waiting-entries.ts';
import type { Workspace } from '../workspace.ts';

type Calls = Pick<
  Handlers,
  | 'contacts.list' | 'contacts.get' | 'contacts.find' | 'contacts.add' | 'contacts.update' | 'contacts.tag'
  |  'contacts.count' | 'attributes.list' | 'attributes.add' | 'tags.list' | 'events.record'
>;

/** Whatever a person does by hand, in the window or on the command line. */
const BY_HAND = { source: 'user' } as const;

/** What tells a contact from others: one of these must have a value. */
/** A page shows so many; the report of what is known of somebody names them all. */
const PASSAGES_SHOWN = 200;

export function contactHandlers(workspace: Workspace): Calls {
  const changed = () => {
    workspace.changed('contacts');
    workspace.wake();
  };
  return {
    'contacts.list': ({ screen, search, rule, sort, offset, limit }) =>
      readersOf(workspace).read('contacts', { search, rule, sort, offset, limit }, askedBy(screen, { search, rule, sort })),
    'contacts.get': ({ id }) => {
      const contact = contactRows(workspace, [id])[0] ?? refuseUnknownContact(id);
      return {
        ...contact,
        consents: consentsOf(workspace, id),
        flows: flowsOfContact(workspace, id, PASSAGES_SHOWN),
        passages: countPassages(workspace, id),
        lines: linesOfContact(workspace, id),
        suppressions: suppressionsFor(workspace, contact),
      };
    },
    'contacts.find': ({ email }) => {
      const read = normaliseEmail(email);
      const id = 'email' in read ? findByEmail(workspace, read.email) : undefined;
      return id === undefined ? null : { id };
    },
    'contacts.add': (input) => {
      const values = checkedValues(workspace, input.values);
      if (IDENTIFYING.every((key) => (values[key] ?? null) === null)) {
        refuse('contact-unidentified', say('A contact needs an e-mail address, a phone number or an external ID, so that it can be found again.'), { field: 'email' });
      }
      const id = insertContact(workspace, values, BY_HAND);
      changed();
      return { id };
    },
    'contacts.update': (input) => {
      const values = checkedValues(workspace, input.values);
      transaction(workspace.db, () => {
        updateContact(workspace, input.id, values, BY_HAND);
        const after = getContact(workspace, input.id)?.values ?? {};
        if (IDENTIFYING.every((key) => after[key] === undefined)) {
          refuse('contact-unidentified', say('A contact needs an e-mail address, a phone number or an external ID, so that it can be found again.'), { field: Object.keys(values)[0] });
        }
      });
      changed();
      return null;
    },
    'contacts.tag': ({ ids, add, remove }) => {
      transaction(workspace.db, () => {
        const known = getContacts(workspace, ids);
        const subjects = [...new Set(ids)].map((contactId) => (known.has(contactId) ? { contactId } : refuseUnknownContact(contactId)));
        for (const tag of add) addTagFor(workspace, subjects, checkedTag(tag), BY_HAND);
        for (const tag of remove) removeTagFor(workspace, subjects, checkedTag(tag), BY_HAND);
      });
      changed();
      return null;
    },
    'contacts.count': ({ screen, rule }) => readersOf(workspace).read('count', { rule }, askedBy(screen, rule)),
    'attributes.list': () => [...attributesOf(workspace).values()].map(({ key, label, kind, choices, standard }) => ({ key, label, kind, standard, ...(choices && { choices }) })),
    'attributes.add': (attribute) => {
      transaction(workspace.db, () => {
        addAttribute(workspace, attribute);
        recordAudit(workspace, 'user', 'attribute-added', { attribute: attribute.key, label: attribute.label, kind: attribute.kind });
      });
      workspace.changed('attributes');
      return null;
    },
    'tags.list': () => readersOf(workspace).read('tags', null),
    'events.record': ({ events }) => {
      const answer = recordAll(workspace, events);
      if (answer.recorded > 0) {
        workspace.changed('contacts', 'counts');
        workspace.wake();
      }
      return answer;
    },
  };
}

/** Other pages of the same question are no new question. */
function askedBy(screen: string | undefined, question: unknown): { screen: string; question: string } | undefined {
  return screen === undefined ? undefined : { screen, question: JSON.stringify(question) };
}

function suppressionsFor(workspace: Workspace, { values }: ContactRow): ContactDetail['suppressions'] {
  const of = (channel: Channel, address: AttributeValue | undefined) => (typeof address === 'string' ? suppressionsOf(workspace, channel, address) : []);
  return [...of('email', values.email), ...of('sms', values.phone)];
}

/** The values in their stored form; refuses all that do not fit at once, each with its attribute as the place. */
function checkedValues(workspace: Workspace, values: Values): Values {
  const attributes = attributesOf(workspace);
  const country = countryOf(readSettings(workspace).locale);
  const problems: Problem[] = [];
  const checked: [string, AttributeValue][] = [];
  for (const [key, value] of Object.entries(values)) {
    const read = checkedValue(attributeNamed(attributes, key), value, country);
    if ('reason' in read) problems.push(problem('value-unfit', read.reason, { field: key }));
    else checked.push([key, read.value]);
  }
  if (problems.length > 0) throw new ProblemError(...problems);
  for (const [key, by] of [['email', 'email'], ['phone', 'sms'], ['external_id', 'external_id']] as const) {
    const value = checked.find(([each]) => each === key)?.[1];
    if (typeof value !== 'string' || !isErased(workspace, by, value)) continue;
    refuse('contact-erased', say('The person with this address, number or ID was erased, and asked to be forgotten. If they have come back of their own accord, take it off the list under Settings, Privacy.'), { field: key });
  }
  return Object.fromEntries(checked);
}

function checkedValue(attribute: StoredAttribute, value: AttributeValue, country: string): { value: AttributeValue } | { reason: Text } {
  const plain = typeof value === 'string' ? value.trim() : value;
  if (plain === '') return { value: null };
  if (attribute.key === 'email' && typeof plain === 'string') {
    const read = normaliseEmail(plain);
    return 'email' in read ? { value: read.email } : read;
  }
  if (attribute.key === 'phone' && typeof plain === 'string') {
    const read = normalisePhone(plain, country);
    return 'phone' in read ? { value: read.phone } : read;
  }
  // A list is kept as an import would read it: nothing twice, and nothing that is empty.
  if (attribute.kind === 'choices' && Array.isArray(plain)) {
    const list = [...new Set((plain as readonly string[]).map((each) => each.trim()).filter((each) => each !== ''))];
    const unfit = valueReason(list, attribute);
    return unfit === undefined ? { value: list } : { reason: unfit };
  }
  const reason = valueReason(plain, attribute);
  return reason === undefined ? { value: plain } : { reason };
}

function checkedTag(tag: string): string {
  const name = tag.trim();
  if (name === '') refuse('tag-empty', say('A tag needs a name.'), { field: 'tag' });
  return name;
}

/** Each event by itself: one that is refused does not hold up the others. */
function recordAll(workspace: Workspace, events: CheckedInput<'events.record'>['events']) {
  const answer: { recorded: number; known: number; rejected: { index: number; problem: Problem }[] } = { recorded: 0, known: 0, rejected: [] };
  transaction(workspace.db, () => {
    events.forEach(({ email, type, at, eventId, data }, index) => {
      try {
        const outcome = recordIncoming(workspace, { contactId: contactWithAddress(workspace, email), type, at, eventId, data });
        if (outcome !== 'unchanged') answer.recorded++;
        else answer.known++;
      } catch (error) {
        if (!(error instanceof ProblemError)) throw error;
        answer.rejected.push({ index, problem: error.problems[0]! });
      }
    });
  });
  return answer;
}
