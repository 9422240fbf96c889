// A quick way to read ordinary phone numbers, which large files are full of: the numbering plans of many countries look at nothing
// but how long a number is. What is not ordinary is left to the library.
import { normalisePhone } from '../../shared/contacts/address.ts';

/**
 * Country codes that belong to one country alone, in which no number begins with anything but a 0 that is to be left out when it
 * is dialled from abroad. A number behind them that does not begin with 0 is as it stands, and possible or not by its length.
 */
const PLAIN_CODES = new Set([30, 31, 32, 33, 34, 40, 41, 43, 45, 46, 48, 49, 351, 353, 354, 356, 357, 359, 371, 372, 385, 386, 420, 421]);

const PLUS = 43;
const SPACE = 32;
const ZERO = 48;
/** No number has so many digits. */
const MOST_DIGITS = 25;

/** Makes a reader that answers the stored form of a number with its country code, or `null`: ask the library. */
export function plainPhones(country: string): (cell: string) => string | null {
  /** By country code and number of digits: whether such a number is possible, as the library has said of the first. */
  const known = new Map<number, boolean>();
  return (cell) => {
    const { length } = cell;
    if (length < 8 || length > MOST_DIGITS + 1 || cell.charCodeAt(0) !== PLUS || cell.charCodeAt(1) === SPACE) return null;
    /** The first two and the first three digits, and the one behind each. */
    let [two, three, third, fourth, digits] = [0, 0, -1, -1, 0];
    for (let at = 1; at < length; at++) {
      const code = cell.charCodeAt(at);
      if (code === SPACE) continue;
      const digit = code - ZERO;
      if (digit < 0 || digit > 9) return null;
      if (digits < 2) two = two * 10 + digit;
      if (digits < 3) three = three * 10 + digit;
      if (digits === 2) third = digit;
      if (digits === 3) fourth = digit;
      digits++;
    }
    const hasTwo = PLAIN_CODES.has(two);
    if (!hasTwo && !PLAIN_CODES.has(three)) return null;
    if ((hasTwo ? third : fourth) <= 0) return null;
    const shape = (hasTwo ? two : three) * 32 + digits;
    const number = digits === length - 1 ? cell : cell.replaceAll(' ', '');
    let isPossible = known.get(shape);
    if (isPossible === undefined) {
      const read = normalisePhone(number, country);
      known.set(shape, (isPossible = 'phone' in read && read.phone === number));
    }
    return isPossible ? number : null;
  };
}
