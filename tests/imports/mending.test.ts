// Files with slips in them: what is found in the whole file, what is suggested, and what mending does to preview, import and rejects.
import { readFileSync } from 'node:fs';
import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import type { ImportPlan, ImportPreview } from '../../shared/contacts/import-plan.ts';
import { suggestionFor } from '../../shared/contacts/suggestions.ts';
import { inEnglish } from '../../shared/text.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import type { TestWorkspace } from '../workspace-fixture.ts';
import { contactsIn, importFile, type Folder, type ImportCalls, stageForEach } from './import-fixture.ts';

let workspace: TestWorkspace;
let folder: Folder;
let calls: ImportCalls;
stageForEach((stage) => ({ workspace, folder, calls } = stage));

const csv = (...lines: string[]): string => folder.write('people.csv', `${lines.join('\n')}\n`);

async function proposed(file: string): Promise<ImportPlan> {
  return (await calls['imports.inspect']({ file, reading: {}, kind: 'contacts', useProfile: false })).plan;
}

async function check(file: string, changes: Partial<ImportPlan> = {}): Promise<ImportPreview> {
  return await calls['imports.preview']({ file, plan: { ...(await proposed(file)), ...changes } });
}

const email = { key: 'email', kind: 'text' } as const;

describe('suggestions', () => {
  test.each([
    ['ada@gmial.com', 'domain', 'ada@gmail.com'],
    ['ada@gmail.con', 'domain', 'ada@gmail.com'],
    ['Ada@Hotmial.com', 'domain', 'ada@hotmail.com'],
    ['ada@outlok.dk', 'domain', 'ada@outlook.dk'],
    ['ada@firma.con', 'domain', 'ada@firma.com'],
    ['ada@gmail,com', 'address', 'ada@gmail.com'],
    ['ada @gmail.com', 'address', 'ada@gmail.com'],
    ['ada@@firma.dk', 'address', 'ada@firma.dk'],
    ['ada..b@firma.dk', 'address', 'ada.b@firma.dk'],
    ['ada (at) firma.dk', 'address', 'ada@firma.dk'],
    ['аda@firma.dk', 'letters', 'ada@firma.dk'],
    ['ada@gmаil.com', 'letters', 'ada@gmail.com'],
  ])('%s: %s, %s', (cell, kind, text) => {
    expect(suggestionFor(cell, email)).toEqual({ kind, text });
  });

  test.each(['ada@gmail.com', 'ada@mail.com', 'ada@ymail.com', 'ada@wp.pl', 'ada@vp.pl', 'ada@live.no', 'ada@firma.dk', 'ada@home.pl', 'ada@mail.ru', 'not an address', 'ada@почта.рф', 'a@x.dk, b@x.dk', ''])('%s: none', (cell) => {
    expect(suggestionFor(cell, email)).toBeNull();
  });

  test('a choice with a slip, and a name of two alphabets; a Greek name is left alone', () => {
    const choices = { key: 'size', kind: 'choice', choices: ['Small', 'Medium', 'Large'] } as const;
    expect(suggestionFor('MEDIUM ', { ...choices, choices: [...choices.choices] })).toEqual({ kind: 'choice', text: 'Medium' });
    expect(suggestionFor('Lrage', { ...choices, choices: [...choices.choices] })).toEqual({ kind: 'choice', text: 'Large' });
    expect(suggestionFor('Huge', { ...choices, choices: [...choices.choices] })).toBeNull();
    expect(suggestionFor('Аnna', { key: 'first_name', kind: 'text' })).toEqual({ kind: 'letters', text: 'Anna' });
    expect(suggestionFor("'6543210987654", { key: 'external_id', kind: 'text' })).toEqual({ kind: 'apostrophe', text: '6543210987654' });
    expect(suggestionFor("'0012", { key: 'zip', kind: 'text' })).toEqual({ kind: 'apostrophe', text: '0012' });
    expect(suggestionFor("'t Hooft", { key: 'last_name', kind: 'text' })).toBeNull();
    expect(suggestionFor("'20123456", { key: 'phone', kind: 'text' })).toBeNull();
    expect(suggestionFor('Γιώργος', { key: 'first_name', kind: 'text' })).toBeNull();
  });
});

describe('letters that were read in another encoding', () => {
  test.each([
    ['SÃ¸ren Ã†rÃ¸', 'Søren Ærø'],
    ['KĂ¸benhavn', 'København'],
    ['ZaĹĽĂłĹ‚Ä‡ gÄ™Ĺ›lÄ… jaĹşĹ„', 'Zażółć gęślą jaźń'],
    ['5Â\u00a0000', '5\u00a0000'],
    // Bytes that could not be decoded, as the reading of files marks them: of Windows-1252, and of Windows-1250.
    ['S\udcf8ren', 'Søren'],
    ['\udcb3ukasz', 'łukasz'],
  ])('%s: %s', (cell, text) => {
    expect(suggestionFor(cell, { key: 'first_name', kind: 'text' })).toEqual({ kind: 'encoding', text });
  });

  test.each(['Søren Ærø', 'Łukasz Żółć', 'Zażółć', 'JOÃO', 'Ångström', '“x”', 'São Paulo', 'ßä', 'Γιώργος', '😀', 'a\udc81'])('%s: none', (cell) => {
    expect(suggestionFor(cell, { key: 'first_name', kind: 'text' })?.kind).not.toBe('encoding');
  });

  test('F37: rows of another program among those of the file are named, and come in as they were meant once that is taken', async () => {
    const path = folder.write('mixed.csv', Buffer.concat([iconv.encode('email;first_name\nsoren@x.dk;Søren\n', 'win1252'), Buffer.from('aase@x.dk;Åse\n'), iconv.encode('bjorn@x.dk;Bjørn\n', 'win1252')]));
    const { problems, problemRows } = await check(path);
    expect(problems).toEqual([{ severity: 'warning', kind: 'garbled', column: 1, count: 1, suggested: 1, accept: ['encoding'] }]);
    expect(problemRows).toMatchObject([{ line: 3, findings: [{ suggestion: { kind: 'encoding', text: 'Åse' } }] }]);
    const { columns } = await proposed(path);
    await importFile(workspace, path, { columns: columns.map((column, at) => (at === 1 ? { ...column, accept: ['encoding' as const] } : column)) });
    expect(contactsIn(workspace)).toMatchObject({ 'soren@x.dk': { first_name: 'Søren' }, 'aase@x.dk': { first_name: 'Åse' }, 'bjorn@x.dk': { first_name: 'Bjørn' } });
  });

  test('F37: where the file is UTF-8 and some rows are not, what they most likely say can be taken for them', async () => {
    const path = folder.write('mixed.csv', Buffer.concat([Buffer.from('email;first_name\nsoren@x.dk;Søren\n'), iconv.encode('aase@x.dk;Åse\n', 'win1252')]));
    const given = { reading: { ...(await proposed(path)).reading, encoding: 'utf8' } } as const;
    const { counts, problemRows } = await check(path, given);
    expect(counts).toMatchObject({ added: 1, rejected: 1 });
    expect(problemRows).toMatchObject([{ line: 3, findings: [{ severity: 'error', column: 1, suggestion: { kind: 'encoding', text: 'Åse' } }] }]);
    const columns = (await proposed(path)).columns.map((column, at) => (at === 1 ? { ...column, accept: ['encoding' as const] } : column));
    expect((await check(path, { ...given, columns })).counts).toMatchObject({ added: 2, rejected: 0 });
  });
});

describe('the check', () => {
  const file = () => csv('email;first_name;Born;phone', 'ada@gmial.com;Ada;1990-01-02;+4520123456', 'bo@gmail.com;Bo;', 'cy @x.dk;Cy;1990-13-45;12', 'dee@mailinator.com;Dee;;', 'eve@x.dk;Eve;;12', ';Nobody;;');
  const withDates = async (path: string): Promise<Partial<ImportPlan>> => {
    const { columns } = await proposed(path);
    return { columns: columns.map((column, at) => (at === 2 ? { header: column.header, target: { kind: 'newAttribute', attribute: 'born', label: 'Born', attributeKind: 'date' } as const } : column)) };
  };

  test('problems are counted by kind and column, errors apart from warnings, each with its row, found, expected and remedy', async () => {
    const path = file();
    const { counts, problems, problemRows } = await check(path, await withDates(path));
    expect(counts).toMatchObject({ rows: 6, added: 3, rejected: 3 });
    expect(problems).toEqual([
      { severity: 'error', kind: 'shape', column: null, count: 1, suggested: 0, accept: [] },
      { severity: 'error', kind: 'email', column: 0, count: 1, suggested: 1, accept: ['address'] },
      { severity: 'error', kind: 'date', column: 2, count: 1, suggested: 0, accept: [] },
      { severity: 'error', kind: 'person', column: null, count: 1, suggested: 0, accept: [] },
      // One of them in a row with an error, too: whoever mends that one sees all of it.
      { severity: 'warning', kind: 'undialable', column: 3, count: 2, suggested: 0, accept: [] },
      { severity: 'warning', kind: 'mistyped', column: 0, count: 1, suggested: 1, accept: ['domain'] },
      { severity: 'warning', kind: 'doubtful', column: 0, count: 1, suggested: 0, accept: [] },
    ]);
    expect(problemRows.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6, 7]);
    const [ada, , cy] = problemRows;
    expect(ada!.cells).toEqual(['ada@gmial.com', 'Ada', '1990-01-02', '+4520123456']);
    expect(inEnglish(ada!.findings[0]!.text)).toBe('email: "ada@gmial.com" looks mistyped. Was "ada@gmail.com" meant?');
    expect(cy!.findings.map(({ suggestion, text }) => [inEnglish(text), suggestion?.text])).toEqual([
      ['email: There is a blank inside "cy @x.dk".', 'cy@x.dk'],
      ['Born: "1990-13-45" is not a date with the year first, such as 2026-11-22.', undefined],
      ['phone: "12" is no number that can be dialled; it is kept as it stands. Write it with its country code, such as +45.', undefined],
    ]);
  });

  test('many rows: all are counted, the first hundred of a kind are kept', async () => {
    const { problems, problemRows } = await check(csv('email', ...Array.from({ length: 450 }, (_, n) => `p${n}@gmial.com`), ...Array.from({ length: 3 }, () => 'x')));
    expect(problems.map(({ kind, count }) => [kind, count])).toEqual([['email', 3], ['mistyped', 450]]);
    expect(problemRows).toHaveLength(103);
  });
});

describe('mending', () => {
  const file = () => csv('email,first_name,Born', 'ada@gmial.com,Ada,1990-13-01', 'bo@gmial.com,Bo', 'cy@x.dk,Cy,1991-01-01');

  test('cells typed anew stand instead of the file\'s, in the preview, the import and the rejects', async () => {
    const path = file();
    const mends = { 2: { 2: '1990-01-13' }, 3: { 2: 'never' } };
    const seen = await check(path, { mends });
    expect(seen.counts).toMatchObject({ rows: 3, added: 2, rejected: 1 });
    expect(seen.problemRows.find(({ line }) => line === 3)!.cells).toEqual(['bo@gmial.com', 'Bo', 'never']);
    const done = await importFile(workspace, path, { mends });
    expect(done.counts).toEqual(seen.counts);
    expect(contactsIn(workspace)['ada@gmial.com']).toMatchObject({ a_born: '1990-01-13' });
    expect(readFileSync(done.rejectsFile!, 'utf8')).toContain('bo@gmial.com,Bo,never,3,');
  });

  test('numbers behind an apostrophe, as shop programs write them: shown, and taken without it only when somebody says so', async () => {
    const path = csv('Customer ID,Email,Phone', "'6543210987654,ada@x.dk,'+4520123456", "'6543210987655,bo@x.dk,");
    const { problems } = await check(path, {});
    expect(problems).toEqual([{ severity: 'warning', kind: 'mistyped', column: 0, count: 2, suggested: 2, accept: ['apostrophe'] }]);
    const plan = await proposed(path);
    const columns = plan.columns.map((column, at) => (at === 0 ? { ...column, accept: ['apostrophe' as const] } : column));
    await importFile(workspace, path, { columns });
    expect(contactsIn(workspace)['ada@x.dk']).toMatchObject({ external_id: '6543210987654', phone: '+4520123456' });
  });

  test('all suggestions of a kind in a column, for the whole file', async () => {
    const path = file();
    const plan = await proposed(path);
    const columns = plan.columns.map((column, at) => (at === 0 ? { ...column, accept: ['domain' as const] } : column));
    expect((await check(path, { columns })).problems.filter(({ severity }) => severity === 'warning')).toEqual([]);
    await importFile(workspace, path, { columns });
    expect(Object.keys(contactsIn(workspace))).toEqual(['cy@x.dk']);
    await importFile(workspace, path, { columns, mends: { 2: { 2: '' }, 3: { 2: '' } } });
    expect(Object.keys(contactsIn(workspace))).toEqual(['cy@x.dk', 'ada@gmail.com', 'bo@gmail.com']);
  });

  test('find and replace in one column, in order, and once', async () => {
    const path = file();
    const plan = await proposed(path);
    const columns = plan.columns.map((column, at) => (at === 1 ? { ...column, replace: [{ find: 'Cy', by: 'CyCy' }, { find: 'CyCy', by: 'Cyril' }] } : column));
    await importFile(workspace, path, { columns });
    expect(contactsIn(workspace)['cy@x.dk']).toMatchObject({ first_name: 'Cyril' });
    // The next file with these columns is looked at for itself.
    const again = await calls['imports.inspect']({ file: path, reading: {}, kind: 'contacts', useProfile: true });
    expect(again.profile).not.toBeNull();
    expect(again.plan.columns[1]).not.toHaveProperty('replace');
  });

  test('rows whose mended key makes them one person are put together', async () => {
    const path = csv('email,first_name,city', 'ada@gmial.com,Ada,', 'ada@gmail.com,,Ribe');
    const { plan } = await calls['imports.inspect']({ file: path, reading: {}, kind: 'contacts', useProfile: false });
    const columns = plan.columns.map((column, at) => (at === 0 ? { ...column, accept: ['domain' as const] } : column));
    const seen = await check(path, { columns });
    const done = await importFile(workspace, path, { columns });
    expect(done.counts).toEqual(seen.counts);
    expect(contactsIn(workspace)).toEqual({ 'ada@gmail.com': expect.objectContaining({ first_name: 'Ada', a_city: 'Ribe' }) });
  });
});

test('a large file, which is read in a thread of its own, is mended in the same way', async () => {
  const note = 'x'.repeat(200);
  const path = csv('email,first_name,note', ...Array.from({ length: 6000 }, (_, n) => `p${n}@${n % 100 === 7 ? 'gmial.com' : 'x.dk'},Old ${n},${note}`), `bad,Bad,${note}`);
  const plan = await proposed(path);
  const columns = plan.columns.map((column, at) => (at === 0 ? { ...column, accept: ['domain' as const] } : at === 1 ? { ...column, replace: [{ find: 'Old', by: 'New' }] } : column));
  const seen = await check(path, { columns, mends: { 6002: { 0: 'good@x.dk' } } });
  expect(seen).toMatchObject({ counts: { rows: 6001, added: 6001, rejected: 0 }, problems: [] });
  expect((await check(path)).problems.map(({ kind, count }) => [kind, count])).toEqual([['email', 1], ['mistyped', 60]]);
  const done = await importFile(workspace, path, { columns, mends: { 6002: { 0: 'good@x.dk' } } });
  expect(done.counts).toEqual(seen.counts);
  const people = contactsIn(workspace);
  expect(people['p7@gmail.com']).toMatchObject({ first_name: 'New 7' });
  expect(people['good@x.dk']).toMatchObject({ first_name: 'Bad' });
});

describe('the values of a column', () => {
  test('all of the file, those not understood first, with how often they are there', async () => {
    addAttribute(workspace, { key: 'size', label: 'Size', kind: 'choice', choices: ['Small', 'Large'] });
    const path = csv('email,Size', ...Array.from({ length: 200 }, (_, n) => `p${n}@x.dk,Small`), 'q1@x.dk,XL', 'q2@x.dk,XL', 'q3@x.dk,Lrage', 'q4@x.dk,');
    const plan = await proposed(path);
    const values = async (columns: ImportPlan['columns']) => await calls['imports.values']({ file: path, plan: { ...plan, columns }, column: 1 });
    expect(await values(plan.columns)).toEqual({
      distinct: 3,
      values: [
        { value: 'XL', count: 2, understood: false, suggestion: null },
        { value: 'Lrage', count: 1, understood: false, suggestion: 'Large' },
        { value: 'Small', count: 200, understood: true, suggestion: null },
      ],
    });
    const mapped = await values(plan.columns.map((column, at) => (at === 1 ? { ...column, values: { XL: 'Large' } } : column)));
    expect(mapped.values.filter(({ understood }) => !understood).map(({ value }) => value)).toEqual(['Lrage']);
  });

  test('status words beyond the beginning of the file', async () => {
    const path = csv('email,Status', ...Array.from({ length: 5000 }, (_, n) => `p${n}@x.dk,subscribed`), 'q@x.dk,blocked-by-boss');
    const plan = await proposed(path);
    const columns = plan.columns.map((column, at) => (at === 1 ? { header: column.header, target: { kind: 'status', channel: 'email', words: {}, unknown: 'reject' } as const } : column));
    const { values } = await calls['imports.values']({ file: path, plan: { ...plan, columns }, column: 1 });
    expect(values.map(({ value, count, understood }) => [value, count, understood])).toEqual([['blocked-by-boss', 1, false], ['subscribed', 5000, true]]);
  });
});
