// Which encoding short files are taken for, and that nothing that cannot be decoded is lost.
import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { inEnglish } from '../../shared/text.ts';
import { createDecoder, encodeText, guessEncoding, type Encoding } from '../../src-main/imports/encoding.ts';
import { detectTable } from '../../src-main/imports/dialect.ts';

const SAMPLES: Record<string, string> = {
  'da-DK': 'Fornavn;Efternavn;By;Beløb\nSøren;Ægir;Århus;1\nJørgen;Næss;Rønne;2\n',
  pl: 'Imię;Nazwisko;Miasto\nŁukasz;Żółć;Łódź\nŚwiętosława;Dąbrowska;Gdańsk\n',
  sv: 'Förnamn;Efternamn;Ort\nÅsa;Öberg;Malmö\nBjörn;Sjöström;Växjö\n',
  nl: 'Voornaam;Achternaam;Plaats\nZoë;van der Berg;Groningen\nRené;Coöperatie;Den Haag\n',
  de: 'Vorname;Straße\nJürgen;Köln\n',
  nb: 'Fornavn;Sted\nBjørn;Tromsø\n',
  fi: 'Etunimi;Kaupunki\nPäivi;Hämeenlinna\n',
};

describe('FAULTS F37: encodings', () => {
  const cases = Object.entries(SAMPLES).flatMap(([locale, text]) =>
    (['utf8', 'utf16le', 'utf16be', locale === 'pl' ? 'windows1250' : 'windows1252'] as Encoding[]).map((encoding) => [locale, encoding, text] as const),
  );
  test.each(cases)('%s in %s', (locale, encoding, text) => {
    const bytes = encodeText(text, encoding);
    expect(guessEncoding(bytes, locale).encoding).toBe(encoding);
    expect(createDecoder(encoding).write(bytes)).toBe(text);
  });

  test.each(['macintosh', 'cp850'] as const)('longer files in %s', (encoding) => {
    for (const locale of ['da-DK', 'sv', 'de']) expect(guessEncoding(encodeText(SAMPLES[locale]!.repeat(5), encoding), locale)).toEqual({ encoding, sure: true });
  });

  test('a single letter may be a guess, and says so; Polish is windows-1250 even in a Danish workspace', () => {
    expect(guessEncoding(iconv.encode('navn\nBjørn\n', 'win1252'), 'da')).toEqual({ encoding: 'windows1252', sure: true });
    expect(guessEncoding(iconv.encode('navn\nRené\n', 'win1252'), 'da')).toEqual({ encoding: 'windows1252', sure: true });
    expect(guessEncoding(iconv.encode('imię\n', 'win1250'), 'da').sure).toBe(false);
    expect(guessEncoding(iconv.encode(SAMPLES.pl!, 'win1250'), 'da')).toEqual({ encoding: 'windows1250', sure: true });
  });

  test('a piece may end in the middle of a letter, also the first piece', () => {
    const bytes = encodeText('æøå🙂ł', 'utf8');
    for (let cut = 1; cut < bytes.length; cut++) {
      expect(guessEncoding(bytes.subarray(0, cut), 'da').encoding).toBe('utf8');
      const decoder = createDecoder('utf8');
      expect(decoder.write(Buffer.from(bytes.subarray(0, cut))) + decoder.write(Buffer.from(bytes.subarray(cut))) + decoder.end()).toBe('æøå🙂ł');
    }
  });

  test('bytes that are not UTF-8 are marked, kept, and written back as they were', () => {
    const bytes = Buffer.concat([Buffer.from('før '), Buffer.from([0xf8, 0xff, 0xe2, 0x82]), Buffer.from(' efter �')]);
    const decoder = createDecoder('utf8');
    const text = decoder.write(bytes) + decoder.end();
    expect(text.isWellFormed()).toBe(false);
    expect(text.startsWith('før ') && text.endsWith(' efter �')).toBe(true);
    expect(encodeText(text, 'utf8').equals(bytes)).toBe(true);
  });
});

describe('FAULTS F38: tables', () => {
  const cases: [what: string, text: string, expected: { separator: string; headerLine: number; quote?: string }][] = [
    ['semicolons with decimal commas', 'navn;beløb\nAda;1,50\nBo;2,75\n', { separator: ';', headerLine: 1 }],
    ['commas with semicolons in the text', 'email,note\na@x.dk,"a;b;c"\nb@x.dk,"d;e;f"\n', { separator: ',', headerLine: 1 }],
    ['tabs with commas in the text', 'Name\tAddress\nAda\tVej 1, Odense\nBo\tVej 2, Ribe\n', { separator: '\t', headerLine: 1 }],
    ['bars', 'email|name\na@x.dk|Ada\n', { separator: '|', headerLine: 1 }],
    ['a line that says which', 'sep=|\nemail|name;x\na@x.dk|Ada;y\n', { separator: '|', headerLine: 2 }],
    ['one column', 'email\na@x.dk\nb@x.dk\n', { separator: ';', headerLine: 1 }],
    ['titles and blank lines above', 'Export from the shop\n\n2026-01-01\n\nemail;name;city\na@x.dk;Ada;Ribe\nb@x.dk;Bo;Odense\n', { separator: ';', headerLine: 5 }],
    ['headings over several columns, and the names of the columns below', 'Kunde;;Kontakt;\nFornavn;Efternavn;E-mail;Telefon\nAda;L;a@x.dk;1\nBo;M;b@x.dk;2\n', { separator: ';', headerLine: 2 }],
    ['a column without a name', 'email;;name\na@x.dk;x;Ada\nb@x.dk;y;Bo\n', { separator: ';', headerLine: 1 }],
    ['no header', 'a@x.dk;Ada\nb@x.dk;Bo\n', { separator: ';', headerLine: 0 }],
    ['apostrophes for quotes', "'email';'name'\n'a@x.dk';'A;da'\n'b@x.dk';'Bo'\n", { separator: ';', headerLine: 1, quote: "'" }],
  ];
  test('F38: a quote that is never closed is told with its line where the file is looked at', () => {
    const { records, fault } = detectTable('email,name\na@x.dk,"Ada\nb@x.dk,Bo\n', true, {}, 'x.csv');
    expect(records).toHaveLength(1);
    expect(inEnglish(fault!.text)).toContain('x.csv, line 2: a quote is opened here and never closed');
    expect(detectTable('email,name\na@x.dk,"Ada"\n', true, {}, 'x.csv').fault).toBeNull();
  });

  test.each(cases)('%s', (_, text, expected) => expect(detectTable(text, true, {}, 'x.csv')).toMatchObject({ quote: '"', ...expected }));
});
