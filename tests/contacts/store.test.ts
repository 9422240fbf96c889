// Changes of contacts in the store: what is written, which events say so, and that nothing else does.
import { beforeEach, describe, expect, test } from 'vitest';
import { STANDARD_ATTRIBUTES } from '../../shared/contacts/contact.ts';
import { rows, transaction } from '../../src-main/store/database.ts';
import { addAttribute, attributesOf, freeAttributeKey } from '../../src-main/store/attributes.ts';
import { consentsOf, consentState, consentStatesFor, recordConsent } from '../../src-main/store/consents.ts';
import { attributeValuesFor, contactZonesFor, countContacts, findByEmail, getContact, insertContact, setAttributeFor, updateContact } from '../../src-main/store/contacts.ts';
import { contactsMatching, countMatching } from '../../src-main/store/rules.ts';
import { isSample, markAsSample, readSettings, writeSetting, writeSettings } from '../../src-main/store/settings.ts';
import { addSuppression, isSuppressed, suppressedAmong } from '../../src-main/store/suppressions.ts';
import { addTagFor, listTags, removeTagFor, tagsFor } from '../../src-main/store/tags.ts';
import { addContact, testWorkspace, TEST_NOW, type TestWorkspace } from '../workspace-fixture.ts';

let workspace: TestWorkspace;
const byUser = { source: 'user' };

beforeEach(() => {
  workspace = testWorkspace();
});

/** Types and data of a contact's events, in the order of their recording. */
function eventsOf(id: number): unknown[] {
  return rows<{ type: string; data: string }>(workspace.db, 'SELECT type, data FROM events WHERE contact_id = ? ORDER BY id', id).map(({ type, data }) => [type, JSON.parse(data)]);
}

describe('attributes', () => {
  test('a new one is a column, and comes after the standard ones', () => {
    addAttribute(workspace, { key: 'plan', label: 'Plan', kind: 'choice', choices: ['Free', 'Pro'] });
    expect([...attributesOf(workspace).keys()]).toEqual(['email', 'phone', 'external_id', 'first_name', 'last_name', 'language', 'time_zone', 'company', 'plan']);
    expect(attributesOf(workspace).get('plan')).toEqual({ key: 'plan', label: 'Plan', kind: 'choice', choices: ['Free', 'Pro'], standard: false, column: 'a_plan' });
  });

  test.each([
    ['email', 'Every contact has E-mail already'],
    ['__proto__', 'cannot be the key'],
    ['constructor', 'a meaning of its own'],
    ['id', 'a meaning of its own'],
    ['Plan', 'cannot be the key'],
    ['x"; DROP TABLE contacts', 'cannot be the key'],
    ['', 'cannot be the key'],
    ['taken', 'There is an attribute taken already'],
  ])('%j is refused', (key, words) => {
    addAttribute(workspace, { key: 'taken', label: 'Taken', kind: 'text' });
    expect(() => addAttribute(workspace, { key, label: 'X', kind: 'text' })).toThrow(words);
    expect(attributesOf(workspace).size).toBe(STANDARD_ATTRIBUTES.length + 1);
  });

  test.each([
    ['Fødselsdag (år)', 'foedselsdag_aar'],
    ['Żółć łąka', 'zolc_laka'],
    ['  1. order ', 'field_1_order'],
    ['???', 'field'],
    ['Taken', 'taken_3'],
    ['id', 'id_2'],
    ['x'.repeat(80), 'x'.repeat(56)],
  ])('a key for %j is %s', (name, key) => {
    expect(freeAttributeKey(name, (each) => each === 'taken' || each === 'taken_2')).toBe(key);
  });

  test('one that fails with what surrounds it leaves neither row nor column', () => {
    expect(() =>
      transaction(workspace.db, () => {
        addAttribute(workspace, { key: 'plan', label: 'Plan', kind: 'text' });
        throw new Error('no');
      }),
    ).toThrow('no');
    addAttribute(workspace, { key: 'plan', label: 'Plan', kind: 'number' });
    const id = addContact(workspace, { email: 'a@x.dk', plan: 5 });
    expect(getContact(workspace, id)?.values).toEqual({ email: 'a@x.dk', plan: 5 });
  });

  test('values of every kind come back as they were; empty ones are no values', () => {
    const values = { x_text: '007', x_number: 1.5, x_money: 123450, x_yesno: false, x_date: '2026-11-22', x_datetime: TEST_NOW, x_choice: 'Red', x_choices: ['a', 'b;c'] };
    for (const kind of ['text', 'number', 'money', 'yesNo', 'date', 'dateTime', 'choice', 'choices'] as const) addAttribute(workspace, { key: `x_${kind.toLowerCase()}`, label: kind, kind });
    const id = addContact(workspace, { email: 'a@x.dk', ...values });
    expect(getContact(workspace, id)?.values).toEqual({ email: 'a@x.dk', ...values });
    updateContact(workspace, id, { x_text: '', x_choices: [], x_number: null }, byUser);
    expect(Object.keys(getContact(workspace, id)!.values)).not.toContain('x_text');
    expect(Object.keys(getContact(workspace, id)!.values)).not.toContain('x_choices');
  });
});

describe('contacts', () => {
  test('a new one is an event; a change is one event with old and new of what really changed', () => {
    const id = addContact(workspace, { email: 'ada@x.dk', first_name: 'Ada' });
    expect(updateContact(workspace, id, { first_name: 'Augusta', last_name: 'King', email: 'ada@x.dk' }, byUser)).toEqual({ first_name: ['Ada', 'Augusta'], last_name: [null, 'King'] });
    expect(updateContact(workspace, id, { first_name: 'Augusta' }, byUser)).toEqual({});
    expect(eventsOf(id)).toEqual([['contact_added', {}], ['attributes_changed', { changes: { first_name: ['Ada', 'Augusta'], last_name: [null, 'King'] } }]]);
  });

  test('an address belongs to one; an unknown attribute or contact is refused; nothing is half done', () => {
    addContact(workspace, { email: 'ada@x.dk' });
    const bob = addContact(workspace, { email: 'bob@x.dk' });
    expect(() => insertContact(workspace, { email: 'ada@x.dk' }, byUser)).toThrow('already');
    expect(() => updateContact(workspace, bob, { email: 'ada@x.dk', first_name: 'B' }, byUser)).toThrow('already');
    expect(() => updateContact(workspace, bob, { nonsense: 'x', first_name: 'B' }, byUser)).toThrow('no attribute nonsense');
    expect(() => updateContact(workspace, 99, { first_name: 'B' }, byUser)).toThrow('no contact number 99');
    expect(getContact(workspace, bob)?.values).toEqual({ email: 'bob@x.dk' });
    expect(countContacts(workspace)).toBe(2);
    expect(findByEmail(workspace, 'bob@x.dk')).toBe(bob);
    expect(eventsOf(bob)).toHaveLength(1);
  });

  test('a flow sets an attribute of many, with an event for each whose value it changes', () => {
    const [ada, bob] = [addContact(workspace, { email: 'ada@x.dk', language: 'da' }), addContact(workspace, { email: 'bob@x.dk' })];
    const subjects = [{ contactId: ada, enrollmentId: 1 }, { contactId: bob, enrollmentId: 2 }, { contactId: 99, enrollmentId: 3 }];
    expect(setAttributeFor(workspace, subjects, 'language', 'da', { source: 'flow', flowId: 7 })).toBe(1);
    expect(eventsOf(ada)).toHaveLength(1);
    expect(rows(workspace.db, `SELECT flow_id, enrollment_id, source, data FROM events WHERE type = 'attributes_changed'`)).toEqual([{ flow_id: 7, enrollment_id: 2, source: 'flow', data: '{"changes":{"language":[null,"da"]}}' }]);
    expect([...attributeValuesFor(workspace, [ada, bob, 99], 'language')]).toEqual([[ada, 'da'], [bob, 'da']]);
    expect(() => setAttributeFor(workspace, subjects, 'email', 'x@y.dk', byUser)).toThrow('cannot change the e-mail address');
  });

  test('pages: newest first, or by an attribute with the empty ones last; searched by words', () => {
    const ids = ['Bo', 'ål', 'Ada', null].map((first_name, n) => addContact(workspace, { email: `c${n}@x.dk`, first_name }));
    const page = (more: object) => contactsMatching(workspace, null, { limit: 10, ...more }).map((id) => ids.indexOf(id));
    expect(page({})).toEqual([3, 2, 1, 0]);
    expect(page({ limit: 2, offset: 1 })).toEqual([2, 1]);
    expect(page({ sort: { attribute: 'first_name', descending: false } })).toEqual([2, 0, 1, 3]);
    expect(page({ sort: { attribute: 'first_name', descending: true } })).toEqual([1, 0, 2, 3]);
    expect(page({ search: 'ÅL' })).toEqual([1]);
    expect(page({ search: 'ada c2@' })).toEqual([2]);
    expect(page({ search: 'ada bo' })).toEqual([]);
    expect(countMatching(workspace, null, 'x.dk')).toBe(4);
  });

  test('a contact lives in its own zone, or in the workspace\'s where it has no real one', () => {
    const ids = ['Asia/Tokyo', null, 'Mars/Olympus'].map((time_zone, n) => addContact(workspace, { email: `c${n}@x.dk`, time_zone }));
    expect([...contactZonesFor(workspace, ids).values()]).toEqual(['Asia/Tokyo', 'Europe/Copenhagen', 'Europe/Copenhagen']);
  });
});

test('tags: only real changes are changes, each with its event', () => {
  const [ada, bob] = [addContact(workspace, { email: 'ada@x.dk' }), addContact(workspace, { email: 'bob@x.dk' })];
  const both = [{ contactId: ada }, { contactId: bob }];
  expect(addTagFor(workspace, [{ contactId: ada }], 'vip', byUser)).toBe(1);
  expect(addTagFor(workspace, both, ' vip ', byUser)).toBe(1);
  expect(addTagFor(workspace, both, 'Åben', byUser)).toBe(2);
  expect(listTags(workspace)).toEqual([{ name: 'vip', contacts: 2 }, { name: 'Åben', contacts: 2 }]);
  expect(tagsFor(workspace, [ada, 99]).get(ada)).toEqual(['vip', 'Åben']);
  expect(removeTagFor(workspace, both, 'vip', byUser)).toBe(2);
  expect(removeTagFor(workspace, both, 'vip', byUser)).toBe(0);
  expect(removeTagFor(workspace, both, 'never', byUser)).toBe(0);
  expect(eventsOf(ada)).toEqual([['contact_added', {}], ['tag_added', { tag: 'vip' }], ['tag_added', { tag: 'Åben' }], ['tag_removed', { tag: 'vip' }]]);
});

test('consent: a ledger whose last row holds; the same from the same source is written once', () => {
  const id = addContact(workspace, { email: 'ada@x.dk' });
  const record = (given: boolean, source: string) => recordConsent(workspace, { contactId: id, channel: 'email', given, source, actor: 'user' });
  expect(consentState(workspace, id, 'email')).toBe('none');
  expect([record(true, 'form'), record(true, 'form'), record(true, 'fair'), record(false, 'link'), record(false, 'link')]).toEqual([true, false, true, true, false]);
  expect(consentState(workspace, id, 'email')).toBe('withdrawn');
  expect(consentState(workspace, id, 'sms')).toBe('none');
  expect(consentsOf(workspace, id).map(({ state, source }) => [state, source])).toEqual([['withdrawn', 'link'], ['given', 'fair'], ['given', 'form']]);
  expect([...consentStatesFor(workspace, [id, 99], 'email')]).toEqual([[id, 'withdrawn']]);
  expect(eventsOf(id).slice(1)).toEqual([['consent_given', { channel: 'email', source: 'form' }], ['consent_withdrawn', { channel: 'email', source: 'link' }]]);
});

test('suppressions hold for addresses, known or not, and are kept once', () => {
  const id = addContact(workspace, { email: 'ada@x.dk' });
  const suppress = (address: string) => addSuppression(workspace, { channel: 'email', address, reason: 'complaint', source: 'user' });
  expect([suppress('ada@x.dk'), suppress('ada@x.dk'), suppress('nobody@x.dk')]).toEqual([true, false, true]);
  expect(isSuppressed(workspace, 'email', 'nobody@x.dk')).toBe(true);
  expect(isSuppressed(workspace, 'sms', 'nobody@x.dk')).toBe(false);
  expect([...suppressedAmong(workspace, 'email', ['ada@x.dk', 'bob@x.dk'])]).toEqual(['ada@x.dk']);
  expect(eventsOf(id).slice(1)).toEqual([['suppressed', { channel: 'email', reason: 'complaint' }]]);
});

test('settings: what was never set, or is not valid, has its default', () => {
  expect(readSettings(workspace).currency).toBe('DKK');
  writeSettings(workspace, { currency: 'SEK' });
  writeSetting(workspace, 'locale', 5);
  expect(readSettings(workspace)).toMatchObject({ currency: 'SEK', locale: 'en', timeZone: 'Europe/Copenhagen' });
  expect(isSample(workspace)).toBe(false);
  markAsSample(workspace);
  expect(isSample(workspace)).toBe(true);
});
