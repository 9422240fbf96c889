// Addresses as people, mail programs and spreadsheets write them, and the one form in which they are stored (FAULTS F40).
import { describe, expect, test } from 'vitest';
import { countryOf, normaliseEmail, normalisePhone } from '../../shared/contacts/address.ts';
import { inEnglish } from '../../shared/text.ts';

const sameAda = [
  'ada@x.dk', 'ADA@X.DK', '  ada@x.dk\t', '\u00a0ada@x.dk\u00a0', 'ada\u200b@x.dk', '\ufeffada@x.dk', 'a\u00adda@x.dk',
  'Ada <ada@x.dk>', '"Lovelace, Ada" <Ada@X.dk>', '<ada@x.dk>', 'mailto:ada@x.dk', "'ada@x.dk", "'ada@x.dk'", 'ada@x.dk;', 'ada@x.dk,', 'ada@x.dk.', 'Ada <ada@x.dk>;', 'ada@x。dk',
];

test.each(sameAda)('F40: %j is ada@x.dk', (text) => {
  expect(normaliseEmail(text)).toEqual({ email: 'ada@x.dk' });
});

test.each([
  ['ada.lovelace+news@x.dk', 'ada.lovelace+news@x.dk'],
  ["o'brien@x.ie", "o'brien@x.ie"],
  ['ada@ærø.dk', 'ada@xn--r-3fa9c.dk'],
  ['ADA@ÆRØ.DK', 'ada@xn--r-3fa9c.dk'],
  ['ada@xn--r-3fa9c.dk', 'ada@xn--r-3fa9c.dk'],
  ['ada@почта.рф', 'ada@xn--80a1acny.xn--p1ai'],
  [`${'x'.repeat(64)}@x.dk`, `${'x'.repeat(64)}@x.dk`],
])('%s is stored as %s, without a warning', (text, email) => {
  expect(normaliseEmail(text)).toEqual({ email });
});

test.each([
  ['', 'no e-mail address'],
  ['\u200b \u00a0', 'no e-mail address'],
  ['ada', 'no @'],
  ['ada@x.dk, bob@y.dk', 'more than one address'],
  ['ada@x.dk;bob@y.dk', 'more than one address'],
  ['ada@x.dk bob@y.dk', 'more than one address'],
  ['ada@x.dk / bob@y.dk', 'more than one address'],
  ['ada@@x.dk', 'more than one @'],
  ['ada lovelace@x.dk', 'blank inside'],
  ['ada@x .dk', 'blank inside'],
  ['"ada lovelace"@x.dk', 'in quotes before the @'],
  ['"a@b"@x.dk', 'in quotes before the @'],
  ['@x.dk', 'nothing before the @'],
  ['ada@', 'the domain is missing'],
  ['søren@x.dk', '"ø"'],
  ['\u0430da@x.dk', 'only looks like "a"'],
  ['.ada@x.dk', 'A dot'],
  ['ada.@x.dk', 'A dot'],
  ['a..da@x.dk', 'A dot'],
  ['ada(x)@x.dk', '"("'],
  ['ada@localhost', 'cannot be the domain'],
  ['ada@1.2.3.4', 'cannot be the domain'],
  ['ada@[1.2.3.4]', 'cannot be the domain'],
  ['ada@x..dk', 'cannot be the domain'],
  ['ada@-x.dk', 'cannot be the domain'],
  ['ada@x_y.dk', 'cannot be the domain'],
  ['ada@x.dk/path', 'cannot be the domain'],
  ['ada@ærø.dk:80', 'cannot be the domain'],
  ['ada@x%2edk.dkø', 'cannot be the domain'],
  [`ada@${'x'.repeat(64)}.dk`, 'cannot be the domain'],
  [`${'x'.repeat(65)}@x.dk`, '65 characters before the @'],
  [`ada@${'x'.repeat(60)}.${'x'.repeat(60)}.${'x'.repeat(60)}.${'x'.repeat(60)}.xxxx.dk`, 'characters; 254 is the most'],
  ['x'.repeat(5_000), 'far too long'],
])('%j is refused: %s', (text, words) => {
  const read = normaliseEmail(text);
  expect('reason' in read ? inEnglish(read.reason) : read.email).toContain(words);
});

test.each(['ada@p\u0430ypal.com', 'ada@\u0430\u0440\u0440.com', 'ada@g\u03bfogle.com'])('F40: a domain that imitates another is taken with a warning: %s', (text) => {
  const read = normaliseEmail(text);
  expect(read).toHaveProperty('email');
  expect(read).toHaveProperty('warning');
});

test('F40: normalising twice changes nothing', () => {
  for (const text of [...sameAda, 'ada@ærø.dk']) {
    const once = normaliseEmail(text);
    if (!('email' in once)) throw new Error(text);
    expect(normaliseEmail(once.email)).toEqual({ email: once.email });
  }
});

describe('phone numbers', () => {
  test.each([
    ['20 12 34 56', 'DK', '+4520123456'],
    ['+45 20 12 34 56', 'DK', '+4520123456'],
    ['12 34 56 78', 'DK', '+4512345678'],
    ['0045 20123456', 'DK', '+4520123456'],
    ['(020) 624 1111', 'NL', '+31206241111'],
    ['+1 (415) 555-2671', 'DK', '+14155552671'],
    ['(+45) 20-12-34-59', 'DK', '+4520123459'],
    ['+46 (0)70 123 45 67', 'DK', '+46701234567'],
    ['+48 (0) 601 234 567', 'DK', '+48601234567'],
    ['+39 (0)6 698 12345', 'DK', '+390669812345'],
    ["'+4520123456", 'SE', '+4520123456'],
    ['\u200e+45\u00a020123456', 'PL', '+4520123456'],
  ])('%s in %s is %s', (text, country, phone) => {
    expect(normalisePhone(text, country)).toEqual({ phone });
  });

  test.each([
    ['', 'no phone number'],
    ['12', 'not a phone number in DK'],
    ['call me', 'not a phone number in DK'],
    ['601 234 567', 'not a phone number in DK'],
    ['4,52E+09', 'shortened by a spreadsheet'],
    ['9'.repeat(80), 'too long'],
  ])('%j is refused: %s', (text, words) => {
    const read = normalisePhone(text, 'DK');
    expect('reason' in read ? inEnglish(read.reason) : read.phone).toContain(words);
  });

  test('F40: a number of another country never gets the code of this one', () => {
    for (const danish of ['20 12 34 57', '4520123460', '(0)20 12 34 59']) expect(normalisePhone(danish, 'PL'), danish).toHaveProperty('reason');
    expect(normalisePhone('601 234 567', 'GB')).toHaveProperty('reason');
    expect(normalisePhone('601 234 567', 'PL')).toEqual({ phone: '+48601234567' });
  });

  test('the country is the one of the locale', () => {
    expect(['da-DK', 'sv', 'nl-BE', 'en-GB', 'not a locale'].map(countryOf)).toEqual(['DK', 'SE', 'BE', 'GB', 'US']);
  });
});
