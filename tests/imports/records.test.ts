// Reading separated values: every dialect, every place where a piece of the file may end, and what is wrong with a file.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ProblemError } from '../../shared/problem.ts';
import { createDecoder, encodeText, ENCODINGS } from '../../src-main/imports/encoding.ts';
import { createRecordReader, MAX_CELL, writeRecord, type CsvRecord } from '../../src-main/imports/records.ts';

function read(text: string, { separator = ';', quote = '"', pieces = text.length, firstLine = 1 } = {}): CsvRecord[] {
  const reader = createRecordReader({ separator, quote, fileName: 'test.csv' }, firstLine);
  const records: CsvRecord[] = [];
  for (let at = 0; at < text.length; at += Math.max(1, pieces)) records.push(...reader.push(text.slice(at, at + Math.max(1, pieces))));
  return [...records, ...reader.end()];
}

const cellsOf = (text: string, how = {}) => read(text, how).map(({ cells }) => cells);

describe('FAULTS F38: records', () => {
  const cases: [what: string, text: string, cells: string[][]][] = [
    ['plain', 'a;b\nc;d\n', [['a', 'b'], ['c', 'd']]],
    ['without a last line end', 'a;b\nc;d', [['a', 'b'], ['c', 'd']]],
    ['line ends in a mixture', 'a;1\nb;2\r\nc;3\rd;4\r\n', [['a', '1'], ['b', '2'], ['c', '3'], ['d', '4']]],
    ['blank lines', '\n\na;b\n\r\n\rc;d\n\n', [['a', 'b'], ['c', 'd']]],
    ['line breaks inside quotes, kept as they are', '"a\r\nb";"c\rd\ne"\n', [['a\r\nb', 'c\rd\ne']]],
    ['doubled quotes', '"a ""b"" c";""""\n', [['a "b" c', '"']]],
    ['separators inside quotes', '"a;b";c\n', [['a;b', 'c']]],
    ['empty cells, also the last', ';;\n"";x;\n', [['', '', ''], ['', 'x', '']]],
    ['an empty last cell at the very end', 'a;b;', [['a', 'b', '']]],
    ['blanks around quotes', 'a; "b;c" ;d\n', [['a', 'b;c', 'd']]],
    ['a quote inside a cell', '5" pipe;b\n', [['5" pipe', 'b']]],
    ['one quoted empty cell', '""\n', [['']]],
  ];
  test.each(cases)('%s', (_, text, cells) => {
    expect(cellsOf(text)).toEqual(cells);
    for (const pieces of [1, 2, 3]) expect(cellsOf(text, { pieces })).toEqual(cells);
  });

  test('each record keeps the line on which it begins', () => {
    const text = 'a\r\n"b\nb\r\nb"\r\n\r\nc\rd\n';
    for (const pieces of [1, 2, 100]) expect(read(text, { pieces }).map(({ line }) => line)).toEqual([1, 2, 6, 7]);
  });

  test('lines above the first one are passed over, whatever quotes they hold', () => {
    const text = 'sep=;\r\nAll "customers\r\n\r\nname;mail\r\nAda;a@x.dk\r\n';
    for (const pieces of [1, 3, 100]) {
      expect(read(text, { firstLine: 4, pieces })).toMatchObject([
        { line: 4, cells: ['name', 'mail'], strayQuote: -1 },
        { line: 5, cells: ['Ada', 'a@x.dk'], strayQuote: -1 },
      ]);
    }
  });

  test('text behind a closing quote is marked, and all of it is kept', () => {
    expect(read('a;"Hans "Hansi" Hansen";c\nd;e;f\n')).toMatchObject([
      { line: 1, cells: ['a', 'Hans "Hansi" Hansen', 'c'], strayQuote: 1 },
      { line: 2, cells: ['d', 'e', 'f'], strayQuote: -1 },
    ]);
  });

  test.each([1, 7, 1000])('an unclosed quote is named with the line on which it was opened (pieces of %i)', (pieces) => {
    const text = 'a;b\n"multi\nline";"x"\nc;"open\nd;e\nf;g\n';
    expect(() => read(text, { pieces })).toThrow(/line 4.*never closed/);
  });

  test('an unclosed quote in a large file is found without reading it to the end', () => {
    const reader = createRecordReader({ separator: ',', quote: '"', fileName: 'big.csv' });
    const feed = (): void => {
      reader.push('a,b\nx,"open\n');
      for (let n = 0; n < 100; n++) reader.push('some,thing\n'.repeat(10_000));
    };
    expect(feed).toThrow(ProblemError);
    expect(feed).toThrow(/line 2.*million characters/s);
  });

  test('a line that never ends is named', () => {
    expect(() => read('x'.repeat(MAX_CELL + 10), { pieces: 65_536 })).toThrow(/line 1/);
    expect(() => read('a;'.repeat(10_001), { pieces: 65_536 })).toThrow(/more than 10,000 columns/);
  });
});

const alphabets = { utf8: 'aB1 ;,|\t"\'\n\r=+-@æøåÆØÅłżÉßé€\u00a0日本🙂\u0000', utf16le: 'aB1 ;,|\t"\'\n\ræøåłż日🙂', utf16be: 'aB1 ;,|\t"\'\n\ræøåłż日🙂', windows1252: 'aB1 ;,|\t"\'\n\ræøåÆØÅöäéß€', windows1250: 'aB1 ;,|\t"\'\n\rłżóąęśćń', macintosh: 'aB1 ;,|\t"\'\n\ræøåÆØÅöäéß', cp850: 'aB1 ;,|\t"\'\n\ræøåÆØÅöäéß' } as const;

test('where the text of some cells is not needed, the others, whether the record is blank and all else of it is as ever', () => {
  const cell = fc.array(fc.constantFrom(...'aB1 ;"\n\t\u00a0\ufeffø'), { maxLength: 5 }).map((letters) => letters.join(''));
  fc.assert(
    fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 5 }), { maxLength: 12 }), fc.uniqueArray(fc.nat(4)), (rows, places) => {
      const text = rows.map((row) => row.join(';')).join('\n');
      const readAll = (needed: ReadonlySet<number> | null): CsvRecord[] | string => {
        const reader = createRecordReader({ separator: ';', quote: '"', fileName: 'test.csv' }, 1, needed);
        try {
          return [...reader.push(text), ...reader.end()];
        } catch (error) {
          return String(error);
        }
      };
      const [whole, needed] = [readAll(null), readAll(new Set(places))];
      if (typeof whole === 'string' || typeof needed === 'string') {
        expect(needed).toEqual(whole);
        return;
      }
      const seen = ({ cells, ...record }: CsvRecord): unknown => ({ ...record, needed: places.map((place) => cells[place]), isBlank: cells.every((each) => each.trim() === '') });
      expect(needed.map(seen)).toEqual(whole.map(seen));
    }),
    { numRuns: 500 },
  );
});

describe('any table in any dialect is the same table again', () => {
  test.each(ENCODINGS)('%s', (encoding) => {
    const cell = fc.array(fc.constantFrom(...alphabets[encoding]), { maxLength: 12 }).map((letters) => letters.join(''));
    const table = fc.integer({ min: 1, max: 6 }).chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 12 }));
    fc.assert(
      fc.property(table, fc.constantFrom(';', ',', '\t', '|'), fc.constantFrom('"', "'"), fc.constantFrom('\n', '\r\n', '\r'), fc.integer({ min: 1, max: 40 }), (rows, separator, quote, lineEnd, pieces) => {
        const bytes = encodeText(rows.map((row) => writeRecord(row, separator, quote, lineEnd)).join(''), encoding);
        const decoder = createDecoder(encoding);
        const reader = createRecordReader({ separator, quote, fileName: 'x' });
        const records: CsvRecord[] = [];
        for (let at = 0; at < bytes.length; at += pieces) records.push(...reader.push(decoder.write(Buffer.from(bytes.subarray(at, at + pieces)))));
        records.push(...reader.push(decoder.end()), ...reader.end());
        expect(records.map(({ cells }) => cells)).toEqual(rows);
        expect(records.every(({ strayQuote }) => strayQuote === -1)).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});
