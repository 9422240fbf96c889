// What columns are taken for: names in eight languages and of common programs, the workspace's own, and what the values say.
import { describe, expect, test } from 'vitest';
import { inferKind, nameColumns, proposeColumns } from '../../shared/contacts/columns.ts';
import { keyFromName } from '../../shared/contacts/header-names.ts';
import { joinTags, splitTags } from '../../shared/contacts/tag-list.ts';
import type { SampleColumn } from '../../shared/contacts/import-plan.ts';

const what = ({ target }: SampleColumn): string => (target.kind === 'attribute' ? target.attribute : target.kind === 'newAttribute' ? '+' : target.kind === 'consent' || target.kind === 'status' ? `${target.kind}:${target.channel}` : target.kind);
const guess = (header: string, ...rows: string[]): string => proposeColumns(header.split('|'), rows.map((row) => row.split('|')), []).map(what).join('|');

describe('names of columns', () => {
  const cases = [
    ['Danish', 'Fornavn|Efternavn|E-mail|Mobilnr.|Firmanavn|Postnr.|By|Fødselsdag|Samtykke|Kundenr.', 'first_name|last_name|email|phone|company|+|+|+|consent:email|external_id'],
    ['Dutch', 'Voornaam|Achternaam|E-mailadres|Telefoonnummer|Bedrijfsnaam|Taal|Toestemming|Klantnummer', 'first_name|last_name|email|phone|company|language|consent:email|external_id'],
    ['Polish', 'Imię|Nazwisko|Adres e-mail|Nr telefonu|Nazwa firmy|Język|Zgoda marketingowa|Etykiety', 'first_name|last_name|email|phone|company|language|consent:email|tags'],
    ['Swedish', 'Förnamn|Efternamn|E-postadress|Mobiltelefon|Företag|Språk|Samtycke|Kundnummer', 'first_name|last_name|email|phone|company|language|consent:email|external_id'],
    ['German', 'Vorname|Nachname|E-Mail-Adresse|Telefon|Firma|Sprache|Einwilligung', 'first_name|last_name|email|phone|company|language|consent:email'],
    ['Norwegian', 'Fornavn|Etternavn|E-postadresse|Mobil|Bedrift|Språk|Nyhetsbrev', 'first_name|last_name|email|phone|company|language|consent:email'],
    ['Finnish', 'Etunimi|Sukunimi|Sähköposti|Matkapuhelin|Yritys|Kieli|Suostumus', 'first_name|last_name|email|phone|company|language|consent:email'],
    ['Mailchimp', 'Email Address|First Name|Last Name|Phone Number|MEMBER_RATING|OPTIN_TIME|OPTIN_IP|TAGS', 'email|first_name|last_name|phone|+|+|+|tags'],
    ['HubSpot', 'Record ID|First Name|Last Name|Email|Phone Number|Company name|Create Date|Lifecycle Stage', 'external_id|first_name|last_name|email|phone|company|+|+'],
    ['HubSpot, with its own names', 'Record ID|Email|Associated Company|Number of Sessions', 'external_id|email|company|+'],
    ['Shopify', 'Customer ID|First Name|Last Name|Email|Accepts Email Marketing|Default Address City|Total Spent|Tags', 'external_id|first_name|last_name|email|consent:email|+|+|tags'],
    ['WooCommerce', 'Billing First Name|Billing Last Name|Billing Email|Billing Phone|Billing Company', 'first_name|last_name|email|phone|company'],
    ['misspelt', 'Emial adress|Frist name|Surnmae', '+|first_name|+'],
    ['rejected rows', 'email|first_name|_line|_reason', 'email|first_name|ignore|ignore'],
    ['two of a kind', 'Email|E-mail 2|Telefon|Mobil', 'email|+|phone|+'],
  ] as const;
  test.each(cases)('%s', (_, header, expected) => expect(guess(header)).toBe(expected));
});

describe('the header lines of exports', () => {
  // Header lines as these programs write them; what is not named here becomes an attribute of its own.
  const exports: [program: string, header: string, rows: string[], expected: Record<string, string>][] = [
    ['Mailchimp', 'Email Address,First Name,Last Name,Address,Phone Number,Birthday,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS', [], { 'Email Address': 'email', 'First Name': 'first_name', 'Last Name': 'last_name', 'Phone Number': 'phone', TIMEZONE: 'time_zone', EUID: 'external_id', TAGS: 'tags' }],
    ['HubSpot', 'Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Associated Company,Last Activity Date,Lead Status,Marketing contact status,Create Date,Preferred language,Unsubscribed from all email', ['1,Ada,L,a@x.dk,+4520123456,,,,New,Marketing contact,2024-01-02,da,true', '2,Bo,M,b@x.dk,,,,,New,Non-marketing contact,2024-01-02,da,false'], { 'Associated Company': 'company', 'Record ID': 'external_id', Email: 'email', 'First Name': 'first_name', 'Last Name': 'last_name', 'Phone Number': 'phone', 'Preferred language': 'language', 'Unsubscribed from all email': 'status:email' }],
    ['ActiveCampaign', 'Contact ID,Email,First Name,Last Name,Phone,Account,Job Title,Tags,Status,Date Created,IP Address', ['1,a@x.dk,Ada,L,+4520123456,,,a,Active,2024-01-02,', '2,b@x.dk,Bo,M,,,,,Unsubscribed,2024-01-02,', '3,c@x.dk,Cy,N,,,,,Unconfirmed,2024-01-02,'], { Account: 'company', 'Contact ID': 'external_id', Email: 'email', 'First Name': 'first_name', 'Last Name': 'last_name', Phone: 'phone', Tags: 'tags', Status: 'status:email' }],
    ['Klaviyo', 'Email,Klaviyo ID,First Name,Last Name,Organization,Title,Phone Number,Address,Address 2,City,State / Region,Country,Zip / Postal Code,Source,Email Marketing Consent,SMS Marketing Consent,Date Added', ['a@x.dk,01H,Ada,L,,,+4520123456,,,,,,,,SUBSCRIBED,NEVER_SUBSCRIBED,', 'b@x.dk,02H,Bo,M,,,,,,,,,,,UNSUBSCRIBED,UNSUBSCRIBED,'], { Organization: 'company', Email: 'email', 'Klaviyo ID': 'external_id', 'First Name': 'first_name', 'Last Name': 'last_name', 'Phone Number': 'phone', 'Email Marketing Consent': 'consent:email', 'SMS Marketing Consent': 'status:sms' }],
    ['Brevo', 'CONTACT ID,EMAIL,FIRSTNAME,LASTNAME,SMS,WHATSAPP,LANDLINE_NUMBER,CONTACT_TIMEZONE,JOB_TITLE,LINKEDIN,DOUBLE_OPT-IN,ADDED_TIME,MODIFIED_TIME', ['1,a@x.dk,Ada,L,4520123456,,,Europe/Copenhagen,,,Yes,2024-01-02,2024-01-02'], { 'CONTACT ID': 'external_id', EMAIL: 'email', FIRSTNAME: 'first_name', LASTNAME: 'last_name', SMS: 'phone', CONTACT_TIMEZONE: 'time_zone', 'DOUBLE_OPT-IN': 'consent:email' }],
    ['Google Contacts', 'First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Middle Name,Phonetic Last Name,Name Prefix,Name Suffix,Nickname,File As,Organization Name,Organization Title,Organization Department,Birthday,Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Address 1 - Label,Address 1 - City', [], { 'First Name': 'first_name', 'Last Name': 'last_name', Labels: 'tags', 'Organization Name': 'company', 'E-mail 1 - Value': 'email', 'Phone 1 - Value': 'phone' }],
    ['Google Contacts, before 2024', 'Name,Given Name,Additional Name,Family Name,Yomi Name,Group Membership,E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value,Organization 1 - Name', [], { 'Given Name': 'first_name', 'Family Name': 'last_name', 'Organization 1 - Name': 'company', 'E-mail 1 - Value': 'email', 'Phone 1 - Value': 'phone' }],
    ['Outlook', 'First Name,Middle Name,Last Name,Title,Suffix,Nickname,Given Yomi,Surname Yomi,E-mail Address,E-mail 2 Address,E-mail 3 Address,Home Phone,Business Phone,Mobile Phone,Business Street,Business City,Company,Department,Job Title,Birthday,Notes,Language,Categories', [], { Company: 'company', 'First Name': 'first_name', 'Last Name': 'last_name', 'E-mail Address': 'email', 'Mobile Phone': 'phone', Language: 'language' }],
    ['Shopify', 'Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,Default Address Address2,Default Address City,Default Address Province Code,Default Address Country Code,Default Address Zip,Default Address Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags', ['7,Ada,L,a@x.dk,yes,,,,,,DK,8000,,+4520123456,no,99.50,2,,no,vip', '8,Bo,M,b@x.dk,no,,,,,,DK,8000,,,no,0.00,0,,no,'], { 'Customer ID': 'external_id', 'First Name': 'first_name', 'Last Name': 'last_name', Email: 'email', 'Accepts Email Marketing': 'consent:email', Phone: 'phone', 'Accepts SMS Marketing': 'consent:sms', Tags: 'tags' }],
    ['WooCommerce', 'Name,Username,Last Active,Sign Up,Email,Orders,Total Spend,AOV,Country / Region,City,Region,Postal Code', ['Ada Lovelace,ada,2024-01-02,2024-01-02,a@x.dk,1,10,10,DK,Aarhus,,8000'], { Email: 'email' }],
    ['WooCommerce orders', 'Order Number,Order Date,Billing First Name,Billing Last Name,Billing Company,Billing Email,Billing Phone,Order Total', [], { 'Billing Company': 'company', 'Billing First Name': 'first_name', 'Billing Last Name': 'last_name', 'Billing Email': 'email', 'Billing Phone': 'phone' }],
  ];
  test.each(exports)('%s', (_, header, rows, expected) => {
    const proposed = proposeColumns(header.split(','), rows.map((row) => row.split(',')), []);
    expect(Object.fromEntries(proposed.map((column) => [column.header, what(column)]).filter(([, to]) => to !== '+'))).toEqual(expected);
  });
});

describe('values raise a guess or lower it', () => {
  const cases = [
    ['addresses, whatever the column is called', 'Kolumna1|Kolumna2', ['Anna|anna@ex.pl', 'Jan|jan@ex.pl'], '+|email'],
    ['a column called e-mail without any', 'E-mail|Kontakt', ['ja|anna@ex.pl', 'nej|jan@ex.pl'], '+|email'],
    ['a status that is not about consent', 'email|Status', ['a@x.dk|gold', 'b@x.dk|silver'], 'email|+'],
    ['a status among whose words is one that nobody knows', 'email|Status', ['a@x.dk|Subscribed', 'b@x.dk|Unsubscribed', 'c@x.dk|wibble'], 'email|status:email'],
    ['a status that is', 'email|Status', ['a@x.dk|subscribed', 'b@x.dk|unsubscribed'], 'email|consent:email'],
    ['a status of customers, though its words could be about consent', 'email|Status', ['a@x.dk|active', 'b@x.dk|inactive'], 'email|+'],
    ['the opposite of consent, two letters away from it', 'email|Unsubscribed', ['a@x.dk|yes', 'b@x.dk|no'], 'email|status:email'],
    ['the same where it does not say yes and no', 'email|Unsubscribed', ['a@x.dk|2024-01-02', 'b@x.dk|2024-01-03'], 'email|+'],
    ['a status with words that are neither a yes nor a no', 'email|Status', ['a@x.dk|Active', 'b@x.dk|Unsubscribed', 'c@x.dk|Unconfirmed'], 'email|status:email'],
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
    ['Number of Sessions', ['12', '3'], 'number'],
    ['Customer number', ['12', '3'], 'text'],
  ] as const;
  test.each(cases)('%s %j: %s', (name, filled, kind) => expect(inferKind(name, { filled })).toBe(kind));

  const amounts = [
    ['DKK', ['1.234,50', '12,5 kr.', '10'], 'money'],
    ['PLN', ['1\u00a0234,56', '99,00 zł', '-0,50'], 'money'],
    ['EUR', ['€ 1.234,-', '12'], 'money'],
    ['SEK', ['1 234 kr', 'SEK 5'], 'money'],
    ['DKK', ['99,00 zł', '10'], 'text'],
    ['DKK', ['12 stk', '10'], 'text'],
    ['DKK', ['1.234,50', '10'], 'number'],
  ] as const;
  test.each(amounts)('in %s: %j: %s', (currency, filled, kind) => {
    expect(inferKind('Samlet køb', { filled }, currency)).toBe(kind);
    expect(proposeColumns(['email', 'Samlet køb'], filled.map((value, index) => [`p${index}@x.dk`, value]), [], currency)[1]?.target).toMatchObject({ attributeKind: kind });
  });
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
