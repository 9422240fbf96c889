// A quick way to read ordinary phone numbers, which large files are full of: the numbering plans of many countries look at nothing
// but how long a number is. What is not ordinary is left to the library.
import { normalisePhone } from '../../shared/contacts/address.ts';

/**
 * Country codes that belong to one country alone, in which no number begins with anything but a 0 that is to be left out when it
 * is dialled from abroad. A number behind them that does not begin with 0 is as it stands, and possible or not by its length.
 */
const PLAIN_CODES = ['30', '31', '32', '33', '34', '40', '41', '43', '45', '46', '48', '49', '351', '353', '354', '356', '357', '359', '371', '372', '385', '386', '420', '421'];

const INTERNATIONAL = /^\+[1-9][\d ]{6,24}$/;

/** Makes a reader that answers the stored form of a number with its country code, or `null`: ask the library. */
export function plainPhones(country: string): (cell: string) => string | null {
  /** By country code and number of digits: whether such a number is possible, as the library has said of the first. */
  const known = new Map<string, boolean>();
  return (cell) => {
    if (!INTERNATIONAL.test(cell)) return null;
    const number = cell.replaceAll(' ', '');
    const code = PLAIN_CODES.find((each) => number.startsWith(each, 1));
    if (code === undefined || number.charCodeAt(code.length + 1) === 48) return null;
    const shape = `${code} ${number.length}`;
    let isPossible = known.get(shape);
    if (isPossible === undefined) {
      const read = normalisePhone(number, country);
      known.set(shape, (isPossible = 'phone' in read && read.phone === number));
    }
    return isPossible ? number : null;
  };
}
