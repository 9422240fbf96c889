// Puts a rendered mail into the bytes that leave (RFC 5322): headers, a plain and an HTML part, CRLF, short lines. The same
// mail always gives the same bytes, so that their hash says what somebody got (FEATURES D26).
import * as base64 from 'nodemailer/lib/base64';
import MailComposer from 'nodemailer/lib/mail-composer';
import type MimeNode from 'nodemailer/lib/mime-node';
import * as quotedPrintable from 'nodemailer/lib/qp';
import { isSafeAddress, oneLine } from '../../shared/messages/header-text.ts';

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

/** The bytes of a mail, in memory of their own, so that they can be given to another thread. Throws an Error for an address or header that would break out of its line: a bug of the caller. */
export function composeMail(mail: MailParts): Buffer<ArrayBuffer> {
  for (const address of [mail.from.address, mail.to])
    if (!isSafeAddress(address)) throw new Error('An address that cannot stand in a header came through');
  for (const [name, value] of Object.entries(mail.headers)) {
    if (!/^[A-Za-z][A-Za-z0-9-]{0,60}$/.test(name) || !/^[ -~]{1,900}$/.test(value))
      throw new Error(`The header ${name.slice(0, 60)} is not one line of ASCII`);
  }
  const composer = new MailComposer({
    from: { name: oneLine(mail.from.name), address: mail.from.address },
    to: { name: '', address: mail.to },
    subject: oneLine(mail.subject),
    html: mail.html,
    text: mail.text,
    messageId: `<${mail.messageId}>`,
    date: mail.date,
    // As they are: a fold before the first word is legal, and yet more than some readers of List-Unsubscribe understand.
    headers: Object.entries(mail.headers).map(([key, value]) => ({ key, value: { prepared: true, value } })),
    baseBoundary: mail.messageId.replaceAll(/[^A-Za-z0-9]/g, '').slice(0, 40),
    encoding: 'utf-8',
    newline: 'windows',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const text = written(composer.compile());
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}

/** A part and those in it, as nodemailer's own streams write them: these take three times as long, for bodies that need no streams. */
function written(part: MimeNode): string {
  const head = `${part.buildHeaders()}\r\n\r\n`;
  if (part.childNodes.length === 0) return head + encoded(part);
  const parts = part.childNodes.map((each) => `--${part.boundary}\r\n${written(each)}`);
  return `${head}${parts.join('\r\n')}\r\n--${part.boundary}--\r\n`;
}

function encoded(part: MimeNode): string {
  const { content } = part;
  if (typeof content !== 'string') throw new Error('A part of a mail that is not text must be streamed');
  const encoding = part.getHeader('Content-Transfer-Encoding');
  if (encoding === 'base64') return base64.wrap(base64.encode(content), 76);
  const text = encoding === 'quoted-printable' ? quotedPrintable.wrap(quotedPrintable.encode(content), 76) : content;
  return text.replaceAll(/(?<!\r)\n/g, '\r\n');
}
