// The mail that tries an account: a few words of the program's own, so that it can be sent before there is any message.
import { escapeHtml } from '../../shared/messages/liquid.ts';
import type { OutgoingMail } from '../channels/channel.ts';
import { composeMail } from './compose.ts';
import { mailHtml } from './shell.ts';

/** `{server}` is replaced. */
const WORDS = {
  en: { subject: 'Test mail from Kanal', body: 'This mail came by {server}. If you can read it, Kanal can send with this account.' },
  da: { subject: 'Testmail fra Kanal', body: 'Denne mail kom via {server}. Hvis du kan læse den, kan Kanal sende med denne konto.' },
  nl: { subject: 'Testmail van Kanal', body: 'Deze mail kwam via {server}. Als u hem kunt lezen, kan Kanal met dit account verzenden.' },
  pl: { subject: 'Wiadomość testowa z Kanal', body: 'Ta wiadomość przyszła przez {server}. Jeśli można ją odczytać, Kanal może wysyłać z tego konta.' },
  sv: { subject: 'Testmejl från Kanal', body: 'Det här mejlet kom via {server}. Om du kan läsa det kan Kanal skicka med det här kontot.' },
} as const;

type Test = { from: OutgoingMail['from']; to: string; server: string; locale: string; messageId: string; date: Date };

/** The mail down to its bytes, in the language of `locale`; English where the program does not speak it. */
export function accountTestMail({ from, to, server, locale, messageId, date }: Test): OutgoingMail {
  const language = locale.slice(0, 2).toLowerCase();
  const words = WORDS[Object.hasOwn(WORDS, language) ? (language as keyof typeof WORDS) : 'en'];
  const text = words.body.replace('{server}', server);
  const html = mailHtml({ locale, subject: words.subject, preheader: '', body: `<p>${escapeHtml(text)}</p>`, footer: null });
  const mail = { from, to, subject: words.subject, html, text: `${text}\n`, messageId, headers: { 'Auto-Submitted': 'auto-generated' }, date };
  return { ...mail, eml: composeMail(mail) };
}
