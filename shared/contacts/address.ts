// E-mail addresses and phone numbers in the one form in which the program stores and compares them, so that a person who
// is written in three ways is one contact (FAULTS F40). What cannot be put into that form is refused with the reason.
import { Metadata, parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/min';
import { say, type Text } from '../text.ts';

export type NormalEmail = { email: string; warning?: Text } | { reason: Text };
export type NormalPhone = { phone: string } | { reason: Text };

/** Both of Node and of browsers; the types of neither are loaded here. Its host parser follows UTS 46, as mail servers do. */
declare const URL: new (text: string) => { hostname: string };

/** Written between letters by word processors and mail programs, and seen by nobody. */
const INVISIBLE = /\u034f|[\u00ad\u061c\u115f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/g;
const BLANKS = /[\s\u00a0\u2000-\u200a\u202f\u205f\u3000]+/g;

const MOST_LOCAL = 64;
const MOST_ADDRESS = 254;

/**
 * The stored form of an e-mail address: without surrounding blanks, invisible characters, `mailto:`, a display name or
 * stray punctuation around it; in small letters; an international domain in its ASCII form ("ærø.dk" is "xn--r-3fa9c.dk").
 * Dots and +tags in the local part stay: they are different mailboxes at many providers. Refused with a reason: no or
 * several addresses, blanks inside, a quoted or non-ASCII local part, a domain that cannot be one, over 64 or 254 characters
 * (RFC 5321). A domain that mixes alphabets, as an imitation would, is accepted with a warning.
 */
export function normaliseEmail(text: string): NormalEmail {
  if (text.length > 4_000) return { reason: say('This is far too long for an e-mail address.') };
  const visible = text.replaceAll(INVISIBLE, '').replaceAll(BLANKS, ' ').trim();
  if (visible === '') return { reason: say('There is no e-mail address.') };
  const address = bare(visible);
  const shown = address.slice(0, 100);
  const ats = address.split('@').length - 1;
  if (ats === 0) return { reason: say('"{address}" has no @, so it is not an e-mail address.', { address: shown }) };
  if (address.startsWith('"')) return { reason: say('"{address}" has a part in quotes before the @. Hardly any server takes that; ask for another address.', { address: shown }) };
  if (ats > 1) {
    return /[\s,;|/]/.test(address)
      ? { reason: say('There is more than one address in "{address}". Keep one, and put the others in rows of their own.', { address: shown }) }
      : { reason: say('"{address}" has more than one @.', { address: shown }) };
  }
  if (address.includes(' ')) return { reason: say('There is a blank inside "{address}".', { address: shown }) };
  const at = address.indexOf('@');
  const local = address.slice(0, at).toLowerCase();
  const domain = address.slice(at + 1).toLowerCase().replace(/\.$/, '');
  const wrong = localReason(local, shown) ?? (domain === '' ? say('"{address}" ends at the @: the domain is missing.', { address: shown }) : undefined);
  if (wrong !== undefined) return { reason: wrong };
  const ascii = asciiDomain(domain);
  if (ascii === null) return { reason: say('"{domain}" in "{address}" cannot be the domain of an e-mail address.', { domain: domain.slice(0, 100), address: shown }) };
  const email = `${local}@${ascii}`;
  if (email.length > MOST_ADDRESS) return { reason: say('The address has {length} characters; {most} is the most that mail servers take.', { length: email.length, most: MOST_ADDRESS }) };
  return looksLikeImitation(domain) ? { email, warning: say('The domain "{domain}" mixes letters of different alphabets that look alike. It may imitate another one.', { domain }) } : { email };
}

/** Takes off what stands around an address: `Ada <ada@x.dk>`, `<ada@x.dk>`, `mailto:`, Excel's apostrophe, a trailing comma. */
function bare(text: string): string {
  const inBrackets = /^[^<>]*<([^<>]*)>[\s,;.]*$/.exec(text);
  const address = (inBrackets === null ? text : inBrackets[1]!).trim().replace(/^mailto:/i, '').replace(/[\s,;]+$/, '');
  return address.replace(/^'(.*)'$/, '$1').replace(/^'/, '').trim();
}

function localReason(local: string, address: string): Text | undefined {
  if (local === '') return say('There is nothing before the @ in "{address}".', { address });
  if (local.length > MOST_LOCAL) return say('There are {length} characters before the @; {most} is the most that mail servers take.', { length: local.length, most: MOST_LOCAL });
  const foreign = /[^\x21-\x7e]/u.exec(local)?.[0];
  if (foreign !== undefined) {
    const like = LOOKALIKES[foreign];
    return like === undefined
      ? say('"{letter}" in "{address}" stands before the @, where most mail servers take only the letters a to z. Ask for the right spelling.', { letter: foreign, address })
      : say('"{letter}" in "{address}" only looks like "{like}": it is a letter of another alphabet. Type the address anew.', { letter: foreign, like, address });
  }
  const odd = /[^a-z0-9!#$%&'*+/=?^_`{|}~.-]/.exec(local)?.[0];
  if (odd !== undefined) return say('"{letter}" cannot stand before the @ in "{address}".', { letter: odd, address });
  if (local.startsWith('.') || local.endsWith('.') || local.includes('..')) return say('A dot cannot stand first, last or twice in a row before the @ in "{address}".', { address });
  return undefined;
}

/** The domain in ASCII; `null` when it cannot be the domain of an address. */
function asciiDomain(domain: string): string | null {
  let ascii = domain;
  if (/[^\x21-\x7e]/.test(domain) || domain.includes('xn--')) {
    // Only letters, digits, marks, dots and hyphens may reach the parser: it would take the rest for a path or a port.
    if (/[^\p{L}\p{N}\p{M}.\-。．｡]/u.test(domain)) return null;
    try {
      ascii = new URL(`http://${domain}/`).hostname;
    } catch {
      return null;
    }
  }
  const labels = ascii.split('.');
  if (labels.length < 2 || ascii.length > 253) return null;
  if (!labels.every((label) => /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(label))) return null;
  return /^(?:[a-z]{2,63}|xn--[a-z0-9-]+)$/.test(labels.at(-1)!) ? ascii : null;
}

/** Letters that cannot be told from a Latin one in most typefaces. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  а: 'a', с: 'c', ԁ: 'd', е: 'e', һ: 'h', і: 'i', ј: 'j', ӏ: 'l', о: 'o', р: 'p', ԛ: 'q', ѕ: 's', ԝ: 'w', х: 'x', у: 'y',
  α: 'a', ο: 'o', ρ: 'p', ν: 'v', υ: 'u', ι: 'i', κ: 'k', ı: 'i',
};

/** A label that mixes Latin with Cyrillic or Greek, or is made of nothing but look-alikes below a Latin ending. */
function looksLikeImitation(domain: string): boolean {
  const labels = domain.split('.');
  const latinEnding = /^[a-z]+$/.test(labels.at(-1)!);
  return labels.some((label) => {
    const foreign = /[\p{Script=Cyrillic}\p{Script=Greek}]/u.test(label);
    if (!foreign) return false;
    return /\p{Script=Latin}/u.test(label) || (latinEnding && [...label].every((letter) => LOOKALIKES[letter] !== undefined || /[\d-]/.test(letter)));
  });
}

/** The country whose numbers are meant where a phone number has no country code: the locale's ("da-DK": DK; "sv": SE). */
export function countryOf(locale: string): string {
  try {
    return new Intl.Locale(locale).maximize().region ?? 'US';
  } catch {
    return 'US';
  }
}

/** Whether all numbers of a country are of one length (Denmark: 8 digits): one that was not given out yet is known by it. */
function hasOneLength(country: CountryCode): boolean {
  const plans = new Metadata();
  plans.selectNumberingPlan(country);
  return plans.numberingPlan?.possibleLengths().length === 1;
}

/**
 * The stored form of a phone number: E.164 ("+4520123456"). `country` (ISO 3166, such as "DK") is meant where the number has
 * no country code; it is only added to what is a number there, since with another country's code it would be somebody else's.
 * Refused with a reason: what cannot be a number of its country, and what a spreadsheet has rounded.
 */
export function normalisePhone(text: string, country: string): NormalPhone {
  const visible = text.replaceAll(INVISIBLE, '').replaceAll(BLANKS, ' ').trim().replace(/^'/, '');
  if (visible === '') return { reason: say('There is no phone number.') };
  const shown = visible.slice(0, 60);
  if (/^\d([.,]\d+)?e\+?\d+$/i.test(visible)) {
    return { reason: say('"{number}" was shortened by a spreadsheet, and digits are lost. Format the column as text, fill it in again and export it anew.', { number: shown }) };
  }
  if (visible.length > 60) return { reason: say('"{number}" is too long for a phone number.', { number: shown }) };
  // "(+45) 20 12 34 56", and "+46 (0)70 123 45 67": the 0 is for callers at home, but in Italy belongs to the number.
  const dialled = visible.replace(/^\((\+\d{1,3})\)/, '$1').replace(/^(\+(?!39)\d{1,3})\s*\(0\)/, '$1 ');
  const hasCode = /^(?:\+|00)/.test(dialled);
  const found = parsePhoneNumberFromString(dialled, { defaultCountry: country as CountryCode, extract: false });
  if (found === undefined || !found.isPossible() || (!hasCode && !found.isValid() && !hasOneLength(country as CountryCode))) return { reason: say('"{number}" is not a phone number in {country}. Write it with its country code, such as +45.', { number: shown, country }) };
  return { phone: found.number };
}
