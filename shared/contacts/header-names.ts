// What columns are called in files of contacts: in eight languages and in the exports of common programs. Names are compared
// after folding (see foldName), so accents, case, spaces and punctuation do not matter.
import type { AttributeKind } from './contact.ts';

/** `kind` is what such a column holds; a column of kind text stays text even where all its values are digits. */
export type KnownField = { field: string; kind: AttributeKind | 'tags' | 'consent'; names: readonly string[] };

/** Words that mean one thing in one language and another in the next (By, Titel, Kod, Nazwa): matched, but never certain. */
export const AMBIGUOUS_NAMES = ['by', 'ort', 'titel', 'title', 'kod', 'nazwa', 'navn', 'naam', 'namn', 'name', 'kontakt', 'account', 'status', 'id', 'first', 'last', 'groups', 'tel', 'sms', 'list memberships', 'adress', 'adres', 'address', 'stan', 'tila', 'stad', 'role'] as const;

export const KNOWN_FIELDS: readonly KnownField[] = [
  { field: 'email', kind: 'text', names: ['email', 'email address', 'e-mail address', 'mail', 'mail address', 'mailadresse', 'mail adresse', 'emailadresse', 'e-mailadres', 'adres e-mail', 'adres mailowy', 'poczta', 'poczta elektroniczna', 'e-post', 'e-postadress', 'e-postadresse', 'epost', 'sähköposti', 'sähköpostiosoite', 'e-mail-adresse', 'kontakt email', 'work email', 'primary email', 'subscriber email', 'billing email', 'email 1', 'email1', 'e-mail 1 value', 'customer email', 'mejl', 'mejladress', 'kundens email', 'email billing'] },
  { field: 'first_name', kind: 'text', names: ['first name', 'fname', 'given name', 'forename', 'fornavn', 'voornaam', 'roepnaam', 'imię', 'förnamn', 'vorname', 'etunimi', 'first', 'billing first name', 'customer first name', 'tilltalsnamn', 'first name billing'] },
  { field: 'last_name', kind: 'text', names: ['last name', 'lname', 'surname', 'family name', 'efternavn', 'etternavn', 'achternaam', 'familienaam', 'nazwisko', 'efternamn', 'nachname', 'familienname', 'sukunimi', 'last', 'billing last name', 'customer last name', 'last name billing'] },
  { field: 'full_name', kind: 'text', names: ['name', 'full name', 'navn', 'fulde navn', 'fullt navn', 'kontaktperson', 'kontakt', 'naam', 'volledige naam', 'contactpersoon', 'imię i nazwisko', 'imię nazwisko', 'nazwa', 'namn', 'fullständigt namn', 'nimi', 'koko nimi', 'vollständiger name', 'contact name', 'customer name', 'display name'] },
  { field: 'phone', kind: 'text', names: ['phone', 'phone number', 'telephone', 'tel', 'mobile', 'mobile phone', 'cell', 'telefon', 'telefonnummer', 'telefonnr', 'tlf', 'tlf nr', 'mobil', 'mobilnummer', 'mobilnr', 'mobiltelefon', 'telefoon', 'telefoonnummer', 'mobiel', 'gsm', 'numer telefonu', 'nr telefonu', 'komórka', 'telefon komórkowy', 'handy', 'handynummer', 'puhelin', 'puhelinnumero', 'matkapuhelin', 'sms', 'sms phone number', 'billing phone', 'phone 1 value', 'primary phone', 'phone billing'] },
  { field: 'external_id', kind: 'text', names: ['id', 'customer id', 'customer no', 'customer number', 'record id', 'contact id', 'user id', 'kundenr', 'kundenummer', 'klantnummer', 'klantnr', 'nr klienta', 'numer klienta', 'kundnummer', 'kundnr', 'asiakasnumero', 'external id', 'crm id', 'klaviyo id', 'record id contact', 'contact record id', 'subscriber id', 'euid', 'ext id', 'kunde id', 'medlemsnr', 'medlemsnummer'] },
  { field: 'language', kind: 'text', names: ['language', 'locale', 'preferred language', 'sprog', 'taal', 'język', 'språk', 'sprache', 'kieli'] },
  { field: 'time_zone', kind: 'text', names: ['time zone', 'timezone', 'tidszone', 'tijdzone', 'strefa czasowa', 'tidszon', 'tidssone', 'contact timezone', 'zeitzone', 'aikavyöhyke'] },
  { field: 'company', kind: 'text', names: ['company', 'company name', 'associated company', 'primary company', 'primary associated company', 'organisation', 'organization', 'account', 'firma', 'firmanavn', 'firmanaam', 'virksomhed', 'selskab', 'bedrijf', 'bedrijfsnaam', 'organisatie', 'firma nazwa', 'nazwa firmy', 'przedsiębiorstwo', 'företag', 'företagsnamn', 'bolag', 'unternehmen', 'firmenname', 'yritys', 'billing company', 'company billing', 'account name', 'organization name', 'bedrift'] },
  { field: 'job_title', kind: 'text', names: ['job title', 'title', 'position', 'role', 'stilling', 'stillingsbetegnelse', 'titel', 'functie', 'functietitel', 'stanowisko', 'befattning', 'yrkestitel', 'tittel', 'titteli'] },
  { field: 'street', kind: 'text', names: ['address', 'street', 'street address', 'address 1', 'address line 1', 'adresse', 'vej', 'gade', 'gadenavn', 'adres', 'straat', 'straatnaam', 'ulica', 'adress', 'gata', 'gatuadress', 'strasse', 'osoite', 'katuosoite', 'default address address1', 'billing address 1'] },
  { field: 'postcode', kind: 'text', names: ['zip', 'zip code', 'postcode', 'postal code', 'postnr', 'postnummer', 'kod pocztowy', 'kod', 'plz', 'postleitzahl', 'postinumero', 'default address zip', 'billing postcode'] },
  { field: 'city', kind: 'text', names: ['city', 'town', 'by', 'bynavn', 'plaats', 'woonplaats', 'stad', 'miasto', 'miejscowość', 'ort', 'postort', 'stadt', 'poststed', 'kaupunki', 'postitoimipaikka', 'default address city', 'billing city'] },
  { field: 'country', kind: 'text', names: ['country', 'country region', 'land', 'landekode', 'landkode', 'kraj', 'państwo', 'maa', 'country code', 'default address country code', 'billing country'] },
  { field: 'birthday', kind: 'date', names: ['birthday', 'birth date', 'date of birth', 'dob', 'fødselsdag', 'fødselsdato', 'geboortedatum', 'verjaardag', 'data urodzenia', 'urodziny', 'födelsedag', 'födelsedatum', 'geburtstag', 'geburtsdatum', 'syntymäaika', 'syntymäpäivä'] },
  { field: 'consent', kind: 'consent', names: ['consent', 'opt in', 'marketing consent', 'email consent', 'e-mail consent', 'accepts marketing', 'accepts email marketing', 'email marketing consent', 'samtykke', 'e-mail samtykke', 'email samtykke', 'markedsføringssamtykke', 'tilladelse', 'permission', 'toestemming', 'nieuwsbrief', 'zgoda', 'zgoda marketingowa', 'newsletter', 'samtycke', 'nyhetsbrev', 'nyhedsbrev', 'einwilligung', 'suostumus', 'uutiskirje', 'status', 'subscription status', 'member status', 'email status', 'subscribed', 'email marketing status', 'double opt in', 'opt in status', 'optin', 'newsletter consent', 'newsletter subscription', 'consent to newsletter', 'email opt in', 'zgoda na newsletter', 'zgoda na marketing', 'zgoda na e-mail', 'zgoda na otrzymywanie newslettera', 'samtykke til nyhedsbrev', 'samtykke til markedsføring', 'tilmeldt nyhedsbrev', 'toestemming nieuwsbrief', 'toestemming voor nieuwsbrief', 'samtycke till nyhetsbrev', 'samtycke nyhetsbrev'] },
  { field: 'sms_consent', kind: 'consent', names: ['sms consent', 'sms samtykke', 'sms marketing consent', 'accepts sms marketing', 'sms marketing status', 'zgoda sms', 'sms toestemming', 'sms samtycke', 'sms einwilligung'] },
  { field: 'tags', kind: 'tags', names: ['tags', 'tag', 'labels', 'label', 'mærkater', 'mærker', 'etykiety', 'tagi', 'taggar', 'etiketter', 'tunnisteet', 'groups', 'grupper', 'groepen', 'grupy', 'schlagwörter', 'list memberships'] },
  { field: 'order_count', kind: 'number', names: ['orders', 'order count', 'total orders', 'orders count', 'antal ordrer', 'antal køb', 'aantal bestellingen', 'liczba zamówień', 'antal order', 'antall ordrer', 'anzahl bestellungen'] },
  { field: 'total_spent', kind: 'number', names: ['total spent', 'amount spent', 'revenue', 'lifetime value', 'clv', 'omsætning', 'omzet', 'przychód', 'wartość zamówień', 'omsättning', 'totalt köpt', 'omsetning', 'umsatz'] },
  { field: 'last_order_at', kind: 'date', names: ['last order', 'last order date', 'last purchase', 'sidste køb', 'seneste køb', 'seneste ordre', 'laatste bestelling', 'ostatnie zamówienie', 'senaste köp', 'senaste order', 'siste ordre', 'letzte bestellung'] },
  { field: 'consent_at', kind: 'date', names: ['consent timestamp', 'optin time', 'opt in time', 'confirm time', 'consent date', 'samtykkedato', 'tilmeldt', 'tilmeldingsdato', 'datum toestemming', 'aanmelddatum', 'data zgody', 'data zapisu', 'samtyckesdatum', 'registreringsdatum', 'subscribed at', 'signup date'] },
  { field: 'created_at', kind: 'date', names: ['created', 'created at', 'create date', 'date added', 'oprettet', 'oprettelsesdato', 'aangemaakt', 'data utworzenia', 'skapad', 'skapad datum', 'opprettet', 'erstellt am', 'luotu'] },
];

/** Columns in which a yes says that somebody has opted out of e-mail. */
export const OPT_OUT_NAMES = ['unsubscribed', 'opted out', 'opt out', 'optout', 'email opt out', 'email opted out', 'opted out of email', 'unsubscribed from all email', 'unsubscribed from email', 'do not email', 'no email', 'blocklisted', 'blacklisted', 'email blacklisted', 'afmeldt', 'frameldt', 'afgemeld', 'uitgeschreven', 'wypisany', 'rezygnacja', 'avregistrerad', 'avanmald', 'avmeldt', 'abgemeldet', 'peruutettu'] as const;

/** The same of text messages. */
export const SMS_OPT_OUT_NAMES = ['sms blacklisted', 'sms blocklisted', 'sms unsubscribed', 'sms opt out', 'sms opted out', 'opted out of sms', 'unsubscribed from sms', 'sms afmeldt', 'sms frameldt', 'sms uitgeschreven', 'sms avregistrerad'] as const;

/** Columns that say when somebody has opted out of e-mail, or when their address was given up: whoever has a time there is not to be written to. */
export const OPT_OUT_TIME_NAMES = ['unsub time', 'unsubscribe time', 'unsubscribe date', 'unsubscribed at', 'unsubscribed on', 'opt out time', 'optout time', 'opt out date', 'optout date', 'opted out at', 'clean time', 'cleaned at', 'frameldt dato', 'afmeldt dato', 'afmeldingsdato', 'uitschrijfdatum', 'data rezygnacji', 'data wypisania', 'avregistrerad datum', 'avanmald datum'] as const;

/** Parts of names of columns whose digits are a code, not a quantity: adding two of them up would make no sense. */
export const CODE_WORDS = /(^|[^a-z])(nr|no|num|id|code|kode|kod|cvr|vat|moms|ean|sku|gtin|pin|ref|konto|account|iban|org|kvr|kvk|nip|regon|pesel|cpr|se|postnr)([^a-z]|$)|(nr|kode|code)( |$)|nummer|numer|number/;

/** Letters that Unicode does not take apart into a letter and a mark. */
const FOLDED: Readonly<Record<string, string>> = { ø: 'o', æ: 'ae', œ: 'oe', ł: 'l', ß: 'ss', đ: 'd', ð: 'd', þ: 'th', ı: 'i' };

/** Lower case Latin letters and digits with single spaces between words: "E-mail adresse" becomes "e mail adresse". */
export function foldWords(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[øæœłßđðþı]/g, (letter) => FOLDED[letter]!)
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** A name for comparing: letters and digits only, without accents. */
export function foldName(name: string): string {
  return foldWords(name).replaceAll(' ', '');
}

/** Names with a meaning of their own: columns, fields of a contact, and what exports call tags and consent. */
const KEYS_TAKEN = new Set(['id', 'added_at', 'import_id', 'contact', 'contact_id', 'tags', 'consent', 'email_consent', 'sms_consent', 'constructor', 'prototype', 'values']);

/** How the letters are written out where only a to z can stand, as in attributes that are made by hand. */
function romanised(name: string): string {
  return name.toLowerCase().replaceAll('æ', 'ae').replaceAll(/[øö]/g, 'oe').replaceAll('å', 'aa');
}

/** A key for a new attribute, made from a column's name: ASCII, unique among `taken`. `position` counts from 1. */
export function keyFromName(name: string, position: number, taken: ReadonlySet<string>): string {
  let base = foldWords(romanised(name)).replace(/[^a-z0-9 ]/g, '').trim().replace(/ +/g, '_');
  if (base === '') base = `column_${position}`;
  if (!/^[a-z]/.test(base)) base = `field_${base}`;
  base = base.slice(0, 55).replace(/_+$/, '');
  let key = base;
  for (let n = 2; taken.has(key) || KEYS_TAKEN.has(key); n++) key = `${base}_${n}`;
  return key;
}

/** What files say for consent, folded. Anything else is asked about, never guessed (FEATURES D28). */
const YES = new Set(['yes', 'y', 'ja', 'j', 'tak', 't', 'si', 'oui', 'kylla', 'k', 'true', '1', 'x', 'given', 'subscribed', 'optin', 'optedin', 'active', 'aktiv', 'actief', 'aktywny', 'godkendt', 'tilmeldt', 'sand', 'wahr', 'waar', 'prawda', 'sant', 'tosi', 'on', 'confirmed', 'double optin', 'doubleoptin', 'accepted', 'granted']);
const NO = new Set(['no', 'n', 'nej', 'nee', 'nie', 'nein', 'nei', 'ei', 'false', '0', 'withdrawn', 'unsubscribed', 'optout', 'optedout', 'afmeldt', 'avmeldt', 'avregistrerad', 'afgemeld', 'wypisany', 'falsk', 'falsch', 'onwaar', 'falsz', 'falskt', 'epatosi', 'off', 'cleaned', 'complained', 'bounced', 'inactive', 'inaktiv', 'inactief', 'nieaktywny', 'denied', 'rejected', 'suppressed']);

/** What a cell says about consent: given, withdrawn, or nothing that the program knows. Unconfirmed states are none of them. */
export function consentWord(cell: string): 'given' | 'withdrawn' | null {
  const word = foldName(cell);
  return YES.has(word) ? 'given' : NO.has(word) ? 'withdrawn' : null;
}
