// Letters that were read in another encoding than they were written in: some rows of a file come from another program than the
// rest, or one that has written it took UTF-8 for something else ("SÃ¸ren"). Only what no name is written like is taken for that.

/** The characters that Windows-1252 and Windows-1250 have for the bytes from 0x80 on; a byte that has none stands for itself. */
const WINDOWS_1252 = characters('€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ');
const WINDOWS_1250 = characters(
  '€\u0081‚\u0083„…†‡\u0088‰Š‹ŚŤŽŹ\u0090‘’“”•–—\u0098™š›śťžź\u00a0ˇ˘Ł¤Ą¦§¨©Ş«¬\u00ad®Ż°±˛ł´µ¶·¸ąş»Ľ˝ľżŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢßŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙',
);
const BYTES = [WINDOWS_1252, WINDOWS_1250].map((all) => new Map([...all].map((character, at) => [character, 0x80 + at])));

const CONTROL = /[\x80-\x9f]/;
const NOT_ASCII = /[^\0-\x7f]{2,}/g;
/** Bytes that could not be decoded, as the reading of files marks them. */
const MARKED = /[\udc80-\udcff]/gu;

/** The 128 characters, of which those that are not given are as in Latin 1. */
function characters(given: string): string[] {
  const first = [...given];
  return Array.from({ length: 128 }, (_, at) => first[at] ?? String.fromCharCode(0x80 + at));
}

/** The text with its letters as they were meant; `null`: nothing speaks for another encoding. Bytes without a character are read as Windows has them, where all of them become letters. */
export function inOwnEncoding(text: string): string | null {
  if (!text.isWellFormed()) return withLetters(text);
  const mended = text.replace(NOT_ASCII, (run) => fromUtf8(run) ?? run);
  return mended === text ? null : mended;
}

/** Characters that are in truth the bytes of others in UTF-8. */
function fromUtf8(run: string): string | null {
  for (const byteOf of BYTES) {
    const bytes = [...run].map((character) => byteOf.get(character));
    if (bytes.includes(undefined)) continue;
    try {
      const text = decodeURIComponent(bytes.map((byte) => `%${byte!.toString(16)}`).join(''));
      if (!CONTROL.test(text)) return text;
    } catch {
      // Not UTF-8: these letters are what they are.
    }
  }
  return null;
}

function withLetters(text: string): string | null {
  for (const all of [WINDOWS_1252, WINDOWS_1250]) {
    const read = (mark: string): string => all[mark.charCodeAt(0) - 0xdc80]!;
    const areLetters = (text.match(MARKED) ?? []).every((mark) => /\p{L}/u.test(read(mark)));
    const mended = text.replace(MARKED, read);
    if (areLetters && mended.isWellFormed()) return mended;
  }
  return null;
}
