// The plain-text part of a mail, made from its HTML: for readers without HTML, and because mail without one looks like spam.
import { compile } from 'html-to-text';

const convert = compile({
  wordwrap: 76,
  selectors: [
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true, noAnchorUrl: true, linkBrackets: ['<', '>'] } },
    { selector: 'img', format: 'skip' },
    { selector: 'table', format: 'block' },
    ...['h1', 'h2', 'h3', 'h4'].map((selector) => ({ selector, options: { uppercase: false } })),
  ],
  limits: { maxInputLength: 2_000_000, maxDepth: 100, maxChildNodes: 20_000 },
});

/** Body and footer of a mail as plain text, wrapped at 76 characters; a link follows its words in angle brackets. */
export function plainText(body: string, footer: readonly string[] | null): string {
  const text = convert(body).trim();
  // "-- " alone on a line begins a signature, which mail programs fold away.
  return footer === null ? `${text}\n` : `${text}\n\n-- \n${footer.join('\n')}\n`;
}
