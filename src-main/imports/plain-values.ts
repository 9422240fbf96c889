// Quick ways to read what the cells of large files mostly are: addresses, numbers and dates that are written as they are stored,
// or nearly so. Whatever else a cell may be is left to `parseAttribute`, which says the same of these, only later.

const [LETTER, DIGIT, HYPHEN, OTHER, DOT, AT] = [1, 2, 3, 4, 5, 6];

/** What each of the characters is that plain addresses consist of; 0: it is none of them. */
const KINDS = new Uint8Array(128);
for (const [kind, characters] of [[LETTER, 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'], [DIGIT, '0123456789'], [HYPHEN, '-'], [OTHER, '_+'], [DOT, '.'], [AT, '@']] as const) {
  for (const character of characters) KINDS[character.charCodeAt(0)] = kind;
}

const CAPITAL_A = 65;
const CAPITAL_Z = 90;
const ZERO = 48;
const MINUS = 45;
const POINT = 46;

/** Long domains and their labels have limits of their own. */
const MOST_OF_ADDRESS = 63;

/** The stored form of an address of plain letters, digits and signs, in small letters; `null`: look closer. */
export function plainAddress(cell: string): string | null {
  const { length } = cell;
  if (length > MOST_OF_ADDRESS) return null;
  let hasCapitals = false;
  let hasAt = false;
  let dotsBehindAt = 0;
  /** Of the part between dots at hand: where it began, and whether it holds nothing but letters. */
  let began = 0;
  let onlyLetters = true;
  let before = DOT;
  for (let at = 0; at < length; at++) {
    const code = cell.charCodeAt(at);
    const kind = code < 128 ? KINDS[code]! : 0;
    if (kind === LETTER) {
      if (code >= CAPITAL_A && code <= CAPITAL_Z) hasCapitals = true;
    } else if (kind === DOT || kind === AT) {
      if (before === DOT || before === AT || (hasAt && (kind === AT || before === HYPHEN))) return null;
      if (kind === AT) hasAt = true;
      else if (hasAt) dotsBehindAt++;
      began = at + 1;
      onlyLetters = true;
    } else {
      // Two hyphens are how the ASCII form of letters begins that are none.
      if (kind === 0 || (kind === HYPHEN && (before === HYPHEN || (hasAt && at === began))) || (hasAt && kind === OTHER)) return null;
      onlyLetters = false;
    }
    before = kind;
  }
  if (dotsBehindAt === 0 || !onlyLetters || length - began < 2) return null;
  return hasCapitals ? cell.toLowerCase() : cell;
}

/** So many digits every number keeps exactly, and so many places: then a division is rounded as the number itself would be. */
const MOST_DIGITS = 15;
const TENS = Array.from({ length: MOST_DIGITS + 1 }, (_, places) => 10 ** places);

/** A number that is written with digits alone, or with a point where that is the decimal mark; `null`: look closer. */
export function plainNumber(cell: string, decimal: ',' | '.'): number | null {
  const { length } = cell;
  if (length === 0 || length > MOST_DIGITS) return null;
  let value = 0;
  let point = -1;
  for (let at = 0; at < length; at++) {
    const code = cell.charCodeAt(at);
    if (code >= ZERO && code <= ZERO + 9) value = value * 10 + (code - ZERO);
    else if (code === POINT && decimal === '.' && point < 0 && at > 0 && at < length - 1) point = at;
    else return null;
  }
  return point < 0 ? value : value / TENS[length - 1 - point]!;
}

const MONTH_LENGTHS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether a cell is a date as dates are stored: YYYY-MM-DD, from the year 1000 on. If not, look closer. */
export function isPlainDate(cell: string): boolean {
  if (cell.length !== 10 || cell.charCodeAt(4) !== MINUS || cell.charCodeAt(7) !== MINUS) return false;
  const year = digits(cell, 0, 4);
  const month = digits(cell, 5, 7);
  const day = digits(cell, 8, 10);
  if (year < 1000 || month < 1 || month > 12 || day < 1) return false;
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (month === 2 && leap ? 29 : MONTH_LENGTHS[month]!);
}

/** The number that digits make; -1: not all of them are. */
function digits(cell: string, from: number, until: number): number {
  let value = 0;
  for (let at = from; at < until; at++) {
    const digit = cell.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
