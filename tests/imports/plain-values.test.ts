// The quick ways to read cells say what the thorough ones say, or nothing.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normaliseEmail } from '../../shared/contacts/address.ts';
import { parseValue, readingFor } from '../../shared/contacts/values.ts';
import { isPlainDate, plainAddress, plainNumber } from '../../src-main/imports/plain-values.ts';

const READING = { ...readingFor('en-GB', 'UTC', 'EUR'), decimal: '.', dateOrder: 'ymd' } as const;

const letters = (characters: string, maxLength: number) => fc.string({ unit: fc.constantFrom(...characters), minLength: 0, maxLength });

test('addresses', () => {
  let quick = 0;
  const part = letters('ab9Z_+-.xn', 9);
  fc.assert(
    fc.property(part, fc.constantFrom('@', '', '@@'), part, fc.constantFrom('.dk', '.example', '.c0m', '.x', '', '.'), (local, at, domain, ending) => {
      const cell = `${local}${at}${domain}${ending}`;
      const found = plainAddress(cell);
      if (found === null) return;
      quick++;
      expect(normaliseEmail(cell), cell).toEqual({ email: found });
    }),
    { numRuns: 20_000 },
  );
  expect(quick).toBeGreaterThan(200);
});

test.each([
  ['ada@x.dk', 'ada@x.dk'],
  ['Ada.Lovelace+news@Mail-1.Example', 'ada.lovelace+news@mail-1.example'],
  ['a_b@x.co.uk', 'a_b@x.co.uk'],
  [' ada@x.dk', null],
  ['ada@xn--r-3fa9c.dk', null],
  ['ærø@x.dk', null],
  ['ada@-x.dk', null],
  ['ada@x-.dk', null],
  ['ada@x_y.dk', null],
  ['ada@x.d1', null],
  ['ada@x', null],
  ['@x.dk', null],
  ['ada.@x.dk', null],
  ['', null],
])('the address "%s"', (cell, expected) => {
  expect(plainAddress(cell)).toBe(expected);
});

test('numbers', () => {
  let quick = 0;
  fc.assert(
    fc.property(letters('0123456789.,- ', 17), fc.constantFrom('.' as const, ',' as const), (cell, decimal) => {
      const found = plainNumber(cell, decimal);
      if (found === null) return;
      quick++;
      expect(parseValue(cell, { kind: 'number' }, { ...READING, decimal }), cell).toEqual({ value: found });
    }),
    { numRuns: 20_000 },
  );
  expect(quick).toBeGreaterThan(500);
});

test('numbers with places are rounded as numbers are', () => {
  fc.assert(
    fc.property(letters('0123456789', 7), letters('0123456789', 7), (whole, places) => {
      if (whole === '' || places === '') return;
      expect(plainNumber(`${whole}.${places}`, '.')).toBe(Number(`${whole}.${places}`));
    }),
    { numRuns: 20_000 },
  );
});

test('dates', () => {
  let quick = 0;
  fc.assert(
    fc.property(fc.integer({ min: 900, max: 2100 }), fc.nat(13), fc.nat(32), fc.constantFrom('-', '.', '/'), (year, month, day, mark) => {
      const cell = [String(year).padStart(4, '0'), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join(mark);
      const isPlain = isPlainDate(cell);
      const read = parseValue(cell, { kind: 'date' }, READING);
      if (mark === '-') expect(isPlain, cell).toBe('value' in read);
      if (!isPlain) return;
      quick++;
      expect(read, cell).toEqual({ value: cell });
    }),
    { numRuns: 20_000 },
  );
  expect(quick).toBeGreaterThan(1000);
});
