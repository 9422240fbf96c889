// The frame around every mail: what makes a body that a person wrote look alike in the mail programs of its readers, and the
// locked footer that the law asks for (FAULTS 1.6). 600 pixels, tables where Outlook needs them, the system's own fonts.
import sanitizeHtml from 'sanitize-html';
import { escapeHtml } from '../../shared/messages/liquid.ts';
import type { MailWords } from './words.ts';

const FONT = `-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif`;

const LAYOUT = ['align', 'valign', 'width', 'height', 'bgcolor', 'style', 'class', 'dir', 'lang', 'title'];

const ALLOWED: sanitizeHtml.IOptions = {
  allowedTags: [
    'p',
    'br',
    'hr',
    'div',
    'span',
    'h1',
    'h2',
    'h3',
    'h4',
    'h5',
    'h6',
    'b',
    'strong',
    'i',
    'em',
    'u',
    's',
    'strike',
    'del',
    'ins',
    'mark',
    'small',
    'sub',
    'sup',
    'code',
    'pre',
    'blockquote',
    'ul',
    'ol',
    'li',
    'dl',
    'dt',
    'dd',
    'a',
    'img',
    'table',
    'caption',
    'thead',
    'tbody',
    'tfoot',
    'tr',
    'th',
    'td',
    'col',
    'colgroup',
    'center',
    'font',
    'figure',
    'figcaption',
    'abbr',
    'time',
  ],
  allowedAttributes: {
    '*': LAYOUT,
    a: ['href', 'name', 'target', 'rel'],
    img: ['src', 'alt', 'border'],
    table: ['border', 'cellpadding', 'cellspacing', 'role'],
    td: ['colspan', 'rowspan'],
    th: ['colspan', 'rowspan', 'scope'],
    ol: ['start', 'type'],
    font: ['color', 'face', 'size'],
  },
  allowedSchemes: ['http', 'https', 'mailto', 'tel'],
  allowedSchemesByTag: { img: ['http', 'https'] },
  allowProtocolRelative: false,
};

/**
 * A rendered body without anything that runs: no scripts, handlers, forms, frames or `javascript:` links, wherever they came
 * from. It is done after the merge tags are filled, so that no value of a contact can bring them in.
 */
export function cleanBody(html: string): string {
  return sanitizeHtml(html, ALLOWED);
}

export type Footer = { sender: string; postalAddress: string; unsubscribeUrl: string; words: MailWords };

function footerLines({ sender, postalAddress, words }: Footer): string[] {
  const address = postalAddress
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return [words.why.replace('{sender}', () => sender), [sender, ...address].join(', ')];
}

/** The footer of a marketing message; nobody can leave it out or write over it. */
export function footerHtml(footer: Footer): string {
  const lines = footerLines(footer).map(escapeHtml);
  lines.push(
    `<a href="${escapeHtml(footer.unsubscribeUrl)}" style="color:#6b7280;text-decoration:underline;">${escapeHtml(footer.words.unsubscribe)}</a>`,
  );
  return lines.map((line) => `<p style="margin:0 0 6px;">${line}</p>`).join('\n');
}

/** The same footer as lines of plain text. */
export function footerText(footer: Footer): string[] {
  return [...footerLines(footer), `${footer.words.unsubscribe}: ${footer.unsubscribeUrl}`];
}

export type Page = { locale: string; subject: string; preheader: string; body: string; footer: string | null };

/** The whole document. `body` and `footer` are clean HTML; subject and preheader are plain text. */
export function mailHtml({ locale, subject, preheader, body, footer }: Page): string {
  const footerRow =
    footer === null
      ? ''
      : `
<tr><td class="kanal-footer" style="padding:20px 32px 32px;font-family:${FONT};font-size:12px;line-height:18px;color:#6b7280;border-top:1px solid #e5e7eb;">
${footer}
</td></tr>`;
  return `<!doctype html>
<html lang="${escapeHtml(locale)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="x-apple-disable-message-reformatting">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escapeHtml(subject)}</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
.kanal-body p { margin: 0 0 16px; }
.kanal-body h1 { margin: 0 0 16px; font-size: 26px; line-height: 32px; }
.kanal-body h2 { margin: 24px 0 12px; font-size: 20px; line-height: 26px; }
.kanal-body h3 { margin: 20px 0 8px; font-size: 17px; line-height: 24px; }
.kanal-body img { max-width: 100%; height: auto; border: 0; }
.kanal-body a { color: #1d4ed8; }
.kanal-body blockquote { margin: 0 0 16px; padding-left: 16px; border-left: 3px solid #d1d5db; }
@media (max-width: 620px) { .kanal-body { padding: 24px 20px !important; } .kanal-footer { padding: 16px 20px 24px !important; } }
@media (prefers-color-scheme: dark) {
.kanal-page { background: #111418 !important; }
.kanal-card { background: #1b1f24 !important; }
.kanal-body { color: #e5e7eb !important; }
.kanal-body a { color: #93c5fd !important; }
.kanal-footer, .kanal-footer a { color: #9ca3af !important; border-color: #374151 !important; }
}
</style>
</head>
<body class="kanal-page" style="margin:0;padding:0;background:#f3f4f6;">
${preheader === '' ? '' : `<div style="display:none;max-height:0;max-width:0;overflow:hidden;opacity:0;font-size:1px;line-height:1px;mso-hide:all;">${escapeHtml(preheader)}${'&#847;&zwnj;&nbsp;'.repeat(30)}</div>`}
<table role="presentation" class="kanal-page" width="100%" cellpadding="0" cellspacing="0" border="0" style="background:#f3f4f6;">
<tr><td align="center" style="padding:24px 12px;">
<!--[if mso]><table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->
<table role="presentation" class="kanal-card" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px;background:#ffffff;border-radius:8px;">
<tr><td class="kanal-body" style="padding:32px;font-family:${FONT};font-size:16px;line-height:24px;color:#1f2937;word-break:break-word;">
${body}
</td></tr>${footerRow}
</table>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr>
</table>
</body>
</html>
`;
}
