// Whether two contacts are the same person: what speaks for it, what against it, and how sure that makes it. And the keys
// under which those who may be are found, so that nobody is compared with everybody (FEATURES A5.12).
import { say, type Text } from '../text.ts';
import { distance } from './distance.ts';
import { foldWords } from './header-names.ts';

export const GRADES = ['certain', 'likely', 'possible'] as const;
export type Grade = (typeof GRADES)[number];

/** What of a contact can tell who it is. Addresses and numbers are in their stored form; `null`: it has none. */
export type Identity = {
  id: number;
  email: string | null;
  phone: string | null;
  externalId: string | null;
  /** First and last name, as written. */
  firstName: string | null;
  lastName: string | null;
  company: string | null;
  postcode: string | null;
  /** "YYYY-MM-DD". */
  birthday: string | null;
};

export type Likeness = { grade: Grade; /** The strongest first; what speaks against it last. */ reasons: Text[] };

/** Providers whose domains are known to be right, so that a neighbour of one of them is not taken for a slip. */
const PROVIDERS = [
  'gmail.com', 'googlemail.com', 'hotmail.com', 'hotmail.dk', 'hotmail.se', 'hotmail.nl', 'hotmail.de', 'hotmail.fr', 'hotmail.co.uk', 'outlook.com', 'outlook.dk', 'outlook.de', 'live.com', 'live.dk', 'live.se', 'live.nl', 'live.de',
  'live.co.uk', 'msn.com', 'yahoo.com', 'yahoo.dk', 'yahoo.se', 'yahoo.de', 'yahoo.co.uk', 'ymail.com', 'icloud.com', 'me.com', 'mac.com', 'mail.com', 'email.com', 'mail.dk', 'mail.ru', 'aol.com', 'gmx.com', 'gmx.de', 'gmx.net', 'gmx.at', 'web.de',
  't-online.de', 'proton.me', 'protonmail.com', 'protonmail.ch', 'fastmail.com', 'jubii.dk', 'jubiimail.dk', 'youmail.dk', 'stofanet.dk', 'tdcadsl.dk', 'post.tele.dk', 'telia.com', 'comhem.se', 'bredband.net', 'spray.se', 'ziggo.nl', 'kpnmail.nl',
  'planet.nl', 'home.nl', 'xs4all.nl', 'hetnet.nl', 'onet.pl', 'onet.eu', 'op.pl', 'wp.pl', 'o2.pl', 'interia.pl', 'interia.eu', 'gazeta.pl', 'poczta.fm', 'tlen.pl', 'vp.pl', 'poczta.onet.pl', 'online.no', 'hotmail.no', 'outlook.se', 'outlook.no',
];
const KNOWN = new Set(PROVIDERS);
/** Those whose names are long and common enough that one wrong letter is a slip, and not another company. */
const IMITATED = PROVIDERS.filter((domain) => /^(gmail|googlemail|hotmail|outlook|yahoo|icloud|protonmail|live)\./.test(domain));
const GOOGLE = new Set(['gmail.com', 'googlemail.com']);

/** The provider that a domain was probably meant to be ("gmial.com": "gmail.com"); the domain itself where it is right, or nobody knows it. */
export function meantDomain(domain: string): string {
  if (KNOWN.has(domain)) return domain;
  return IMITATED.find((known) => known[0] === domain[0] && Math.abs(known.length - domain.length) <= 1 && distance(known, domain, 1) <= 1) ?? domain;
}

/** The mailbox behind an address, for comparing: without what follows a plus sign, without Gmail's dots, at the domain that was meant. */
function mailboxKey(email: string): string {
  const at = email.lastIndexOf('@');
  const domain = meantDomain(email.slice(at + 1));
  const local = email.slice(0, at).replace(/(?<=.)\+.*$/, '');
  return GOOGLE.has(domain) ? `${local.replaceAll('.', '')}@gmail.com` : `${local}@${domain}`;
}

/** Letters that are mistaken for each other in names, by sound or by alphabet. Vowels do not count. */
const SOUNDS: Readonly<Record<string, string>> = { b: 'p', f: 'p', v: 'p', w: 'p', c: 'k', g: 'k', q: 'k', x: 'k', d: 't', z: 's', n: 'm' };

/** A folded word with one letter where two are written for one sound. */
function plainSpelling(word: string): string {
  return word.replaceAll('ph', 'f').replaceAll('ck', 'k').replaceAll('sch', 's').replaceAll('ch', 'k').replaceAll(/sz|cz|rz/g, 's').replaceAll('th', 't').replaceAll('dt', 't').replaceAll('aa', 'a');
}

const MOST_REMEMBERED = 50_000;

/** Names come again and again: what was made of one is kept, some tens of thousands at a time. */
function remembering<Made>(make: (text: string) => Made): (text: string) => Made {
  const known = new Map<string, Made>();
  return (text) => {
    let made = known.get(text);
    if (made === undefined) {
      if (known.size >= MOST_REMEMBERED) known.clear();
      known.set(text, (made = make(text)));
    }
    return made;
  };
}

const foldedWords = remembering((name: string) => foldWords(name).split(' ').filter((word) => word !== ''));

/** How a folded word sounds, roughly: its first letter's sound and its consonants; doubled letters once ("christian", "kristian": "krstm"). */
const soundOf = remembering((word: string): string => {
  const plain = plainSpelling(word);
  let sound = '';
  for (let index = 0; index < plain.length; index++) {
    const letter = plain[index]!;
    const isVowel = 'aeiouyjh'.includes(letter);
    if (isVowel && index > 0) continue;
    const heard = isVowel ? 'a' : (SOUNDS[letter] ?? letter);
    if (!sound.endsWith(heard)) sound += heard;
  }
  return sound;
});

function wordsOf({ firstName, lastName }: Pick<Identity, 'firstName' | 'lastName'>): string[] {
  return [...foldedWords(firstName ?? ''), ...foldedWords(lastName ?? '')].sort();
}

function plainText(text: string | null): string | null {
  const plain = text === null ? '' : foldWords(text).replaceAll(' ', '');
  return plain === '' ? null : plain;
}

/** "Firma A/S" and "firma" are one company. */
function companyKey(company: string | null): string | null {
  if (company === null) return null;
  const words = foldWords(company).split(' ').filter((word) => !['a', 's', 'as', 'aps', 'ab', 'bv', 'b', 'v', 'nv', 'gmbh', 'sp', 'z', 'o', 'oo', 'sa', 'ltd', 'inc', 'i', 'is'].includes(word));
  return plainText(words.length > 0 ? words.join('') : company);
}

/**
 * The keys under which a contact may meet another one that is the same person, besides its phone number and its external id. A
 * name alone (`name:`) says little: only where few share it. The words of a name stand in any order, since files swap them.
 */
export function keysOf(identity: Identity): string[] {
  const keys: string[] = [];
  if (identity.email !== null) keys.push(`mail:${mailboxKey(identity.email)}`);
  const words = wordsOf(identity);
  // A single first name says nothing of who somebody is.
  if (words.length < 2) return keys;
  const sound = words.map(soundOf).sort().join(' ');
  keys.push(`name:${sound}`);
  const [postcode, company] = [plainText(identity.postcode), companyKey(identity.company)];
  if (postcode !== null) keys.push(`post:${sound}:${postcode}`);
  if (company !== null) keys.push(`firm:${sound}:${company}`);
  if (identity.birthday !== null) keys.push(`born:${sound}:${identity.birthday}`);
  return keys;
}

/** How strongly each speaks for, or against, two contacts being one person. Four are certain, two likely, one is possible. */
const WEIGHT = { externalId: 4, sameMailbox: 4, phone: 2, plus: 2, slip: 2, name: 2, birthday: 1, postcode: 1, company: 1, dots: 1, similarName: 0.5, otherBirthday: -2, otherFirstName: -1, otherName: -1 } as const;

/**
 * What speaks for two contacts being the same person, in words, and how sure it is; `null` when too little does. The same name
 * alone is possible, no more: whether few enough have it is for the caller to know.
 */
export function likeness(one: Identity, other: Identity): Likeness | null {
  const found: { weight: number; text: Text }[] = [];
  const note = (weight: number, text: Text) => void found.push({ weight, text });
  if (one.externalId !== null && one.externalId === other.externalId) note(WEIGHT.externalId, say('The same external ID: {value}', { value: one.externalId }));
  if (one.phone !== null && one.phone === other.phone) note(WEIGHT.phone, say('The same phone number: {value}', { value: one.phone }));
  noteAddresses(one, other, note);
  const names = noteNames(one, other, note);
  // Neighbours and colleagues share these too: they only add to what names or addresses say.
  if (names !== 'other' && found.length > 0) noteDetails(one, other, note);
  if (one.birthday !== null && other.birthday !== null && one.birthday !== other.birthday) note(WEIGHT.otherBirthday, say('But their birthdays differ.'));
  const onlyName = found.length === 1 && names === 'same';
  const score = found.reduce((sum, { weight }) => sum + weight, 0);
  const grade = onlyName ? 'possible' : score >= 4 ? 'certain' : score >= 2 ? 'likely' : score >= 1 ? 'possible' : null;
  if (grade === null || !found.some(({ weight }) => weight > 0)) return null;
  return { grade, reasons: found.sort((a, b) => b.weight - a.weight).map(({ text }) => text) };
}

/** Whether something of their own says that they are two people: another birthday, another name. */
export function speaksAgainst(one: Identity, other: Identity): boolean {
  const isOther = one.birthday !== null && other.birthday !== null && one.birthday !== other.birthday;
  return isOther || noteNames(one, other, () => undefined) === 'other';
}

type Note = (weight: number, text: Text) => void;

function noteAddresses(a: Identity, b: Identity, note: Note): void {
  const [one, other] = [a.email, b.email];
  if (one === null || other === null || mailboxKey(one) !== mailboxKey(other)) return;
  const [[oneLocal, oneDomain], [otherLocal, otherDomain]] = [partsOf(one), partsOf(other)];
  const slip = [oneDomain, otherDomain].find((domain) => meantDomain(domain) !== domain);
  if (slip !== undefined && oneDomain !== otherDomain) note(WEIGHT.slip, say('{wrong} looks like a mistyped {right}: {one} and {other}', { wrong: slip, right: meantDomain(slip), one, other }));
  const plain = (local: string) => local.replace(/(?<=.)\+.*$/, '');
  if (oneLocal !== otherLocal && plain(oneLocal) === plain(otherLocal)) note(WEIGHT.plus, say('Addresses that differ only after a plus sign: {one} and {other}', { one, other }));
  else if (plain(oneLocal) !== plain(otherLocal)) note(WEIGHT.dots, say('Addresses that differ only in dots, which Gmail does not look at: {one} and {other}', { one, other }));
  else if (slip === undefined) note(WEIGHT.sameMailbox, say('Two addresses of one mailbox: {one} and {other}', { one, other }));
}

function partsOf(email: string): [local: string, domain: string] {
  const at = email.lastIndexOf('@');
  return [email.slice(0, at), email.slice(at + 1)];
}

function noteNames(one: Identity, other: Identity, note: Note): 'same' | 'similar' | 'other' | 'unknown' {
  const [a, b] = [wordsOf(one), wordsOf(other)];
  if (a.length === 0 || b.length === 0) return 'unknown';
  if (a.length > 1 && a.join(' ') === b.join(' ')) {
    note(WEIGHT.name, say('The same name: {name}', { name: nameOf(one) }));
    return 'same';
  }
  if (a.length > 1 && a.length === b.length && areSimilar(a, b)) {
    note(WEIGHT.similarName, say('Similar names: {one} and {other}', { one: nameOf(one), other: nameOf(other) }));
    return 'similar';
  }
  if (a.every((word) => b.includes(word)) || b.every((word) => a.includes(word))) return 'unknown';
  const shared = a.some((word) => b.includes(word));
  note(shared ? WEIGHT.otherFirstName : WEIGHT.otherName, say('But their names differ: {one} and {other}', { one: nameOf(one), other: nameOf(other) }));
  return 'other';
}

/** Word for word the same, or alike in sound and but for a slip or two. */
function areSimilar(a: readonly string[], b: readonly string[]): boolean {
  const left = [...b];
  return a.every((word) => {
    const index = left.findIndex((each) => each === word || (soundOf(each) === soundOf(word) && distance(plainSpelling(each), plainSpelling(word), 2) <= (Math.min(each.length, word.length) < 6 ? 1 : 2)));
    if (index >= 0) left.splice(index, 1);
    return index >= 0;
  });
}

function noteDetails(one: Identity, other: Identity, note: Note): void {
  if (one.birthday !== null && one.birthday === other.birthday) note(WEIGHT.birthday, say('The same birthday: {value}', { value: one.birthday }));
  if (one.postcode !== null && plainText(one.postcode) !== null && plainText(one.postcode) === plainText(other.postcode)) note(WEIGHT.postcode, say('The same postcode: {value}', { value: one.postcode }));
  if (companyKey(one.company) !== null && companyKey(one.company) === companyKey(other.company)) note(WEIGHT.company, say('The same company: {value}', { value: one.company! }));
}

function nameOf({ firstName, lastName }: Identity): string {
  return [firstName, lastName].filter((part) => part !== null && part !== '').join(' ');
}

/** Who remains when contacts are made one: somebody with an address before somebody without, then who was known first (FEATURES A5.11, D29). */
export function survivorFirst<Known extends { id: number; addedAt: number; isAnonymous: boolean }>(contacts: readonly Known[]): Known[] {
  return [...contacts].sort((a, b) => Number(a.isAnonymous) - Number(b.isAnonymous) || a.addedAt - b.addedAt || a.id - b.id);
}
