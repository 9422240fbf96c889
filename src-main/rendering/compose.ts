// Puts a rendered mail into the bytes that leave (RFC 5322): headers, a plain and an HTML part, CRLF, short lines. The same
// mail always gives the same bytes, so that their hash says what somebody got (FEATURES D26).
import MailComposer from 'nodemailer/lib/mail-composer';

export type MailParts = {
  from: { name: string; address: string };
  to: string;
  subject: string;
  html: string;
  text: string;
  /** Without angle brackets. */
  messageId: string;
  headers: Record<string, string>;
  date: Date;
};

/** Addresses and header lines come from people and files: nothing that ends a line, or an address, may be in them. */
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

/** The bytes of a mail. Throws an Error for an address or header that would break out of its line: a bug of the caller. */
export async function composeMail(mail: MailParts): Promise<Buffer> {
  for (const address of [mail.from.address, mail.to]) if (!isSafeAddress(address)) throw new Error('An address that cannot stand in a header came through');
  for (const [name, value] of Object.entries(mail.headers)) {
    if (!/^[A-Za-z][A-Za-z0-9-]{0,60}$/.test(name) || value !== oneLine(value)) throw new Error(`The header ${name.slice(0, 60)} is not one line`);
  }
  const composer = new MailComposer({
    from: { name: oneLine(mail.from.name), address: mail.from.address },
    to: { name: '', address: mail.to },
    subject: oneLine(mail.subject),
    html: mail.html,
    text: mail.text,
    messageId: `<${mail.messageId}>`,
    date: mail.date,
    headers: Object.entries(mail.headers).map(([key, value]) => ({ key, value })),
    baseBoundary: mail.messageId.replaceAll(/[^A-Za-z0-9]/g, '').slice(0, 40),
    encoding: 'utf-8',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}
