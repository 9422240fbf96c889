// What may stand in the header of a mail. Addresses and subjects come from people and files: nothing that ends a line, or an
// address, may be in them.

// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const UNSAFE_ADDRESS = /[\u0000-\u0020\u007f<>,;:"\\()[\]]/;
// oxlint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f\u2028\u2029]+/g;

/** Whether text can stand as an address in an envelope and a header: no blanks, line ends, brackets or quotes (GHSA-mm7p-fcc7-pg87). */
export function isSafeAddress(address: string): boolean {
  const at = address.lastIndexOf('@');
  return at > 0 && at < address.length - 1 && address.length <= 320 && !UNSAFE_ADDRESS.test(address);
}

/** Text as one line: for subjects and names. */
export function oneLine(text: string): string {
  return text.replaceAll(CONTROL, ' ').replaceAll(/ {2,}/g, ' ').trim();
}
