// Which encoding a file is written in, and its bytes as text. What cannot be decoded is not replaced: each such byte becomes a
// lone surrogate (U+DC80 to U+DCFF), so that its row can be named and its bytes written back as they were (FAULTS F37).
import { isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { fileReadingSchema, type FileReading } from '../../shared/contacts/import-plan.ts';

export type Encoding = FileReading['encoding'];
export type EncodingGuess = { encoding: Encoding; sure: boolean };

export const ENCODINGS: readonly Encoding[] = fileReadingSchema.shape.encoding.options;

/** Letters of the languages that the program is made for: in the right encoding they stand where other letters stand. */
const COMMON = new Set('æøåÆØÅäöÄÖüÜßéÉóÓąćęłńśźżĄĆĘŁŃŚŹŻ'.normalize('NFC'));
/** In those languages they are rare, but a wrong reading of the common ones is full of them. */
const RARE = new Set('èëïËÏõšžÕŠŽáíúýðþçêôâîûàñ'.normalize('NFC'));

/** Languages whose Excel writes windows-1250 where others write windows-1252. */
const CENTRAL_EUROPEAN = new Set(['pl', 'cs', 'sk', 'hu', 'sl', 'hr', 'ro']);

/**
 * Guesses the encoding from the beginning of a file: byte order mark, then UTF-16 by its zeros, then strict UTF-8, then the
 * old encodings scored by how much their letters look like a language. `locale` decides between equals. Short files in an
 * old encoding stay a guess (FAULTS 0.11): `sure` is false then.
 */
export function guessEncoding(head: Buffer, locale: string): EncodingGuess {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf8', sure: true };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf16le', sure: true };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf16be', sure: true };
  const wide = guessWide(head);
  if (wide !== null) return { encoding: wide, sure: true };
  if (isUtf8(withoutCutCharacter(head))) return { encoding: 'utf8', sure: true };
  return guessOldEncoding(head, locale);
}

/** UTF-16 without a mark: separators, digits and Latin letters have a zero in every second byte. */
function guessWide(head: Buffer): Encoding | null {
  const sample = head.subarray(0, Math.min(head.length & ~1, 65_536));
  if (sample.length < 4) return null;
  let even = 0;
  let odd = 0;
  for (let i = 0; i < sample.length; i += 2) {
    if (sample[i] === 0) even++;
    if (sample[i + 1] === 0) odd++;
  }
  const pairs = sample.length / 2;
  if (odd > pairs * 0.4 && even < pairs * 0.05) return 'utf16le';
  if (even > pairs * 0.4 && odd < pairs * 0.05) return 'utf16be';
  return null;
}

function guessOldEncoding(head: Buffer, locale: string): EncodingGuess {
  const central = CENTRAL_EUROPEAN.has(locale.slice(0, 2).toLowerCase());
  const sample = head.subarray(0, 262_144);
  const scored = (['windows1252', 'windows1250', 'macintosh', 'cp850'] as const)
    .map((encoding) => {
      const text = iconv.decode(sample, encoding);
      return { encoding, text, score: languageScore(text) + (encoding === (central ? 'windows1250' : 'windows1252') ? 1 : 0) };
    })
    .sort((a, b) => b.score - a.score);
  const best = scored[0]!;
  // Where two encodings read the same text, it does not matter which of them it is.
  const rival = scored.find(({ text }) => text !== best.text);
  return { encoding: best.encoding, sure: rival === undefined || best.score - rival.score >= 4 };
}

function languageScore(text: string): number {
  let score = 0;
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]!;
    if (letter <= '\x7f') continue;
    if (COMMON.has(letter)) score += 3;
    else if (RARE.has(letter)) score += 1;
    else if (/\p{L}/u.test(letter)) score -= 1;
    else if (letter === '\ufffd' || /[\x80-\x9f]/.test(letter)) score -= 5;
    else if (/\p{L}/u.test(text[i - 1] ?? '') || /\p{L}/u.test(text[i + 1] ?? '')) score -= 3;
    // A capital in the middle of a small word is how a wrong Mac or DOS reading gives itself away.
    if (/\p{Lu}/u.test(letter) && /\p{Ll}/u.test(text[i - 1] ?? '')) score -= 2;
  }
  return score;
}

/** The bytes up to the last complete UTF-8 character: a piece may end in the middle of one. */
function withoutCutCharacter(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.length - cutBytes(bytes));
}

function cutBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) {
      const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needed > back ? back : 0;
    }
  }
  return 0;
}

type TextDecoding = { write(bytes: Buffer): string; end(): string };

/** Decodes piece by piece. A byte order mark is left out. */
export function createDecoder(encoding: Encoding): TextDecoding {
  if (encoding === 'utf8') return withoutMark(utf8Decoder());
  if (encoding === 'utf16le' || encoding === 'utf16be') return withoutMark(utf16Decoder(encoding === 'utf16be'));
  const decoder = iconv.getDecoder(encoding);
  const marked = (text: string | undefined) => (text ?? '').replaceAll('\ufffd', '\udc81');
  return { write: (bytes) => marked(decoder.write(bytes)), end: () => marked(decoder.end()) };
}

function withoutMark(decoding: TextDecoding): TextDecoding {
  let atStart = true;
  return {
    write(bytes) {
      const text = decoding.write(bytes);
      if (!atStart || text === '') return text;
      atStart = false;
      return text.startsWith('\ufeff') ? text.slice(1) : text;
    },
    end: () => decoding.end(),
  };
}

function utf8Decoder(): TextDecoding {
  let carried: Buffer = Buffer.alloc(0);
  return {
    write(bytes) {
      const all = carried.length === 0 ? bytes : Buffer.concat([carried, bytes]);
      const cut = cutBytes(all);
      carried = cut === 0 ? Buffer.alloc(0) : Buffer.from(all.subarray(all.length - cut));
      return utf8Text(all.subarray(0, all.length - cut));
    },
    end: () => utf8Text(carried),
  };
}

function utf8Text(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString('utf8') : utf8WithMarkedBytes(bytes);
}

function utf8WithMarkedBytes(bytes: Buffer): string {
  let text = '';
  let from = 0;
  let at = 0;
  while (at < bytes.length) {
    const length = characterLength(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    text += bytes.toString('utf8', from, at) + String.fromCharCode(0xdc00 + bytes[at]!);
    from = ++at;
  }
  return text + bytes.toString('utf8', from, at);
}

function characterLength(bytes: Buffer, at: number): number {
  const first = bytes[at]!;
  const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  return isUtf8(bytes.subarray(at, at + length)) && at + length <= bytes.length ? length : 0;
}

function utf16Decoder(bigEndian: boolean): TextDecoding {
  let carried: Buffer = Buffer.alloc(0);
  return {
    write(bytes) {
      const all = Buffer.concat([carried, bytes]);
      const even = all.length & ~1;
      carried = Buffer.from(all.subarray(even));
      const pairs = all.subarray(0, even);
      return (bigEndian ? pairs.swap16() : pairs).toString('utf16le');
    },
    end: () => (carried.length === 0 ? '' : String.fromCharCode(0xdc80 | (carried[0]! & 0x7f))),
  };
}

/** Text as bytes of an encoding. Bytes that could not be decoded (see above) are written as they were, where UTF-8 has them. */
export function encodeText(text: string, encoding: Encoding): Buffer {
  if (encoding === 'utf16be') return Buffer.from(text, 'utf16le').swap16();
  if (encoding === 'utf16le') return Buffer.from(text, 'utf16le');
  if (encoding !== 'utf8') return iconv.encode(text, encoding);
  if (text.isWellFormed()) return Buffer.from(text, 'utf8');
  const parts = text.split(/([\udc80-\udcff])/u).map((part) => (/^[\udc80-\udcff]$/u.test(part) ? Buffer.from([part.charCodeAt(0) & 0xff]) : Buffer.from(part, 'utf8')));
  return Buffer.concat(parts);
}

/** The byte order mark that files in this encoding begin with, where programs expect one. */
export function byteOrderMark(encoding: Encoding): Buffer {
  return encoding === 'utf8' || encoding === 'utf16le' || encoding === 'utf16be' ? encodeText('\ufeff', encoding) : Buffer.alloc(0);
}
