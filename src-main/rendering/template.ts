// Renders one message for one reader: Liquid, then cleaning, frame and plain text. Preview and sending both come through here
// (FEATURES A7.2). Runs in the rendering thread.
import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import type { Liquid, Template } from 'liquidjs';
import { oneLine } from '../../shared/messages/header-text.ts';
import { createLiquid, liquidOfHtml, MissingValue } from '../../shared/messages/liquid.ts';
import { faultOf } from '../../shared/messages/merge-tags.ts';
import { isTimeZone } from '../../shared/time.ts';
import { composeMail } from './compose.ts';
import type { Reader, Rendered, RenderFailure, RenderJob } from './job.ts';
import { plainText } from './plain-text.ts';
import { cleanBody, footerHtml, footerText, mailHtml } from './shell.ts';
import { contactScope } from './values.ts';
import { mailWords, readerLocale } from './words.ts';

/** Beyond this, servers refuse a mail; a template that makes so much is broken. */
const MOST_HTML = 2_000_000;
const MOST_SUBJECT = 1_000;

type Engines = { html: Liquid; text: Liquid };
type Parsed = { subject: Template[]; preheader: Template[]; body: Template[] };

const engines = new Map<string, Engines>();
let parsed: { message: string; byLocale: Map<string, Parsed> } = { message: '', byLocale: new Map() };

function enginesFor(locale: string): Engines {
  let found = engines.get(locale);
  if (found === undefined) engines.set(locale, (found = { html: createLiquid('html', locale), text: createLiquid('text', locale) }));
  return found;
}

/** Templates are parsed once for each message and locale, for as long as the same message is rendered. */
function parsedFor(message: RenderJob['message'], locale: string): Parsed {
  const key = JSON.stringify([message.subject, message.preheader, message.body]);
  if (parsed.message !== key) parsed = { message: key, byLocale: new Map() };
  let found = parsed.byLocale.get(locale);
  if (found === undefined) {
    const { html, text } = enginesFor(locale);
    found = {
      subject: text.parse(message.subject),
      preheader: text.parse(message.preheader),
      body: html.parse(liquidOfHtml(message.body)),
    };
    parsed.byLocale.set(locale, found);
  }
  return found;
}

/** Renders for one reader. What is wrong with the message or the reader's values is an answer, not an exception. */
export function renderFor(job: RenderJob, reader: Reader): Rendered {
  const { message, workspace, from } = job;
  const locale = readerLocale(reader.values['language'], workspace.locale);
  const words = mailWords(locale);
  const zone =
    typeof reader.values['time_zone'] === 'string' && isTimeZone(reader.values['time_zone']) ? reader.values['time_zone'] : workspace.zone;
  let subject: string, preheader: string, body: string;
  try {
    const templates = parsedFor(message, locale);
    const { html, text } = enginesFor(locale);
    const scope = {
      contact: contactScope(reader.values, job.kinds, { locale, zone, currency: workspace.currency }),
      workspace: { name: workspace.name, postal_address: workspace.postalAddress },
      unsubscribe_url: reader.unsubscribeUrl,
      now: 'now',
    };
    const globals = { now: job.now, yes: words.yes, no: words.no };
    subject = oneLine(text.renderSync(templates.subject, scope, { globals }) as string);
    preheader = oneLine(text.renderSync(templates.preheader, scope, { globals }) as string);
    body = html.renderSync(templates.body, scope, { globals }) as string;
  } catch (error) {
    return failureOf(error);
  }
  if (body.length > MOST_HTML || subject.length > MOST_SUBJECT)
    return { failure: 'too-big', detail: body.length > MOST_HTML ? 'body' : 'subject' };
  if (subject === '') return { failure: 'missing-value', detail: 'subject' };
  const clean = cleanBody(body);
  const isMarketing = message.purpose === 'marketing';
  const footer = isMarketing
    ? { sender: from.name || workspace.name, postalAddress: workspace.postalAddress, unsubscribeUrl: reader.unsubscribeUrl, words }
    : null;
  subject = `${job.subjectPrefix ?? ''}${subject}`;
  const html = mailHtml({ locale, subject, preheader, body: clean, footer: footer && footerHtml(footer) });
  const text = plainText(clean, footer && footerText(footer));
  const headers = headersOf(isMarketing, reader.unsubscribeUrl);
  if (reader.to === null || reader.messageId === null) return { subject, preheader, html, text, headers, bytes: null };
  const eml = composeMail({
    from,
    to: reader.to,
    subject,
    html,
    text,
    messageId: reader.messageId,
    headers,
    date: new Date(job.now),
  });
  return {
    subject,
    preheader,
    html,
    text,
    headers,
    bytes: {
      eml,
      compressed: new Uint8Array(deflateRawSync(eml, { level: 5, windowBits: 14, memLevel: 6, chunkSize: 4096 })),
      hash: createHash('sha256').update(eml).digest('hex'),
    },
  };
}

/**
 * Auto-Submitted keeps well-behaved vacation responders from answering a machine (RFC 3834). Precedence says the same to the
 * old ones that know nothing else, and is left off personal transactions. List-Unsubscribe is RFC 2369; the one-click form of
 * RFC 8058 needs a web address, which a desktop does not have (FAULTS 0.9), and is not pretended.
 */
function headersOf(isMarketing: boolean, unsubscribeUrl: string): Record<string, string> {
  return isMarketing
    ? { 'List-Unsubscribe': `<${unsubscribeUrl}>`, 'Auto-Submitted': 'auto-generated', Precedence: 'bulk' }
    : { 'Auto-Submitted': 'auto-generated' };
}

function failureOf(error: unknown): RenderFailure {
  const cause = (error as { originalError?: unknown }).originalError ?? error;
  const token = (error as { token?: { getText?(): string } }).token?.getText?.() ?? '';
  if (cause instanceof MissingValue) {
    const name = /^\{\{-?\s*([A-Za-z_][\w.]*)/.exec(token)?.[1];
    return { failure: 'missing-value', detail: name ?? token.slice(0, 100) };
  }
  const { message, line } = faultOf(error);
  return { failure: 'template', detail: `${message}${token === '' ? '' : ` (${token.slice(0, 100)})`}, line ${line}` };
}
