// What columns are taken for: names in eight languages and of common programs, the workspace's own, and what the values say.
import { describe, expect, test } from 'vitest';
import { inferKind, nameColumns, proposeColumns } from '../../shared/contacts/columns.ts';
import { keyFromName } from '../../shared/contacts/header-names.ts';
import { joinTags, splitTags } from '../../shared/contacts/tag-list.ts';
import type { SampleColumn } from '../../shared/contacts/import-plan.ts';

const what = ({ target }: SampleColumn): string => (target.kind === 'attribute' ? target.attribute : target.kind === 'newAttribute' ? '+' : target.kind === 'consent' ? `consent:${target.channel}` : target.kind);
const guess = (header: string, ...rows: string[]): string => proposeColumns(header.split('|'), rows.map((row) => row.split('|')), []).map(what).join('|');

describe('names of columns', () => {
  const cases = [
    ['Danish', 'Fornavn|Efternavn|E-mail|Mobilnr.|Firmanavn|Postnr.|By|Fødselsdag|Samtykke|Kundenr.', 'first_name|last_name|email|phone|+|+|+|+|consent:email|external_id'],
    ['Dutch', 'Voornaam|Achternaam|E-mailadres|Telefoonnummer|Bedrijfsnaam|Taal|Toestemming|Klantnummer', 'first_name|last_name|email|phone|+|language|consent:email|external_id'],
    ['Polish', 'Imię|Nazwisko|Adres e-mail|Nr telefonu|Nazwa firmy|Język|Zgoda marketingowa|Etykiety', 'first_name|last_name|email|phone|+|language|consent:email|tags'],
    ['Swedish', 'Förnamn|Efternamn|E-postadress|Mobiltelefon|Företag|Språk|Samtycke|Kundnummer', 'first_name|last_name|email|phone|+|language|consent:email|external_id'],
    ['German', 'Vorname|Nachname|E-Mail-Adresse|Telefon|Firma|Sprache|Einwilligung', 'first_name|last_name|email|phone|+|language|consent:email'],
    ['Norwegian', 'Fornavn|Etternavn|E-postadresse|Mobil|Bedrift|Språk|Nyhetsbrev', 'first_name|last_name|email|phone|+|language|consent:email'],
    ['Finnish', 'Etunimi|Sukunimi|Sähköposti|Matkapuhelin|Yritys|Kieli|Suostumus', 'first_name|last_name|email|phone|+|language|consent:email'],
    ['Mailchimp', 'Email Address|First Name|Last Name|Phone Number|MEMBER_RATING|OPTIN_TIME|OPTIN_IP|TAGS', 'email|first_name|last_name|phone|+|+|+|tags'],
    ['HubSpot', 'Record ID|First Name|Last Name|Email|Phone Number|Company name|Create Date|Lifecycle Stage', 'external_id|first_name|last_name|email|phone|+|+|+'],
    ['Shopify', 'Customer ID|First Name|Last Name|Email|Accepts Email Marketing|Default Address City|Total Spent|Tags', 'external_id|first_name|last_name|email|consent:email|+|+|tags'],
    ['WooCommerce', 'Billing First Name|Billing Last Name|Billing Email|Billing Phone|Billing Company', 'first_name|last_name|email|phone|+'],
    ['misspelt', 'Emial adress|Frist name|Surnmae', '+|first_name|+'],
    ['rejected rows', 'email|first_name|_line|_reason', 'email|first_name|ignore|ignore'],
    ['two of a kind', 'Email|E-mail 2|Telefon|Mobil', 'email|+|phone|+'],
  ] as const;
  test.each(cases)('%s', (_, header, expected) => expect(guess(header)).toBe(expected));
});

describe('values raise a guess or lower it', () => {
  const cases = [
    ['addresses, whatever the column is called', 'Kolumna1|Kolumna2', ['Anna|anna@ex.pl', 'Jan|jan@ex.pl'], '+|email'],
    ['a column called e-mail without any', 'E-mail|Kontakt', ['ja|anna@ex.pl', 'nej|jan@ex.pl'], '+|email'],
    ['a status that is not about consent', 'email|Status', ['a@x.dk|gold', 'b@x.dk|silver'], 'email|+'],
    ['a status that is', 'email|Status', ['a@x.dk|subscribed', 'b@x.dk|unsubscribed'], 'email|consent:email'],
    ['a status of customers, though its words could be about consent', 'email|Status', ['a@x.dk|active', 'b@x.dk|inactive'], 'email|+'],
    ['the opposite of consent, two letters away from it', 'email|Unsubscribed', ['a@x.dk|yes', 'b@x.dk|no'], 'email|+'],
    ['single names', 'email|Navn', ['a@x.dk|Ada', 'b@x.dk|Bo'], 'email|first_name'],
    ['whole names are not split', 'email|Navn', ['a@x.dk|Ada Lovelace', 'b@x.dk|Bo'], 'email|+'],
    ['phone numbers that are none', 'email|Mobil', ['a@x.dk|iPhone', 'b@x.dk|Nokia'], 'email|+'],
  ] as const;
  test.each(cases)('%s', (_, header, rows, expected) => expect(guess(header, ...rows)).toBe(expected));
});

test("the workspace's own attributes come first, by key, label or meaning", () => {
  const own = [
    { key: 'company', label: 'Virksomhed', kind: 'text' },
    { key: 'points', label: 'Point i klubben', kind: 'number' },
    { key: 'born', label: 'Fødselsdag', kind: 'date' },
    { key: 'email2', label: 'Arbejdsmail', kind: 'text' },
  ] as const;
  const columns = proposeColumns(['email', 'Firma', 'points', 'POINT I KLUBBEN', 'Geburtstag', 'arbejdsmail'], [], own);
  expect(columns.map(what)).toEqual(['email', 'company', 'points', '+', 'born', 'email2']);
  expect(columns.map(({ confidence }) => confidence)).toEqual(['certain', 'certain', 'certain', 'none', 'certain', 'certain']);
});

describe('kinds of new attributes', () => {
  const cases = [
    ['Points', ['1', '20', '300'], 'number'],
    ['Beløb', ['1.234,50', '99,95'], 'number'],
    ['Balance', ['-5', '0.25'], 'number'],
    ['Code', ['007', '123'], 'text'],
    ['Points', ['007', '123'], 'text'],
    ['Postnr', ['8000', '2100'], 'text'],
    ['Varenr.', ['1', '22'], 'text'],
    ['CVR', ['1', '22'], 'text'],
    ['Number of visits', ['12345', '54321'], 'text'],
    ['Big', ['12345678901234567', '1'], 'text'],
    ['Seen', ['19-11-1970', '3-4-1985'], 'date'],
    ['Seen', ['2026-01-02', '2026-03-04'], 'date'],
    ['Seen', ['2026-01-02 10:30', '2026-03-04 11:00'], 'dateTime'],
    ['Seen', ['19-11-1970', 'unknown'], 'text'],
    ['Member', ['ja', 'nej', 'ja'], 'yesNo'],
    ['Answer', ['ja', 'maybe'], 'text'],
    ['Bit', ['1', '0'], 'number'],
    ['Nothing', [], 'text'],
  ] as const;
  test.each(cases)('%s %j: %s', (name, filled, kind) => expect(inferKind(name, { filled })).toBe(kind));
});

test.each([
  ['Fødselsdag', 'foedselsdag'],
  ['Łączna kwota (zł)', 'laczna_kwota_zl'],
  ['2. telefon', 'field_2_telefon'],
  ['   ', 'column_3'],
  ['日本', 'column_3'],
  ['Tags', 'tags_2'],
  ['email', 'email_2'],
  ['x'.repeat(200), 'x'.repeat(55)],
])('the key of a new attribute called %s', (name, key) => expect(keyFromName(name, 3, new Set(['email']))).toBe(key));

test('names of columns are made different', () => expect(nameColumns(['a', '', ' a ', 'a (2)', ''])).toEqual(['a', 'Column 2', 'a (2)', 'a (2) (2)', 'Column 5']));

test.each([[['a']], [['a', 'b']], [['a, b']], [['a; b']], [['a|b']], [['a\\|b', 'c\\']], [['\\']], [['a, b', 'c; d', 'e|f']], [[]]])('tags %j stand in one cell and come out of it', (tags) => expect(splitTags(joinTags(tags))).toEqual(tags));
