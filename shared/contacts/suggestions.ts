// What a cell of a file was most likely meant to be: a mistyped mail domain, letters that only look like Latin ones, an address
// with a comma for a dot, a choice with a slip in it, a number behind the apostrophe of a
// spreadsheet, letters read in another encoding than they were written in. Suggestions are
// shown and taken by people; nothing is changed in silence.
import type { Attribute } from './contact.ts';
import { normaliseEmail } from './address.ts';
import { distance } from './distance.ts';
import { inOwnEncoding } from './garbled.ts';

/** What is wrong with a cell for which something better is known; a plan may take all suggestions of a kind in a column. */
export const SUGGESTION_KINDS = ['domain', 'letters', 'address', 'choice', 'apostrophe', 'encoding'] as const;
export type SuggestionKind = (typeof SUGGESTION_KINDS)[number];
export type Suggestion = { kind: SuggestionKind; text: string };

/** Where most private people have their mail, in the languages of the program; the first of two equally near ones is suggested. */
const PROVIDERS = [
  'gmail.com', 'hotmail.com', 'outlook.com', 'yahoo.com', 'icloud.com', 'live.com', 'msn.com', 'googlemail.com', 'protonmail.com', 'hotmail.dk', 'live.dk', 'outlook.dk', 'yahoo.dk', 'mail.dk',
  'youmail.dk', 'stofanet.dk', 'hotmail.nl', 'outlook.nl', 'live.nl', 'ziggo.nl', 'kpnmail.nl', 'planet.nl', 'home.nl', 'xs4all.nl', 'wp.pl', 'o2.pl', 'onet.pl', 'onet.eu', 'op.pl', 'interia.pl',
  'gazeta.pl', 'poczta.fm', 'vp.pl', 'tlen.pl', 'hotmail.se', 'live.se', 'outlook.se', 'telia.com', 'spray.se', 'bredband.net', 'comhem.se', 'hotmail.co.uk', 'yahoo.co.uk', 'hotmail.de', 'gmx.de', 'web.de',
  't-online.de', 'hotmail.fr', 'online.no', 'hotmail.no',
];
/** Real domains that are one letter from one of those above. */
const REAL = new Set([...PROVIDERS, 'mail.com', 'email.com', 'ymail.com', 'fmail.com', 'gmx.com', 'gmx.net', 'gmx.at', 'me.com', 'mac.com', 'aol.com', 'live.no', 'live.be', 'live.fr', 'live.de', 'live.it', 'live.ca', 'live.fi',
  'hotmail.fi', 'hotmail.be', 'hotmail.it', 'hotmail.es', 'yahoo.no', 'yahoo.se', 'yahoo.nl', 'yahoo.de', 'yahoo.fr', 'yahoo.pl', 'yahoo.it', 'yahoo.es', 'yahoo.ca', 'yahoo.in', 'outlook.be', 'outlook.de', 'outlook.fr', 'outlook.es', 'home.pl', 'home.se',
  'planet.pl', 'vp.nl', 'web.dk', 'web.nl', 'spray.no', 'mail.de', 'mail.ee', 'mail.ru', 'mail.pl', 'mail.nl', 'mail.se', 'mail.fr', 'gmai.lt', 'o2.dk', 'wp.eu', 'op.eu', 'live.co.uk', 'msn.nl', 'msn.dk', 'msn.se', 'telia.dk', 'telia.se', 'tele2.nl']);
/** Endings that nobody has, for those that fingers slip into. */
const ENDINGS: Readonly<Record<string, string>> = { con: 'com', cmo: 'com', ocm: 'com', comm: 'com', vom: 'com', xom: 'com', coom: 'com', cpm: 'com', dkk: 'dk', ddk: 'dk', nll: 'nl', pll: 'pl', see: 'se', sse: 'se', nett: 'net', ogr: 'org' };
/** Mailboxes that are thrown away after use, and names that no mail is ever delivered to (RFC 6761, 6762). */
const THROWN_AWAY = new Set(['mailinator.com', 'guerrillamail.com', '10minutemail.com', 'yopmail.com', 'trashmail.com', 'tempmail.com', 'temp-mail.org', 'sharklasers.com', 'getnada.com', 'maildrop.cc', 'dispostable.com', 'throwawaymail.com', 'fakeinbox.com', 'mailnesia.com']);
const NOWHERE = /(?:^|\.)(?:invalid|localhost|local|localdomain|internal)$/;

/** Letters of other alphabets that cannot be told from a Latin one in most typefaces. */
const LATIN: Readonly<Record<string, string>> = {
  а: 'a', с: 'c', ԁ: 'd', е: 'e', һ: 'h', і: 'i', ј: 'j', ӏ: 'l', о: 'o', р: 'p', ԛ: 'q', ѕ: 's', ԝ: 'w', х: 'x', у: 'y', α: 'a', ο: 'o', ρ: 'p', ν: 'v', υ: 'u', ι: 'i', κ: 'k', ı: 'i',
  А: 'A', В: 'B', С: 'C', Е: 'E', Н: 'H', І: 'I', Ј: 'J', К: 'K', М: 'M', О: 'O', Р: 'P', Ѕ: 'S', Т: 'T', Х: 'X', У: 'Y', Α: 'A', Β: 'B', Ε: 'E', Ζ: 'Z', Η: 'H', Ι: 'I', Κ: 'K', Μ: 'M', Ν: 'N', Ο: 'O', Ρ: 'P', Τ: 'T', Χ: 'X', Υ: 'Y',
};
const FOREIGN = /[\p{Script=Cyrillic}\p{Script=Greek}\u0131]/u;
const APOSTROPHE = /^'\d[\d\s./-]*$/;
const domains = new Map<string, string | null>();

/** What a cell of this attribute was meant to be; `null`: it is right as it is, or nobody can say. Pure, and quick where nothing is wrong. */
export function suggestionFor(cell: string, attribute: Pick<Attribute, 'key' | 'kind' | 'choices'>): Suggestion | null {
  if (cell === '' || cell.length > 1000) return null;
  if (attribute.key === 'email') return emailSuggestion(cell);
  if (attribute.kind === 'choice' && attribute.choices !== undefined) return choiceSuggestion(cell, attribute.choices);
  // Shop programs write '12 for 12, so that no spreadsheet rounds it; nobody's number has an apostrophe.
  if (attribute.kind === 'text' && attribute.key !== 'phone' && APOSTROPHE.test(cell)) return { kind: 'apostrophe', text: cell.slice(1) };
  const letters = attribute.kind === 'text' && attribute.key !== 'phone' ? inOwnEncoding(cell) : null;
  if (letters !== null) return { kind: 'encoding', text: letters };
  if (attribute.kind === 'text' && FOREIGN.test(cell)) {
    const latin = inLatin(cell);
    return latin === null ? null : { kind: 'letters', text: latin };
  }
  return null;
}

/** Whether mail to this address (in its stored form) can hardly be meant for a customer: a throw-away mailbox, or a name without mail. */
export function isDoubtfulDomain(email: string): boolean {
  const domain = email.slice(email.lastIndexOf('@') + 1);
  return THROWN_AWAY.has(domain) || NOWHERE.test(domain);
}

function emailSuggestion(cell: string): Suggestion | null {
  const read = normaliseEmail(cell);
  if ('email' in read && read.warning === undefined) {
    const at = read.email.lastIndexOf('@');
    const domain = meantDomain(read.email.slice(at + 1));
    return domain === null ? null : { kind: 'domain', text: `${read.email.slice(0, at + 1)}${domain}` };
  }
  const latin = FOREIGN.test(cell) ? inLatin(cell, true) : null;
  if (latin !== null) {
    const mended = sound(latin);
    if (mended !== null) return { kind: 'letters', text: mended };
  }
  if ('email' in read) return null;
  const mended = sound(repaired(latin ?? cell));
  return mended === null ? null : { kind: 'address', text: mended };
}

/** The slips of a keyboard in an address: blanks, a comma for a dot, dots and @ twice, "at" and "dot" in words. */
function repaired(cell: string): string {
  return cell
    .trim()
    .replace(/^mailto:/i, '')
    .replace(/\s*[([]\s*at\s*[)\]]\s*|\s+at\s+/i, '@')
    .replace(/\s*[([]\s*dot\s*[)\]]\s*/gi, '.')
    .replace(/@{2,}/, '@')
    .replace(/,(?=\S)/g, '.')
    .replace(/\.{2,}/g, '.')
    .replace(/\.?@\.?/, '@')
    .replace(/^\.|[.;:]+$/g, '')
    .replace(/\s+/g, '');
}

function sound(address: string): string | null {
  const read = normaliseEmail(address);
  if (!('email' in read) || read.warning !== undefined) return null;
  const at = read.email.lastIndexOf('@');
  return `${read.email.slice(0, at + 1)}${meantDomain(read.email.slice(at + 1)) ?? read.email.slice(at + 1)}`;
}

/** The domain that was meant; `null`: this one. */
function meantDomain(domain: string): string | null {
  const known = domains.get(domain);
  if (known !== undefined) return known;
  const meant = reckonedDomain(domain);
  if (domains.size < 20_000) domains.set(domain, meant);
  return meant;
}

function reckonedDomain(domain: string): string | null {
  if (REAL.has(domain)) return null;
  const dot = domain.lastIndexOf('.');
  const ending = ENDINGS[domain.slice(dot + 1)];
  const candidate = ending === undefined ? domain : `${domain.slice(0, dot + 1)}${ending}`;
  if (REAL.has(candidate)) return candidate;
  // Short names are a letter apart from too many others: "vp.pl" and "wp.pl" are two companies.
  const near = PROVIDERS.find((provider) => provider.length >= 8 && distance(candidate, provider, 1) <= 1) ?? (candidate.length >= 10 ? PROVIDERS.find((provider) => provider.length >= 9 && candidate[0] === provider[0] && distance(candidate, provider, 2) <= 2 && sameEnding(candidate, provider)) : undefined);
  return near ?? (ending === undefined ? null : candidate);
}

function sameEnding(one: string, other: string): boolean {
  return one.slice(one.lastIndexOf('.')) === other.slice(other.lastIndexOf('.'));
}

/** The text with its look-alikes in Latin letters, where a word mixes alphabets (or `always`); `null`: it is in one alphabet, or has other letters. */
function inLatin(text: string, always = false): string | null {
  const words = text.split(/(\s+)/);
  let changed = false;
  const latin = words.map((word) => {
    if (!FOREIGN.test(word) || (!always && !/\p{Script=Latin}/u.test(word))) return word;
    const letters = [...word].map((letter) => LATIN[letter] ?? letter).join('');
    if (FOREIGN.test(letters)) return word;
    changed ||= letters !== word;
    return letters;
  });
  return changed ? latin.join('') : null;
}

function choiceSuggestion(cell: string, choices: readonly string[]): Suggestion | null {
  const text = cell.trim();
  if (text === '' || choices.includes(text)) return null;
  const folded = fold(text);
  const same = choices.filter((choice) => fold(choice) === folded);
  const near = same.length > 0 ? same : choices.filter((choice) => choice.length >= 4 && distance(fold(choice), folded, 2) <= (choice.length >= 8 ? 2 : 1));
  return near.length === 1 ? { kind: 'choice', text: near[0]! } : null;
}

function fold(text: string): string {
  return text.toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '').replace(/[\s._-]+/g, '');
}
