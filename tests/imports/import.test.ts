// Stories about files of contacts coming in.
import { describe, expect, test } from 'vitest';
import iconv from 'iconv-lite';
import type { TestWorkspace } from '../workspace-fixture.ts';
import { contactsIn, dump, eventCounts, importFile, inspect, type Folder, stageForEach } from './import-fixture.ts';

let workspace: TestWorkspace;
let folder: Folder;
stageForEach((stage) => ({ workspace, folder } = stage));

/** As Excel writes it in Denmark. */
const DANISH = [
  'sep=;',
  'Fornavn;Efternavn;E-mail;Telefon;By;Fødselsdag;Beløb;Kundenr.;Mærkater;Nyhedsbrev',
  'Søren;"Næss; den ældre";Soeren@Eksempel.DK ;12 34 56 78;Århus;19-11-1970;1.234,50;00123;vip, stamkunde;ja',
  'Jørgen;Ærø;jorgen@eksempel.dk;+45 87654321;Rønne;03-04-1985;99,95;00124;stamkunde;nej',
  '"Åse ""Å""";Ø;aase@eksempel.dk;;"To\r\nlinjer";;;00125;;',
  'Uden;Adresse;ikke en adresse;;Odense;;;00126;;ja',
  'Søren;Næss;SOEREN@eksempel.dk;;Aarhus;;;;nyt mærke;',
  '',
].join('\r\n');

describe('the Danish Excel file', () => {
  test('is recognised as it was written', async () => {
    const { reading, columns, rows } = await inspect(workspace, folder.write('kunder.csv', DANISH, 'win1252'));
    expect(reading).toEqual({ encoding: 'windows1252', separator: ';', quote: '"', headerLine: 2, decimal: ',', dateOrder: 'dmy', sure: true });
    expect(columns.map(({ header, target }) => [header, target.kind === 'attribute' || target.kind === 'newAttribute' ? target.attribute : target.kind])).toEqual([
      ['Fornavn', 'first_name'],
      ['Efternavn', 'last_name'],
      ['E-mail', 'email'],
      ['Telefon', 'phone'],
      ['By', 'by'],
      ['Fødselsdag', 'foedselsdag'],
      ['Beløb', 'beloeb'],
      ['Kundenr.', 'external_id'],
      ['Mærkater', 'tags'],
      ['Nyhedsbrev', 'consent'],
    ]);
    expect(columns.map(({ target }) => (target.kind === 'newAttribute' ? target.attributeKind : null))).toEqual([null, null, null, null, 'text', 'date', 'number', null, null, null]);
    expect(rows[2]![4]).toBe('To\r\nlinjer');
    expect(columns.map(({ filled }) => filled)).toEqual([5, 5, 5, 2, 5, 2, 2, 4, 3, 3]);
  });

  test('goes in with attributes, tags, consent and events; the counts add up', async () => {
    const result = await importFile(workspace, folder.write('kunder.csv', DANISH, 'win1252'), { consent: { channel: 'email', source: 'Butikken' }, tags: ['2026'] });
    expect(result).toMatchObject({ state: 'done', fileName: 'kunder.csv', counts: { rows: 5, added: 3, updated: 1, unchanged: 0, skipped: 0, rejected: 1, suppressed: 0 } });
    const contacts = contactsIn(workspace);
    expect(contacts['soeren@eksempel.dk']).toMatchObject({ first_name: 'Søren', last_name: 'Næss', phone: '+4512345678', external_id: '00123', a_by: 'Aarhus', a_foedselsdag: '1970-11-19', a_beloeb: 1234.5 });
    expect(contacts['aase@eksempel.dk']).toMatchObject({ first_name: 'Åse "Å"', a_by: 'To\r\nlinjer', a_beloeb: null });
    expect(workspace.db.prepare(`SELECT state, source, file FROM consents ORDER BY state`).all()).toEqual([
      { state: 'given', source: 'Butikken', file: 'kunder.csv' },
      { state: 'withdrawn', source: 'kunder.csv: Nyhedsbrev', file: 'kunder.csv' },
    ]);
    expect(eventCounts(workspace)).toEqual({ contact_added: 3, attributes_changed: 1, tag_added: 7, consent_given: 1, consent_withdrawn: 1 });
    expect(workspace.db.prepare(`SELECT DISTINCT source, import_id FROM events`).all()).toEqual([{ source: 'import', import_id: result.id }]);
    expect(workspace.woken()).toBe(0);
  });

  test('F42: a second time, it changes nothing', async () => {
    const file = folder.write('kunder.csv', DANISH, 'win1252');
    const plan = { consent: { channel: 'email', source: 'Butikken' } as const, tags: ['2026'] };
    await importFile(workspace, file, plan);
    const before = dump(workspace);
    const { importedBefore } = await inspect(workspace, file);
    expect(importedBefore).toEqual({ at: workspace.clock.now() });
    const again = await importFile(workspace, file, plan);
    expect(again.counts).toEqual({ rows: 5, added: 0, updated: 0, unchanged: 4, skipped: 0, rejected: 1, suppressed: 0 });
    expect(dump(workspace)).toBe(before);
  });

  test('a dry run counts the same and writes nothing', async () => {
    const file = folder.write('kunder.csv', DANISH, 'win1252');
    const before = dump(workspace);
    const dry = await importFile(workspace, file, {}, { dryRun: true });
    expect(dump(workspace)).toBe(before);
    expect(workspace.db.prepare('SELECT count(*) AS n FROM imports').get()).toEqual({ n: 0 });
    const real = await importFile(workspace, file);
    expect(dry.counts).toEqual(real.counts);
    expect((await importFile(workspace, file, {}, { dryRun: true })).counts).toEqual((await importFile(workspace, file)).counts);
  });
});

describe('other files', () => {
  const text = 'E-mail\tName\tPoints\r\nada@x.dk\tŁukasz Żółć\t0012\r\nbob@x.dk\t"Tab\there"\t0013\r\n';
  test.each([
    ['UTF-8 with a mark', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), iconv.encode(text, 'utf8')])],
    ['UTF-16LE with a mark', iconv.encode(text, 'utf16le', { addBOM: true })],
    ['UTF-16LE without a mark', iconv.encode(text, 'utf16le', { addBOM: false })],
    ['UTF-16BE with a mark', iconv.encode(text, 'utf16be', { addBOM: true })],
    ['UTF-16BE without a mark', iconv.encode(text, 'utf16be', { addBOM: false })],
  ])('%s, tabs', async (_, bytes) => {
    const file = folder.write('people.txt', bytes);
    expect((await inspect(workspace, file)).reading).toMatchObject({ separator: '\t', sure: true, headerLine: 1 });
    expect((await importFile(workspace, file)).counts).toMatchObject({ rows: 2, added: 2 });
    expect(contactsIn(workspace)['ada@x.dk']).toMatchObject({ a_name: 'Łukasz Żółć', a_points: '0012' });
    expect(contactsIn(workspace)['bob@x.dk']).toMatchObject({ a_name: 'Tab\there' });
  });

  test('F38: title lines above the header and totals below', async () => {
    const file = folder.write('report.csv', 'Customers 2026;;\n;;\nNavn;E-mail;Antal køb\nAda Andersen;ada@x.dk;3\nBo Bak;bo@x.dk;4\nI alt;;7\n');
    expect((await inspect(workspace, file)).reading.headerLine).toBe(3);
    const { counts, rejectsFile } = await importFile(workspace, file);
    expect(counts).toMatchObject({ rows: 3, added: 2, rejected: 1 });
    expect(rejectsFile).toBe(folder.path('report-rejected.csv'));
  });

  test('no header: the columns are known by their values', async () => {
    const file = folder.write('bare.csv', 'Ada,ada@x.dk\nBo,bo@x.dk\n');
    const { reading, columns } = await inspect(workspace, file);
    expect(reading.headerLine).toBe(0);
    expect(columns[1]).toMatchObject({ header: 'Column 2', target: { kind: 'attribute', attribute: 'email' } });
    expect((await importFile(workspace, file)).counts).toMatchObject({ rows: 2, added: 2 });
  });
});
