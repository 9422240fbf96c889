// Files and plans that cannot be imported: each answered by a sentence that says where and what to do, and nothing written.
import { mkdirSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProblemError } from '../../shared/problem.ts';
import type { ColumnTarget } from '../../shared/contacts/import-plan.ts';
import { importHandlers } from '../../src-main/handlers/imports.ts';
import type { TestWorkspace } from '../workspace-fixture.ts';
import { contactsIn, dump, importFile, inspect, type Folder, stageForEach } from './import-fixture.ts';

let workspace: TestWorkspace;
let folder: Folder;
stageForEach((stage) => ({ workspace, folder } = stage));

const zip = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4, 20, 0]), deflateRawSync('x'.repeat(500))]);

describe('files that are no table', () => {
  const cases: [what: string, make: () => string, sentence: RegExp][] = [
    ['missing', () => folder.path('none.csv'), /There is no file .*none\.csv\. Check the path/],
    ['a folder', () => (mkdirSync(folder.path('in')), folder.path('in')), /is a folder\. Choose a CSV file inside/],
    ['0 bytes', () => folder.write('empty.csv', ''), /empty\.csv is empty: 0 bytes/],
    ['only blank lines', () => folder.write('blank.csv', '\n\r\n\n'), /blank\.csv has no rows/],
    ['a workbook', () => folder.write('people.xlsx', zip), /people\.xlsx cannot be read as a workbook.*save it as CSV UTF-8/],
    ['a workbook called csv', () => folder.write('people.csv', zip), /workbook or an archive/],
    ['an archive', () => folder.write('people.zip', zip), /ZIP archive\. Unpack it/],
    ['an old workbook', () => folder.write('people.csv', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0])), /workbook/],
    ['a picture', () => folder.write('people.csv', Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13])), /not a text file/],
    ['noise', () => folder.write('people.csv', Buffer.from(Array.from({ length: 4000 }, (_, index) => (index * 7919) % 32))), /not a text file/],
    ['10,001 columns', () => folder.write('wide.csv', `${Array.from({ length: 10_001 }, (_, n) => `c${n}`).join(',')}\n`), /more than 10,000 columns/],
  ];
  test.each(cases)('%s', async (_, make, sentence) => {
    await expect(inspect(workspace, make())).rejects.toThrow(sentence);
  });

  test('F37: an encoding that nobody knows', async () => {
    await expect(inspect(workspace, folder.write('a.csv', 'email\na@x.dk\n'), { encoding: 'latin9' })).rejects.toThrow(/no encoding latin9 here.*utf8/);
  });
});

describe('F38: a fault anywhere in the file means that nothing of it is imported', () => {
  const many = Array.from({ length: 5000 }, (_, n) => `p${n}@x.dk,Person ${n}\n`).join('');
  test.each([
    ['an unclosed quote in the last lines', `email,name\n${many}q@x.dk,"open\nr@x.dk,x\n`, /line 5002: a quote is opened here and never closed.*Nothing was imported/],
    ['a cell without end', `email,name\n${many}q@x.dk,${'x'.repeat(1_100_000)}\n`, /line 5002: a cell that begins here is longer than a million/],
  ])('%s', async (_, text, sentence) => {
    const before = dump(workspace);
    await expect(importFile(workspace, folder.write('faulty.csv', text))).rejects.toThrow(sentence);
    expect(dump(workspace)).toBe(before);
    expect(await importHandlers(workspace)['imports.list']({})).toMatchObject([{ state: 'failed', counts: { rows: 0 } }]);
    expect(workspace.heard.at(-1)).toMatchObject({ type: 'import', progress: { state: 'failed' } });
  });
});

test('F37, F38: whatever the bytes are: rows, or a sentence, and every row is counted', { timeout: 60_000 }, async () => {
  const piece = fc.oneof(
    fc.constantFrom('email;navn;tal\n', 'a@x.dk;Ærø;1,5\n', 'b@x.dk;"x;y";2\r\n', ';;\n', '"', ';', ',', '\t', '\r', '\n', 'sep=,\n', '\0', 'c@x.dk', '🙂', '\ufeff').map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
      const file = folder.write('fuzz.csv', Buffer.concat(pieces));
      try {
        const { counts, state } = await importFile(workspace, file, {}, { rejectsFile: folder.path('fuzz-rejected.csv') });
        expect(state).toBe('done');
        expect(counts.rows).toBe(counts.added + counts.updated + counts.unchanged + counts.skipped + counts.rejected);
      } catch (error) {
        expect(error).toBeInstanceOf(ProblemError);
      }
    }),
    { numRuns: 300 },
  );
});

describe('plans that do not fit', () => {
  const withTargets = (changes: Record<string, ColumnTarget>) => async (file: string) => {
    const { plan } = await inspect(workspace, file);
    return importFile(workspace, file, { columns: plan.columns.map(({ header, target }) => ({ header, target: changes[header] ?? target })) });
  };
  const attribute = (key: string): ColumnTarget => ({ kind: 'attribute', attribute: key });

  test('no e-mail column', async () => {
    await expect(importFile(workspace, folder.write('a.csv', 'Navn;By\nAda;Odense\nBo;Ribe\n'))).rejects.toThrow(/No column of a\.csv is known as the e-mail address.*--map "Navn=email"/);
  });
  test('two columns to one attribute', async () => {
    const file = folder.write('a.csv', 'email;mail 2\na@x.dk;b@x.dk\n');
    await expect(withTargets({ 'mail 2': attribute('email') })(file)).rejects.toThrow(/Two columns go to email: "email" and "mail 2"/);
  });
  test('an attribute that does not exist', async () => {
    const file = folder.write('a.csv', 'email;x\na@x.dk;b\n');
    await expect(withTargets({ x: attribute('nosuch') })(file)).rejects.toThrow(/no attribute nosuch.*"x" should go.*There are: email, phone/);
  });
  test('a plan for another file', async () => {
    const { plan } = await inspect(workspace, folder.write('a.csv', 'email;name\na@x.dk;Ada\n'));
    await expect(importFile(workspace, folder.write('b.csv', 'name;email\nAda;a@x.dk\n'), plan)).rejects.toThrow(/Column 1 of b\.csv is "name", but the plan expects "email"/);
    await expect(importFile(workspace, folder.write('c.csv', 'email\na@x.dk\n'), plan)).rejects.toThrow(/Column 2 of c\.csv is missing/);
  });
  test('rejected rows over the file itself', async () => {
    const file = folder.write('a.csv', 'email\nno\n');
    await expect(importFile(workspace, file, {}, { rejectsFile: file })).rejects.toThrow(/cannot be written over a\.csv/);
  });
  test('rejected rows where no file can be', async () => {
    const file = folder.write('a.csv', 'email\nno\n');
    for (const rejectsFile of [folder.path(''), folder.path('a.csv/inside.csv')]) await expect(importFile(workspace, file, {}, { rejectsFile })).rejects.toThrow(/rejected rows cannot be written to/);
  });
  test('more columns than a workspace holds', async () => {
    const file = folder.write('a.csv', `email,${Array.from({ length: 2500 }, (_, n) => `c${n}`).join(',')}\na@x.dk${',1'.repeat(2500)}\n`);
    const { plan } = await inspect(workspace, file);
    expect(plan.columns.filter(({ target }) => target.kind === 'ignore')).toHaveLength(2500);
    const columns = plan.columns.map(({ header, target }) => ({ header, target: target.kind === 'ignore' ? ({ kind: 'newAttribute', attribute: header, label: header, attributeKind: 'text' } as const) : target }));
    await expect(importFile(workspace, file, { columns })).rejects.toThrow(/more than 1,900 attributes/);
  });
});

describe('rows that cannot be taken are named, and the others go in', () => {
  test('F37, F38: ragged rows, stray quotes, wrong bytes, NUL, wrong values, consent that says neither', async () => {
    const text = [
      'email;name;points;birthday;consent',
      'ok@x.dk;Ok;1;01-02-2000;yes',
      'short@x.dk;Short;2',
      'long@x.dk;a;b;3;01-02-2000;yes',
      'trailing@x.dk;Trailing;3;25-12-1999;no;;',
      'stray@x.dk;"Hans "Hansi" Hansen";4;;',
      'nul@x.dk;nu\0l;5;;',
      'number@x.dk;Number;many;;',
      'date@x.dk;Date;6;31-02-2000;',
      'consent@x.dk;Consent;7;;maybe',
      ';Nobody;8;;',
      'two@x.dk, three@x.dk;Two;9;;',
      '',
    ].join('\n');
    const bytes = Buffer.concat([Buffer.from(text), Buffer.from('bytes@x.dk;'), Buffer.from([0xc3, 0x28]), Buffer.from(' ø;10;;\n')]);
    const file = folder.write('mixed.csv', bytes);
    const plan = await inspect(workspace, file, { encoding: 'utf8' }).then((inspection) => inspection.plan);
    const columns = plan.columns.map(({ header, target }) => ({ header, target: ({ points: { kind: 'newAttribute', attribute: 'points', label: 'points', attributeKind: 'number' }, birthday: { kind: 'newAttribute', attribute: 'birthday', label: 'birthday', attributeKind: 'date' }, consent: { kind: 'consent', channel: 'email' } } as Record<string, ColumnTarget>)[header] ?? target }));
    const { counts, rejectsFile } = await importFile(workspace, file, { reading: plan.reading, columns });
    expect(counts).toMatchObject({ rows: 12, added: 2, rejected: 10 });
    expect(Object.keys(contactsIn(workspace))).toEqual(['ok@x.dk', 'trailing@x.dk']);
    const rejects = await inspect(workspace, rejectsFile!, { encoding: 'utf8' });
    const reasons = rejects.rows.map((cells) => `${cells[5]}: ${cells[6]}`);
    expect(reasons.map((reason) => reason.slice(0, 60))).toEqual([
      '3: The row has 3 cells, but the header has 5. Which are missing',
      '4: The row has 6 cells, but the header has 5. Put cells that co',
      '6: name: Text goes on after the closing quote. Write a quote th',
      '7: name: It contains a NUL character, which no text does. Type ',
      '8: points: "many" is not a number with a decimal comma, such as',
      '9: birthday: "31-02-2000" is not a date with the day first, suc',
      '10: consent: "maybe" says neither that consent was given nor tha',
      '11: The row has no e-mail address. Fill it in.',
      '12: email: There is more than one address in "two@x.dk, three@x.',
      '13: name: Some of its bytes are not in the encoding of the file.',
    ].map((reason) => reason.slice(0, 60)));
  });

  test('F39: columns called the same, nothing, or __proto__', async () => {
    const file = folder.write('a.csv', 'email;__proto__;constructor;Navn;Navn;;\na@x.dk;p;c;n1;n2;u;\n');
    const { columns } = await inspect(workspace, file);
    expect(columns.map(({ header, target }) => [header, target.kind === 'newAttribute' ? target.attribute : target.kind])).toEqual([
      ['email', 'attribute'], ['__proto__', 'proto'], ['constructor', 'constructor_2'], ['Navn', 'attribute'], ['Navn (2)', 'navn_2'], ['Column 6', 'column_6'], ['Column 7', 'ignore'],
    ]);
    expect((await importFile(workspace, file)).counts).toMatchObject({ added: 1 });
    expect(contactsIn(workspace)['a@x.dk']).toMatchObject({ a_proto: 'p', a_constructor_2: 'c', a_navn_2: 'n2', a_column_6: 'u' });
  });

  test('F39: 10,000 columns: those that are known are taken, and it does not take for ever', async () => {
    const headers = ['email', ...Array.from({ length: 4999 }, () => 'same'), ...Array.from({ length: 4999 }, (_, n) => `other ${n}`), 'Fornavn'];
    const file = folder.write('wide.csv', `${headers.join(';')}\na@x.dk;${'x;'.repeat(9998)}Ada\n`);
    const { columns } = await inspect(workspace, file);
    expect(columns).toHaveLength(10_000);
    expect((await importFile(workspace, file)).counts).toMatchObject({ rows: 1, added: 1 });
    expect(contactsIn(workspace)['a@x.dk']).toMatchObject({ first_name: 'Ada' });
    expect(workspace.db.prepare('SELECT count(*) AS n FROM attributes').get()).toEqual({ n: 0 });
  });

  test('rejected rows can be put right and imported again', async () => {
    const file = folder.write('kunder.csv', 'Fornavn;E-mail;Beløb\r\nSøren;soren@x.dk;1,50\r\nÅse;åse at x;2,50\r\nBo;bo@x.dk;meget\r\n', 'win1252');
    const first = await importFile(workspace, file, {}, { rejectsFile: folder.path('afvist.csv') });
    // The amounts are text, for one of them is none: only the address is at fault.
    expect(first.counts).toMatchObject({ rows: 3, added: 2, rejected: 1 });
    const { readFileSync } = await import('node:fs');
    const rejected = readFileSync(folder.path('afvist.csv'), 'latin1');
    expect(rejected).toBe('Fornavn;E-mail;Beløb;_line;_reason\r\nÅse;åse at x;2,50;3;"E-mail: ""åse at x"" has no @, so it is not an e-mail address."\r\n');
    const fixed = folder.write('rettet.csv', Buffer.from(rejected.replace('åse at x', 'aase@x.dk'), 'latin1'));
    const second = await importFile(workspace, fixed, {}, { rejectsFile: folder.path('afvist.csv') });
    expect(second).toMatchObject({ rejectsFile: null, counts: { rows: 1, added: 1, rejected: 0 } });
    expect(contactsIn(workspace)['aase@x.dk']).toMatchObject({ first_name: 'Åse', a_beloeb: '2,50' });
    expect(workspace.db.prepare('SELECT key FROM attributes').all()).toEqual([{ key: 'beloeb' }]);
  });
});
