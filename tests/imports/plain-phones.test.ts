// The quick way to read phone numbers says what the library says, or nothing.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { normalisePhone } from '../../shared/contacts/address.ts';
import { plainPhones } from '../../src-main/imports/plain-phones.ts';

const CODES = ['1', '7', '27', '30', '31', '32', '33', '34', '36', '39', '40', '41', '43', '44', '45', '46', '47', '48', '49', '52', '54', '55', '61', '81', '86', '91', '351', '353', '354', '356', '357', '358', '359', '370', '371', '372', '385', '386', '420', '421', '972'];

test('any digits behind any country code, in groups or not', () => {
  const phones = plainPhones('DK');
  let quick = 0;
  fc.assert(
    fc.property(fc.constantFrom(...CODES), fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 3, maxLength: 16 }), fc.nat(6), (code, digits, gap) => {
      const cell = `+${code}${gap === 0 ? '' : ' '}${gap < 2 ? digits : `${digits.slice(0, gap)} ${digits.slice(gap)}`}`;
      const found = phones(cell);
      if (found === null) return;
      quick++;
      expect(normalisePhone(cell, 'DK'), cell).toEqual({ phone: found });
    }),
    { numRuns: 20_000 },
  );
  expect(quick).toBeGreaterThan(1000);
});

test.each([
  ['+45 20 12 34 56', '+4520123456'],
  ['+46 70 123 45 67', '+46701234567'],
  ['+46 070 123 45 67', null],
  ['20 12 34 56', null],
  ['+45 20 12', null],
  ['+44 7781 123456', null],
  ['(+45) 20123456', null],
])('%s', (cell, expected) => {
  expect(plainPhones('DK')(cell)).toBe(expected);
});
