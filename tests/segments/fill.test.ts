// Fixed segments by lists of addresses, segments that are frozen, and who has come and gone.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Rule } from '../../shared/contacts/rule.ts';
import { ProblemError } from '../../shared/problem.ts';
import { segmentMemberHandlers } from '../../src-main/handlers/segment-members.ts';
import { segmentHandlers } from '../../src-main/handlers/segments.ts';
import { addressesInText } from '../../src-main/imports/addresses-in-text.ts';
import { encodeText } from '../../src-main/imports/encoding.ts';
import { mergeContacts } from '../../src-main/runner/merging.ts';
import { rows } from '../../src-main/store/database.ts';
import { auditEntries } from '../../src-main/store/runner-state.ts';
import { contactsMatching } from '../../src-main/store/rules.ts';
import { addTagFor } from '../../src-main/store/tags.ts';
import { hasTag } from '../runner/story.ts';
import { addContact, testWorkspace, type TestWorkspace } from '../workspace-fixture.ts';

let folder: string;
let workspace: TestWorkspace;
let calls: ReturnType<typeof segmentHandlers> & ReturnType<typeof segmentMemberHandlers>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kanal-fill-'));
  workspace = testWorkspace();
  calls = { ...segmentHandlers(workspace), ...segmentMemberHandlers(workspace) };
});
afterEach(() => {
  workspace.close();
  rmSync(folder, { recursive: true });
});

const save = async (name: string, rule: Rule | null) => (await calls['segments.save']({ key: null, name, rule, track: false })).key;
const fill = async (key: string, given: { text?: string; file?: string; mode?: 'append' | 'replace' }) => calls['segments.fill']({ key, text: null, file: null, mode: 'append', ...given });
const members = (segment: string) => contactsMatching(workspace, { kind: 'segment', segment, member: true }, { limit: 99 }).toReversed();
const refusal = async (act: () => unknown) => {
  try {
    await act();
  } catch (error) {
    if (error instanceof ProblemError) return error.problems[0]!.code;
    throw error;
  }
  return null;
};

test.each<[string, string, string[], string[]]>([
  ['lines', 'ada@x.dk\r\nBEN@x.dk\n\ncleo@x.dk', ['ada@x.dk', 'ben@x.dk', 'cleo@x.dk'], []],
  ['a line of a mail program', 'To: Ada Holm <ada@x.dk>, "Ben, B." <ben@x.dk>; cleo@x.dk.', ['ada@x.dk', 'ben@x.dk', 'cleo@x.dk'], []],
  ['a table', 'Navn;E-mail\nAda;ada@x.dk\n"Ben";"ben@x.dk"', ['ada@x.dk', 'ben@x.dk'], []],
  ['links, repeated', 'mailto:ada@x.dk ada@x.dk', ['ada@x.dk'], []],
  ['what is none', 'ada@ at@x ada@x.dk', ['ada@x.dk'], ['at@x']],
  ['nothing', 'Ada, Ben', [], []],
  ['a word without end, as in a picture in text', `${'a'.repeat(2_000_000)} ada@x.dk ${'.'.repeat(200_000)}`, ['ada@x.dk'], []],
])('addresses in %s', (_, text, expected, wrong) => {
  const found = addressesInText(text);
  expect([...found.addresses]).toEqual(expected);
  expect([...found.wrong]).toEqual(wrong);
});

describe('a fixed set by a list', () => {
  test('finds whoever was merged under the address that is gone', async () => {
    const [ada, twin] = [addContact(workspace, { email: 'ada@x.dk' }), addContact(workspace, { email: 'ada@y.dk' })];
    mergeContacts(workspace, { survivor: ada, other: twin, take: [], actor: 'user' });
    const key = await save('Guests', null);
    expect(await fill(key, { text: 'ada@y.dk' })).toMatchObject({ added: 1, unknownCount: 0 });
    expect(members(key)).toEqual([ada]);
    expect(await fill(key, { text: 'ada@y.dk, ada@x.dk', mode: 'replace' })).toMatchObject({ added: 0, removed: 0 });
  });

  test('appends, then replaces, and names those whom nobody knows', async () => {
    const [ada, ben, cleo] = ['ada', 'ben', 'cleo'].map((name) => addContact(workspace, { email: `${name}@x.dk` }));
    const key = await save('Fair', null);
    expect(await fill(key, { text: 'Ada@x.dk; ben@x.dk, nobody@x.dk' })).toEqual({ found: 3, added: 2, removed: 0, unknown: ['nobody@x.dk'], unknownCount: 1 });
    expect(await fill(key, { text: 'ben@x.dk' })).toMatchObject({ added: 0, removed: 0 });
    expect(members(key)).toEqual([ada, ben]);
    expect(await fill(key, { text: 'ben@x.dk cleo@x.dk', mode: 'replace' })).toMatchObject({ added: 1, removed: 1 });
    expect(members(key)).toEqual([ben, cleo]);
    expect(workspace.heard).toContainEqual({ type: 'changed', topics: ['segments', 'contacts', 'flows'] });
  });

  test.each(['utf8', 'utf16le', 'windows1252'] as const)('from a file in %s, larger than one piece', async (encoding) => {
    const ids = Array.from({ length: 30 }, (_, n) => addContact(workspace, { email: `person${n}@x.dk` }));
    const key = await save('File', null);
    const file = join(folder, 'list.csv');
    const lines = Array.from({ length: 9000 }, (_, n) => `Søren nr. ${n};person${n % 40}@x.dk;Århus`).join('\r\n');
    writeFileSync(file, encodeText(lines, encoding));
    expect(await fill(key, { file })).toMatchObject({ found: 40, added: 30, unknownCount: 10 });
    expect(members(key)).toEqual(ids);
  });

  test('refused, and nothing changed: without addresses, with strangers only as a replacement, for a rule, without a source', async () => {
    const ada = addContact(workspace, { email: 'ada@x.dk' });
    const key = await save('Fair', null);
    await fill(key, { text: 'ada@x.dk' });
    expect(await refusal(() => fill(key, { text: 'nobody here', mode: 'replace' }))).toBe('no-addresses');
    expect(await refusal(() => fill(key, { text: 'a@b.dk', mode: 'replace' }))).toBe('nobody-known');
    expect(await refusal(() => fill(key, {}))).toBe('fill-source');
    expect(await refusal(() => fill(key, { file: join(folder, 'none.csv') }))).toBe('file-missing');
    const dynamic = await save('VIP', hasTag('vip'));
    expect(await refusal(() => fill(dynamic, { text: 'ada@x.dk' }))).toBe('segment-dynamic');
    expect(await refusal(() => fill('none', { text: 'ada@x.dk' }))).toBe('segment-unknown');
    expect(members(key)).toEqual([ada]);
  });
});

test('frozen: a fixed set of those who are in it now, which does not follow the rule', async () => {
  const ada = addContact(workspace, { email: 'ada@x.dk', tags: ['vip'] });
  const ben = addContact(workspace, { email: 'ben@x.dk' });
  const key = await save('VIPs', hasTag('vip'));
  const frozen = await calls['segments.freeze']({ key, name: 'VIPs of March' });
  expect(frozen).toEqual({ key: 'vips_of_march', size: 1 });
  addTagFor(workspace, [{ contactId: ben }], 'vip', { source: 'user' });
  expect([members(key), members(frozen.key)]).toEqual([[ada, ben], [ada]]);
  expect(await calls['segments.get']({ key: frozen.key, sizes: true })).toMatchObject({ rule: null, size: 1, sizes: [{ day: '2026-03-02', size: 1 }] });
  expect(await refusal(() => calls['segments.freeze']({ key, name: 'vips' }))).toBe('name-taken');
  // The audit names them as people do, also when they are gone.
  expect(auditEntries(workspace, null, null, 10).map(({ action, details }) => [action, details['name'], details['as']])).toEqual([['segment-frozen', 'VIPs', 'VIPs of March'], ['segment-added', 'VIPs', undefined]]);
});

describe('who has come and gone', () => {
  test('the latest first, page by page', async () => {
    const ids = ['ada', 'ben', 'cleo'].map((name) => addContact(workspace, { email: `${name}@x.dk`, first_name: name }));
    const [key, other] = [await save('Fair', null), await save('Other', null)];
    await calls['segments.members']({ key, add: ids, addRule: null, remove: [] });
    await calls['segments.members']({ key: other, add: ids, addRule: null, remove: [] });
    await calls['segments.members']({ key, add: [], addRule: null, remove: [ids[1]!] });
    const all = await calls['segments.changes']({ key, before: null, limit: 10 });
    expect(all.map(({ values, entered }) => [values.first_name, entered])).toEqual([['ben', false], ['cleo', true], ['ben', true], ['ada', true]]);
    expect(all[0]).toMatchObject({ contact: ids[1], at: workspace.clock.now(), flow: null });
    expect(await calls['segments.changes']({ key, before: all[1]!.id, limit: 1 })).toEqual([all[2]]);
    expect(await refusal(() => calls['segments.changes']({ key: 'none', before: null, limit: 1 }))).toBe('segment-unknown');
  });

  test('is read from its own index, however much else has happened', () => {
    const plan = rows<{ detail: string }>(
      workspace.db,
      `EXPLAIN QUERY PLAN SELECT e.id FROM events e WHERE e.data ->> 'segment' = ? AND e.type IN ('segment_entered', 'segment_left') AND e.id < ? ORDER BY e.id DESC LIMIT ?`,
      'x', 1, 1,
    ).map(({ detail }) => detail);
    expect(plan).toEqual([expect.stringContaining('INDEX events_segment (<expr>=? AND id<?)')]);
  });
});
