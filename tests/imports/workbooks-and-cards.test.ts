// Workbooks and address cards come in as tables do.
import { existsSync, readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readCards } from '../../src-main/imports/vcard.ts';
import type { TestWorkspace } from '../workspace-fixture.ts';
import { contactsIn, importFile, inspect, type Folder, stageForEach } from './import-fixture.ts';

let workspace: TestWorkspace;
let folder: Folder;
stageForEach((stage) => ({ workspace, folder } = stage));

/** An archive of files that are stored as they are. */
function zip(files: Record<string, string>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const [path, data] = [Buffer.from(name), Buffer.from(text)];
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(path.length, 22);
    const entry = Buffer.alloc(16);
    entry.writeUInt32LE(at, 12);
    directory.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, entry.subarray(2), path);
    const local = [Buffer.from('PK\x03\x04', 'latin1'), common, path, data];
    parts.push(...local);
    at += local.reduce((sum, { length }) => sum + length, 0);
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(Object.keys(files).length, 8);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, central, end]);
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';
const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';

/** A workbook as Excel writes it: shared strings, numbers, dates by their style, yes and no. A cell is [type, value, style]. */
function workbook(rows: readonly (readonly (string | number | boolean | { days: number } | null)[])[], front?: readonly string[]): Buffer {
  const strings: string[] = [];
  const cells = rows.map((row, y) => {
    const inRow = row.map((value, x) => {
      const place = `r="${String.fromCharCode(65 + x)}${y + 1}"`;
      if (value === null) return '';
      if (typeof value === 'string') return `<c ${place} t="s"><v>${strings.push(value) - 1}</v></c>`;
      if (typeof value === 'boolean') return `<c ${place} t="b"><v>${value ? 1 : 0}</v></c>`;
      return typeof value === 'number' ? `<c ${place}><v>${value}</v></c>` : `<c ${place} s="1"><v>${value.days}</v></c>`;
    });
    return `<row r="${y + 1}">${inRow.join('')}</row>`;
  });
  return zip({
    '[Content_Types].xml': `${XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
    '_rels/.rels': `${XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `${XML}<workbook ${MAIN} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets>${front === undefined ? '' : '<sheet name="Forside" sheetId="2" r:id="rId4"/>'}<sheet name="Kunder" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${XML}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/><Relationship Id="rId3" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="rId4" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet2.xml"/></Relationships>`,
    'xl/styles.xml': `${XML}<styleSheet ${MAIN}><cellStyleXfs count="1"><xf numFmtId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" xfId="0"/><xf numFmtId="14" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>`,
    'xl/sharedStrings.xml': `${XML}<sst ${MAIN}>${strings.map((text) => `<si><t xml:space="preserve">${text}</t></si>`).join('')}</sst>`,
    'xl/worksheets/sheet2.xml': `${XML}<worksheet ${MAIN}><sheetData>${(front ?? []).map((text, y) => `<row r="${y + 1}"><c r="A${y + 1}" t="inlineStr"><is><t>${text}</t></is></c></row>`).join('')}</sheetData></worksheet>`,
    'xl/worksheets/sheet1.xml': `${XML}<worksheet ${MAIN}><sheetData>${cells.join('')}</sheetData></worksheet>`,
  });
}

describe('a workbook', () => {
  const rows = [
    ['E-mail', 'Fornavn', 'Kundenr.', 'Beløb', 'Fødselsdag', 'Set', 'Klub', 'Note'],
    ['ada@x.dk', 'Åse; "Å"', '00123', 1234.5, { days: 25_895 }, { days: 46_083.5 + 1 / 24 / 60 }, true, 'to\nlinjer'],
    ['bo@x.dk', 'Bo', '7', 0.1 + 0.2, null, null, false, null],
    ['bad', 'Uden', null, 5, null, null, null, null],
    [null, null, null, null, null, null, null, null],
  ];

  test('of several sheets the first with anything in it is proposed, and another can be chosen', async () => {
    const file = folder.write('several.xlsx', workbook(rows.slice(0, 3), ['Telefon', '12345678']));
    const first = await inspect(workspace, file);
    expect([first.sheets, first.rows]).toEqual([['Forside', 'Kunder'], [['12345678']]]);
    const chosen = await inspect(workspace, file, { sheet: 'Kunder' });
    expect(chosen.plan.reading.sheet).toBe('Kunder');
    expect((await importFile(workspace, file, chosen.plan)).counts).toMatchObject({ rows: 2, added: 2 });
    expect(Object.keys(contactsIn(workspace))).toEqual(['ada@x.dk', 'bo@x.dk']);
    await expect(inspect(workspace, file, { sheet: 'Ordrer' })).rejects.toThrow('several.xlsx has no sheet Ordrer. It has Forside, Kunder.');
    expect((await inspect(workspace, folder.write('empty-front.xlsx', workbook(rows.slice(0, 3), [])))).sheets).toEqual(['Kunder']);
  });

  test('is one whatever it is called', async () => {
    const done = await importFile(workspace, folder.write('kunder.csv', workbook(rows)));
    expect(done).toMatchObject({ fileName: 'kunder.csv', counts: { rows: 3, added: 2, rejected: 1 }, rejectsFile: folder.path('kunder-rejected.csv') });
  });

  test('its values come in as they are: text with its zeros, numbers, days, times, yes and no', async () => {
    const file = folder.write('kunder.xlsx', workbook(rows));
    const seen = await inspect(workspace, file);
    expect(seen.rows[0]).toEqual(['ada@x.dk', 'Åse; "Å"', '00123', '1234.5', '1970-11-23', '2026-03-02 12:01:00', 'true', 'to\nlinjer']);
    const done = await importFile(workspace, file);
    expect(done).toMatchObject({ fileName: 'kunder.xlsx', counts: { rows: 3, added: 2, rejected: 1 } });
    expect(contactsIn(workspace)['ada@x.dk']).toMatchObject({ first_name: 'Åse; "Å"', external_id: '00123', a_beloeb: 1234.5, a_foedselsdag: '1970-11-23', a_klub: 1, a_note: 'to\nlinjer' });
    expect(contactsIn(workspace)['bo@x.dk']).toMatchObject({ a_beloeb: 0.3, a_klub: 0 });
    expect(done.rejectsFile).toBe(folder.path('kunder-rejected.csv'));
    expect(readFileSync(done.rejectsFile!, 'utf8')).toContain('bad');
    expect((await importFile(workspace, file)).counts).toMatchObject({ unchanged: 2 });
  });

  test('one that has changed is read anew; one that is damaged or empty is refused with what to do', async () => {
    const file = folder.write('kunder.xlsx', workbook(rows.slice(0, 2)));
    const calls = (await import('../../src-main/handlers/imports.ts')).importHandlers(workspace);
    expect((await importFile(workspace, file, {}, { calls })).counts).toMatchObject({ rows: 1 });
    folder.write('kunder.xlsx', workbook([...rows.slice(0, 3), ['cy@x.dk', 'Cy', null, null, null, null, null, null]]));
    expect((await importFile(workspace, file, {}, { calls })).counts).toMatchObject({ rows: 3, added: 2 });
    await expect(inspect(workspace, folder.write('broken.xlsx', workbook(rows).subarray(0, 900)))).rejects.toThrow('broken.xlsx cannot be read as a workbook.');
    await expect(inspect(workspace, folder.write('empty.xlsx', workbook([[null, null]])))).rejects.toThrow('empty.xlsx has nothing in it');
    expect(existsSync(folder.path('kunder.csv'))).toBe(false);
  });
});

describe('address cards', () => {
  const card = (...lines: string[]): string => ['BEGIN:VCARD', ...lines, 'END:VCARD', ''].join('\r\n');
  const read = (text: string, encoding: BufferEncoding = 'utf8'): Record<string, string>[] => {
    const [header, ...rows] = readCards(Buffer.from(text, encoding));
    return rows.map((row) => Object.fromEntries(row.map((cell, index) => [header![index], cell])));
  };
  test.each([
    ['3.0 of an iPhone, without the year of a birthday', card('VERSION:3.0', 'N:Nowak;Zofia;;dr;', 'EMAIL;type=INTERNET:zofia@x.pl', 'BDAY;X-APPLE-OMIT-YEAR=1604:1604-02-29'), { 'First name': 'Zofia', 'Last name': 'Nowak', 'E-mail': 'zofia@x.pl', 'Birthday without year': '02-29' }],
    ['4.0 without the year', card('VERSION:4.0', 'N:Nowak;Zofia;;;', 'EMAIL:zofia@x.pl', 'BDAY:--0229'), { 'First name': 'Zofia', 'Last name': 'Nowak', 'E-mail': 'zofia@x.pl', 'Birthday without year': '02-29' }],
    ['4.0', card('VERSION:4.0', 'FN:Dr. Ada Lovelace', 'N:Lovelace;Ada;King;Dr.;', 'EMAIL;TYPE=work:ada@x.dk', 'TEL;VALUE=uri;TYPE="voice,home":tel:+45-20-12-34-56', 'ORG:Analytical;Engines', 'BDAY:18151210', 'CATEGORIES:vip,old\\, friend'), { 'First name': 'Ada King', 'Last name': 'Lovelace', 'E-mail': 'ada@x.dk', Phone: '+45-20-12-34-56', Company: 'Analytical', Birthday: '1815-12-10', Tags: 'vip; old, friend' }],
    ['3.0 as Google writes it, with folded lines and groups', card('VERSION:3.0', 'N:Næss;Søren;;;', 'item1.EMAIL;TYPE=INTERNET;TYPE=PREF:soeren@ek', ' sempel.dk', 'item1.X-ABLabel:Job', 'EMAIL;TYPE=INTERNET:old@x.dk', 'TEL;TYPE=WORK:11', 'TEL;TYPE=CELL:22', 'ADR;TYPE=HOME:;;Vej 1;Aarhus;;8000;Danmark', 'NOTE:To\\nlinjer\\; ja'), { 'First name': 'Søren', 'Last name': 'Næss', 'E-mail': 'soeren@eksempel.dk', 'E-mail 2': 'old@x.dk', Phone: '22', 'Phone 2': '11', Street: 'Vej 1', City: 'Aarhus', Postcode: '8000', Country: 'Danmark', Note: 'To\nlinjer; ja' }],
    ['2.1 as old phones write it', card('VERSION:2.1', 'N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:N=C3=A6ss;S=C3=B8=', 'ren;;;', 'TEL;CELL;PREF:+4520123456', 'TEL;FAX:99'), { 'First name': 'Søren', 'Last name': 'Næss', Phone: '+4520123456' }],
    ['4.0 with quotes around a colon, and in what is written', card('VERSION:4.0', 'N:Lund;Bo;;;', 'TEL;X-FROM="a:b":33', 'NOTE:Skærm 24": ring efter kl. 12:00'), { 'First name': 'Bo', 'Last name': 'Lund', Phone: '33', Note: 'Skærm 24": ring efter kl. 12:00' }],
    ['only a whole name', card('VERSION:3.0', 'FN:Klub 8000', 'EMAIL:klub@x.dk'), { 'First name': 'Klub 8000', 'E-mail': 'klub@x.dk' }],
  ])('version %s', (_, text, expected) => expect(read(text)).toEqual([expected]));

  test('in Windows-1252; several; none', () => {
    expect(read(card('N:Næss;Søren', 'EMAIL:s@x.dk'), 'latin1')).toEqual([{ 'First name': 'Søren', 'Last name': 'Næss', 'E-mail': 's@x.dk' }]);
    expect(readCards(Buffer.concat([Buffer.from('BEGIN:VCARD\nN:'), Buffer.from([0x8a]), Buffer.from('koda;Eva\nEND:VCARD')]))).toEqual([['First name', 'Last name'], ['Eva', 'Škoda']]);
    expect(read(card('EMAIL:a@x.dk') + card('EMAIL:b@x.dk', 'N:B'))).toEqual([{ 'Last name': '', 'E-mail': 'a@x.dk' }, { 'Last name': 'B', 'E-mail': 'b@x.dk' }]);
    expect(read(card('X-NOTHING:1'))).toEqual([]);
  });

  test('are imported like a table', async () => {
    const file = folder.write('kontakter.vcf', card('VERSION:3.0', 'N:Næss;Søren;;;', 'EMAIL:soeren@x.dk', 'TEL;TYPE=CELL:20 12 34 56', 'CATEGORIES:vip') + card('VERSION:3.0', 'FN:Uden adresse', 'TEL:33'));
    const done = await importFile(workspace, file);
    expect(done).toMatchObject({ fileName: 'kontakter.vcf', counts: { rows: 2, added: 1, rejected: 1 } });
    expect(contactsIn(workspace)['soeren@x.dk']).toMatchObject({ first_name: 'Søren', last_name: 'Næss', phone: '+4520123456' });
  });
});
