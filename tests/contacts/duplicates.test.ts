// Who may be one person: each reason with how sure it makes, how contacts are found without comparing all, and the calls.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { distance } from '../../shared/contacts/distance.ts';
import { likeness, meantDomain, survivorFirst, type Identity } from '../../shared/contacts/duplicates.ts';
import { inEnglish } from '../../shared/text.ts';
import { duplicateHandlers } from '../../src-main/handlers/duplicates.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { updateContact } from '../../src-main/store/contacts.ts';
import { rows, run, transaction } from '../../src-main/store/database.ts';
import { findDuplicates } from '../../src-main/store/duplicates.ts';
import { addContact, happen, testWorkspace, type TestWorkspace } from '../workspace-fixture.ts';

const nobody: Identity = { id: 0, email: null, phone: null, externalId: null, firstName: null, lastName: null, company: null, postcode: null, birthday: null };
const person = (more: Partial<Identity>): Identity => ({ ...nobody, ...more });
const named = (name: string, more: Partial<Identity> = {}): Identity => person({ firstName: name.split(' ')[0]!, lastName: name.split(' ').slice(1).join(' '), ...more });

describe('what speaks for two contacts being one person', () => {
  test.each<[string, Identity, Identity, string | null]>([
    ['the same external id', person({ externalId: '7' }), person({ externalId: '7' }), 'certain'],
    ['the same phone and name', named('Ada Lund', { phone: '+4520123456' }), named('Ada Lund', { phone: '+4520123456' }), 'certain'],
    ['the same phone, no name', person({ phone: '+4520123456' }), named('Ada Lund', { phone: '+4520123456' }), 'likely'],
    ['the same phone, another name: a household', named('Ada Lund', { phone: '+4520123456' }), named('Bo Lund', { phone: '+4520123456' }), 'possible'],
    ['plus addressing', person({ email: 'ada+shop@x.dk' }), person({ email: 'ada@x.dk' }), 'likely'],
    ['plus addressing and the name', named('Ada Lund', { email: 'ada+shop@x.dk' }), named('Ada Lund', { email: 'ada@x.dk' }), 'certain'],
    ['dots at Gmail are a hint', person({ email: 'ada.lund@gmail.com' }), person({ email: 'adalund@gmail.com' }), 'possible'],
    ['dots at Gmail and the name', named('Ada Lund', { email: 'ada.lund@gmail.com' }), named('Ada Lund', { email: 'adalund@gmail.com' }), 'likely'],
    ['dots elsewhere say nothing', person({ email: 'ada.lund@x.dk' }), person({ email: 'adalund@x.dk' }), null],
    ['two names of one provider', person({ email: 'ada@googlemail.com' }), person({ email: 'ada@gmail.com' }), 'certain'],
    ['a mistyped provider', person({ email: 'ada@gmial.com' }), person({ email: 'ada@gmail.com' }), 'likely'],
    ['a mistyped provider and the name', named('Ada Lund', { email: 'ada@hotmial.com' }), named('Ada Lund', { email: 'ada@hotmail.com' }), 'certain'],
    ['another real provider', person({ email: 'ada@ymail.com' }), person({ email: 'ada@gmail.com' }), null],
    ['the same name alone', named('Ada Lund'), named('Lund Ada'), 'possible'],
    ['name and postcode', named('Søren Øst', { postcode: '2100' }), named('Soren Ost', { postcode: ' 2100' }), 'likely'],
    ['name and birthday', named('Łukasz Żak', { birthday: '1980-01-02' }), named('Lukasz Zak', { birthday: '1980-01-02' }), 'likely'],
    ['name and company', named('Ada Lund', { company: 'Møbler A/S' }), named('ADA LUND', { company: 'mobler' }), 'likely'],
    ['name, postcode and birthday', named('Ada Lund', { postcode: '2100', birthday: '1980-01-02' }), named('Ada Lund', { postcode: '2100', birthday: '1980-01-02' }), 'certain'],
    ['the same name, another birthday', named('Ada Lund', { birthday: '1980-01-02', postcode: '2100' }), named('Ada Lund', { birthday: '1950-05-05', postcode: '2100' }), 'possible'],
    ['similar names and a postcode', named('Kristian Pedersen', { postcode: '2100' }), named('Christian Petersen', { postcode: '2100' }), 'possible'],
    ['similar names, postcode and birthday', named('Sofie Nielsen', { postcode: '2100', birthday: '1980-01-02' }), named('Sophie Nielson', { postcode: '2100', birthday: '1980-01-02' }), 'likely'],
    ['similar names alone', named('Kristian Pedersen'), named('Christian Petersen'), null],
    ['nothing', named('Ada Lund'), named('Bo Berg'), null],
    ['no names at all', person({ postcode: '2100' }), person({ postcode: '2100' }), null],
  ])('%s', (_, one, other, grade) => {
    expect(likeness(one, other)?.grade ?? null).toBe(grade);
    expect(likeness(other, one)?.grade ?? null).toBe(grade);
  });

  test('in words, what speaks against it last', () => {
    const found = likeness(named('Ada Lund', { phone: '+4520123456', email: 'ada@gmial.com' }), named('Bo Lund', { phone: '+4520123456', email: 'ada@gmail.com' }))!;
    expect(found.reasons.map(inEnglish)).toEqual(['The same phone number: +4520123456', 'gmial.com looks like a mistyped gmail.com: ada@gmial.com and ada@gmail.com', 'But their names differ: Ada Lund and Bo Lund']);
  });

  test.each([['gmial.com', 'gmail.com'], ['gmail.con', 'gmail.com'], ['hotmai.com', 'hotmail.com'], ['outlok.com', 'outlook.com'], ['live.dk', 'live.dk'], ['mail.com', 'mail.com'], ['gmx.at', 'gmx.at'], ['firma.dk', 'firma.dk']])('%s was meant to be %s', (domain, meant) => {
    expect(meantDomain(domain)).toBe(meant);
  });

  test.each([['abc', 'abc', 0], ['abc', 'acb', 1], ['kitten', 'sitting', 3], ['', 'ab', 2], ['abcdef', 'ghijkl', 3]])('from %s to %s are %i slips', (one, other, slips) => {
    expect(distance(one, other, 2)).toBe(Math.min(slips, 3));
  });

  test('D29: who was known first remains, and somebody with an address before somebody without', () => {
    const who = (id: number, addedAt: number, isAnonymous = false) => ({ id, addedAt, isAnonymous });
    expect(survivorFirst([who(3, 5), who(2, 5), who(1, 9), who(4, 1, true)]).map(({ id }) => id)).toEqual([2, 3, 1, 4]);
  });
});

describe('in a workspace', () => {
  let workspace: TestWorkspace;
  let calls: ReturnType<typeof duplicateHandlers>;
  beforeEach(() => {
    workspace = testWorkspace();
    calls = duplicateHandlers(workspace);
  });
  afterEach(() => workspace.close());
  const found = () => findDuplicates(workspace).map(({ grade, ids }) => [grade, ...ids]);
  const list = async (again = false) => await calls['duplicates.list']({ grade: null, again, offset: 0, limit: 50 });

  test('groups hang together within a grade; the survivor stands first; attributes are known by their names in any language', () => {
    addAttribute(workspace, { key: 'postnummer', label: 'Postnummer', kind: 'text' });
    addAttribute(workspace, { key: 'born', label: 'Fødselsdag', kind: 'date' });
    const ids = [
      { email: 'ada@x.dk', first_name: 'Ada', last_name: 'Lund' },
      { email: 'ada+a@x.dk', first_name: 'Ada', last_name: 'Lund' },
      { email: 'ada+b@x.dk', first_name: 'Ada', last_name: 'Lund', phone: '+4520123456' },
      { email: 'family@y.dk', phone: '+4520123456' },
      { email: 'bo@x.dk', first_name: 'Bo', last_name: 'Bøgh', postnummer: '8000' },
      { email: 'bb@y.dk', first_name: 'Bo', last_name: 'Bogh', postnummer: '8000' },
      { email: 'cy@x.dk', first_name: 'Cy', last_name: 'Dam', born: '1980-01-02' },
      { email: 'cy@y.dk', first_name: 'Cy', last_name: 'Dam', born: '1990-01-02' },
    ].map((contact) => addContact(workspace, contact));
    expect(found()).toEqual([['certain', ids[0], ids[1], ids[2]], ['likely', ids[2], ids[3]], ['likely', ids[4], ids[5]]]);
  });

  test('a number that dozens share, and a name that many have, say nothing', () => {
    for (let n = 0; n < 25; n++) addContact(workspace, { email: `p${n}@x.dk`, phone: '+4500000000', first_name: 'Jens', last_name: 'Hansen', external_id: 'n/a' });
    expect(found()).toEqual([]);
  });

  test('whom a person keeps apart is not shown again, not even by way of a third; that can be taken back', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => addContact(workspace, { email: `${name}@x.dk`, external_id: '7' })) as [number, number, number];
    await calls['duplicates.keepApart']({ contacts: [c, a], apart: true });
    expect(found()).toEqual([['certain', a, b], ['certain', b, c]]);
    expect((await list()).groups).toHaveLength(2);
    await calls['duplicates.keepApart']({ contacts: [a, b], apart: true });
    expect((await list()).groups.map(({ contacts }) => contacts.map(({ id }) => id))).toEqual([[b, c]]);
    await calls['duplicates.keepApart']({ contacts: [a, b, c], apart: false });
    expect((await list(true)).groups.map(({ contacts }) => contacts.map(({ id }) => id))).toEqual([[a, b, c]]);
    await expect(async () => await calls['duplicates.keepApart']({ contacts: [a, 99], apart: true })).rejects.toThrow('no contact number 99');
  });

  test('the certain ones are merged in one go, each can be taken back; the others stay', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => addContact(workspace, { email: `${name}@x.dk`, external_id: '7', tags: [name] })) as [number, number, number];
    const [d, e] = ['d@x.dk', 'e@x.dk'].map((email) => addContact(workspace, { email, phone: '+4520123456' })) as [number, number];
    expect((await list()).counts).toEqual({ certain: 1, likely: 1, possible: 0 });
    const done = await calls['duplicates.mergeCertain']({});
    expect(done.merged).toBe(2);
    expect((await list()).groups.map(({ contacts }) => contacts.map(({ id }) => id))).toEqual([[d, e]]);
    const merges = await calls['merges.list']({ limit: 10 });
    expect(merges.map(({ survivor, merged, canUndo, mergedName }) => [survivor, merged, canUndo, mergedName])).toEqual([[a, c, true, 'c@x.dk'], [a, b, false, 'b@x.dk']]);
    for (const merge of [...done.merges].reverse()) await calls['merges.undo']({ merge });
    expect((await list()).counts.certain).toBe(1);
    expect((await calls['merges.list']({ limit: 10 })).map(({ undoneAt }) => undoneAt)).toEqual([workspace.clock.now(), workspace.clock.now()]);
  });

  test.each(['known first', 'known last'])('father and son do not become one by way of somebody of whom too little is known, %s', async (when) => {
    addAttribute(workspace, { key: 'birthday', label: 'Birthday', kind: 'date' });
    const twin = (more: object) => addContact(workspace, { first_name: 'Ada', last_name: 'Lund', phone: '+4520123456', ...more });
    if (when === 'known first') twin({});
    twin({ birthday: '1950-05-05' });
    if (when === 'known last') twin({});
    twin({ birthday: '1980-01-02' });
    expect(findDuplicates(workspace).filter(({ grade }) => grade === 'certain').map(({ ids }) => ids.length)).toEqual([2, 2]);
    const { merged } = await duplicateHandlers(workspace)['duplicates.mergeCertain']({});
    expect(merged).toBe(1);
    expect(rows<{ birthday: string }>(workspace.db, 'SELECT a_birthday AS birthday FROM contacts ORDER BY 1')).toEqual([{ birthday: '1950-05-05' }, { birthday: '1980-01-02' }]);
  });

  test('before a merge it says whose value is taken, what is united, and what differs', async () => {
    const a = addContact(workspace, { email: 'a@x.dk', first_name: 'Ada', tags: ['one'], consent: ['email'] });
    const b = addContact(workspace, { email: 'b@x.dk', first_name: 'Adele', last_name: 'Lund', tags: ['two'] });
    happen(workspace, b, 'visited');
    const preview = await calls['merges.preview']({ survivor: a, other: b, take: ['first_name'] });
    expect(preview.values).toEqual([
      { key: 'email', survivor: 'a@x.dk', other: 'b@x.dk', chosen: 'survivor', differs: true },
      { key: 'first_name', survivor: 'Ada', other: 'Adele', chosen: 'other', differs: true },
      { key: 'last_name', survivor: null, other: 'Lund', chosen: 'other', differs: false },
    ]);
    expect(preview).toMatchObject({ tags: ['one', 'two'], consents: [{ channel: 'email', topic: '', state: 'given' }], flows: [], belongings: { other: { events: 3, orders: 0 } } });
  });

  test('what was found is looked for again when something has changed', async () => {
    const [a, b] = ['a@x.dk', 'b@x.dk'].map((email) => addContact(workspace, { email })) as [number, number];
    expect((await list()).groups).toEqual([]);
    updateContact(workspace, a, { phone: '+4520123456' }, { source: 'user' });
    updateContact(workspace, b, { phone: '+4520123456' }, { source: 'user' });
    expect((await list()).groups).toHaveLength(1);
  });

  test('the one pair among twenty thousand is found without comparing them all', () => {
    transaction(workspace.db, () => {
      for (let n = 0; n < 20_000; n++) run(workspace.db, 'INSERT INTO contacts (email, first_name, last_name, added_at) VALUES (?, ?, ?, 0)', `p${n}@x.dk`, `First${String.fromCodePoint(97 + (n % 26))}`, `L${n.toString(36).replaceAll(/\d/g, (digit) => 'bcdfghjklm'[Number(digit)]!)}`);
      run(workspace.db, `INSERT INTO contacts (email, added_at) VALUES ('p7+x@x.dk', 1)`);
    });
    expect(findDuplicates(workspace).filter(({ grade }) => grade === 'likely')).toHaveLength(1);
  });
});
