// Contacts going out, and in again without a change.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exportHandlers } from '../../src-main/handlers/exports.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { recordConsent } from '../../src-main/store/consents.ts';
import { addContact, testWorkspace, type TestWorkspace } from '../workspace-fixture.ts';
import { dump, importFile, testFolder, type Folder } from '../imports/import-fixture.ts';

let workspace: TestWorkspace;
let folder: Folder;
beforeEach(() => {
  workspace = testWorkspace();
  folder = testFolder();
});
afterEach(() => {
  workspace.close();
  folder.remove();
});

const exportTo = async (name: string, how: 'excel' | 'plain', columns: string[] | null = null): Promise<string> => {
  const file = folder.path(name);
  await exportHandlers(workspace)['exports.contacts']({ file, columns, rule: null, search: '', ids: null, for: how });
  return file;
};

function withAttributes(): void {
  addAttribute(workspace, { key: 'note', label: 'Bemærkning', kind: 'text' });
  addAttribute(workspace, { key: 'points', label: 'Point', kind: 'number' });
  addAttribute(workspace, { key: 'spent', label: 'Omsætning', kind: 'money' });
  addAttribute(workspace, { key: 'member', label: 'Medlem', kind: 'yesNo' });
  addAttribute(workspace, { key: 'birthday', label: 'Fødselsdag', kind: 'date' });
  addAttribute(workspace, { key: 'seen_at', label: 'Sidst set', kind: 'dateTime' });
  addAttribute(workspace, { key: 'likes', label: 'Interesser', kind: 'choices' });
}

test('for Excel: the separator, decimal mark and dates of the region, a mark, CRLF and formulas made harmless', async () => {
  withAttributes();
  addContact(workspace, { email: 'ada@x.dk', first_name: 'Ada "A"', phone: '+4512345678', note: '=1+1', points: -1234.5, spent: 9995, member: true, birthday: '1970-11-19', tags: ['vip', 'a, b'], consent: ['email'] });
  const text = readFileSync(await exportTo('out.csv', 'excel'), 'utf8');
  expect(text).toBe(
    '\ufeffE-mail;Phone;External ID;First name;Last name;Language;Time zone;Company;Bemærkning;Point;Omsætning;Medlem;Fødselsdag;Sidst set;Interesser;tags;email_consent\r\n' +
      "ada@x.dk;'+4512345678;;\"Ada \"\"A\"\"\";;;;;'=1+1;-1234,5;99,95;ja;19-11-1970;;;a, b|vip;given\r\n",
  );
});

test('plain: commas, points, ISO dates', async () => {
  withAttributes();
  addContact(workspace, { email: 'ada@x.dk', points: 0.5, spent: 100, member: false, birthday: '1970-11-19', seen_at: Date.UTC(2026, 0, 2, 3, 4, 5) });
  expect(readFileSync(await exportTo('out.csv', 'plain', ['email', 'points', 'spent', 'member', 'birthday', 'seen_at', 'tags']), 'utf8')).toBe(
    'email,points,spent,member,birthday,seen_at,tags\r\nada@x.dk,0.5,1.00,no,1970-11-19,2026-01-02T03:04:05Z,\r\n',
  );
});

describe('bad orders', () => {
  test('an unknown column, a repeated one, a folder', async () => {
    await expect(exportTo('out.csv', 'plain', ['email', 'nosuch'])).rejects.toThrow(/no column nosuch.*There are: email/);
    await expect(exportTo('out.csv', 'plain', ['email', 'email'])).rejects.toThrow(/asked for twice/);
    await expect(exportTo('', 'plain')).rejects.toThrow(/is a folder/);
    expect(readdirSync(folder.path(''))).toEqual([]);
  });

  test('only those who fit a rule', async () => {
    addContact(workspace, { email: 'ada@x.dk', tags: ['vip'] });
    addContact(workspace, { email: 'bo@x.dk' });
    const file = folder.path('vip.csv');
    const { rows } = await exportHandlers(workspace)['exports.contacts']({ file, columns: ['email'], rule: { kind: 'tag', tag: 'vip', has: true }, search: '', ids: null, for: 'plain' });
    expect(rows).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe('email\r\nada@x.dk\r\n');
    expect(existsSync(`${file}.part`)).toBe(false);
  });
});

test('those who are found by a search, or only those who are named, each once', async () => {
  const [ada, , cleo] = ['ada', 'ben', 'cleo'].map((name) => addContact(workspace, { email: `${name}@x.dk`, first_name: name, tags: ['vip'] }));
  const lines = async (who: object) => {
    const file = folder.path('who.csv');
    const { rows } = await exportHandlers(workspace)['exports.contacts']({ file, columns: ['first_name'], rule: null, search: '', ids: null, for: 'plain', ...who });
    return [rows, ...readFileSync(file, 'utf8').trim().split('\r\n').slice(1)];
  };
  expect(await lines({ search: 'BEN' })).toEqual([1, 'ben']);
  expect(await lines({ search: 'e', rule: { kind: 'tag', tag: 'vip', has: true } })).toEqual([2, 'cleo', 'ben']);
  expect(await lines({ ids: [ada, cleo, ada, 99], search: 'ben' })).toEqual([2, 'cleo', 'ada']);
  expect(await lines({ ids: [] })).toEqual([0]);
});

describe('an export that is imported again changes nothing', () => {
  const nasty = fc.oneof(
    fc.constantFrom('=1+1', '+45 12345678', '-5', '@SUM(A1)', "'quoted'", "'=1+1", "''=x", '00123', '007', '1,5', '1.234', '12-03-2026', 'a;b', 'a,b', 'a|b', 'a "b" c', '"', 'line\nbreak', 'line\r\nbreak', 'lone\rreturn', '\u00a0x\u00a0y', ' padded ', '\ttab', 'ja', 'NULL', 'null', 'NaN', '1e5', 'sep=;', '[1]', 'æøå ÆØÅ łódź ß €', '日本', '🙂', '\ufeffmark', 'constructor', '__proto__', '\\', 'a\\|b'),
    fc.string({ unit: 'binary', maxLength: 20 }).filter((text) => text.trim() !== '' && !text.includes('\0')),
  );
  const list = fc.uniqueArray(nasty.map((text) => text.trim()).filter((text) => text !== ''), { minLength: 1, maxLength: 3 });
  const instant = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2050, 0, 1) });
  const optional = <T,>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null, freq: 3 });
  const day = instant.map((at) => new Date(at).toISOString().slice(0, 10));
  const contact = fc.record({
    first_name: optional(nasty), last_name: optional(nasty), external_id: optional(nasty), language: optional(nasty), note: optional(nasty),
    phone: optional(fc.constantFrom('+4520123456', '+46701234567')),
    time_zone: optional(fc.constantFrom('Europe/Copenhagen', 'America/New_York')),
    points: optional(fc.oneof(fc.integer(), fc.constantFrom(0.1, 1.234, -1234.567, 1e15, 0.000001, 123456))),
    spent: optional(fc.integer({ min: -1e12, max: 1e12 })),
    member: optional(fc.boolean()), birthday: optional(day), seen_at: optional(instant), likes: optional(list),
    tags: fc.uniqueArray(nasty.map((text) => text.trim().slice(0, 200)).filter((text) => text !== ''), { maxLength: 3 }),
    consent: fc.constantFrom(['email' as const], []),
    withdrawn: fc.boolean(),
  });

  test.each([['excel', 'da-DK'], ['excel', 'en-US'], ['excel', 'pl'], ['plain', 'da-DK'], ['plain', 'en-US']] as const)('%s in %s', async (how, locale) => {
    await fc.assert(
      fc.asyncProperty(fc.array(contact, { minLength: 1, maxLength: 8 }), async (contacts) => {
        workspace.close();
        workspace = testWorkspace({ settings: { locale, ...(locale === 'en-US' && { timeZone: 'America/New_York' }) } });
        withAttributes();
        contacts.forEach(({ withdrawn, consent, ...values }, index) => {
          // One in five is known by its external id only.
          const email = index % 5 === 4 && values.external_id !== null ? null : `person${index}@example.com`;
          const id = addContact(workspace, { ...values, consent: [...consent], external_id: email === null ? `only-${index}` : values.external_id, email });
          if (withdrawn) recordConsent(workspace, { contactId: id, channel: 'email', given: false, source: 'test', actor: 'user' });
        });
        const before = dump(workspace);
        const { counts } = await importFile(workspace, await exportTo('round.csv', how), { existing: 'update', consent: { channel: 'email', source: 'round trip' } });
        expect(counts).toMatchObject({ rows: contacts.length, unchanged: contacts.length });
        expect(dump(workspace)).toBe(before);
      }),
      { numRuns: 60 },
    );
  });
});
