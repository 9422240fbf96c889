// The e-mail addresses that stand in a text or in a file of text, whatever stands around them.
import { normaliseEmail } from '../../shared/contacts/address.ts';
import { createDecoder, guessEncoding } from './encoding.ts';
import { piecesOf, readHead } from './source.ts';

const HEAD = 64 * 1024;
/** A word ends where lists, tables and names with addresses separate. What may be an address is found among words: to look for its @ from every letter of a long one would take the square of its length. */
const WORD = /[^\s,;|"'<>()[\]{}]+/g;
const CANDIDATE = /.@./su;
/** Far more than any address has. */
const LONGEST = 5000;
/** A file without any separator is no list; so much of it is looked at together at the most. */
const LONGEST_LINE = 1_000_000;

/** Addresses in their stored form, each once, in the order of the text; and what looks like one and is none. */
export type FoundAddresses = { addresses: Set<string>; wrong: Set<string> };

/** All of a text. */
export function addressesInText(text: string, found: FoundAddresses = { addresses: new Set(), wrong: new Set() }): FoundAddresses {
  for (const [candidate] of text.matchAll(WORD)) {
    if (!CANDIDATE.test(candidate)) continue;
    const plain = candidate.slice(0, LONGEST).replace(/^mailto:/i, '').replace(/[.:!?]+$/, '');
    const read = normaliseEmail(plain);
    if ('email' in read) found.addresses.add(read.email);
    else found.wrong.add(plain.slice(0, 200));
  }
  return found;
}

/** All of a file. Refuses one that is missing, empty, or no text. */
export async function addressesInFile(file: string, locale: string): Promise<FoundAddresses> {
  const decoder = createDecoder(guessEncoding(readHead(file, HEAD), locale).encoding);
  const found: FoundAddresses = { addresses: new Set(), wrong: new Set() };
  let rest = '';
  for await (const bytes of piecesOf(file)) {
    rest += decoder.write(bytes);
    // An address never goes over the end of a line; what stands behind the last one waits for more.
    const end = Math.max(rest.lastIndexOf('\n'), rest.lastIndexOf('\r'));
    if (end < 0 && rest.length < LONGEST_LINE) continue;
    addressesInText(end < 0 ? rest : rest.slice(0, end), found);
    rest = end < 0 ? '' : rest.slice(end);
  }
  return addressesInText(rest + decoder.end(), found);
}
