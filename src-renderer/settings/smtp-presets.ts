// Servers of common providers, so that nobody has to look up a port. The user name is the whole address with all of them.
import type { Account } from '../../shared/api.ts';

export type SmtpPreset = { name: string } & Pick<Account, 'host' | 'port' | 'security'>;

export const SMTP_PRESETS: readonly SmtpPreset[] = [
  { name: 'Microsoft 365', host: 'smtp.office365.com', port: 587, security: 'starttls' },
  { name: 'Google Workspace', host: 'smtp.gmail.com', port: 465, security: 'tls' },
  { name: 'one.com', host: 'send.one.com', port: 465, security: 'tls' },
  { name: 'Simply.com', host: 'smtp.simply.com', port: 587, security: 'starttls' },
  { name: 'Loopia', host: 'mailcluster.loopia.se', port: 465, security: 'tls' },
  { name: 'home.pl', host: 'serwer.home.pl', port: 465, security: 'tls' },
  { name: 'TransIP', host: 'smtp.transip.email', port: 465, security: 'tls' },
  { name: 'Brevo', host: 'smtp-relay.brevo.com', port: 587, security: 'starttls' },
  { name: 'Mailgun (EU)', host: 'smtp.eu.mailgun.org', port: 587, security: 'starttls' },
  { name: 'Postmark', host: 'smtp.postmarkapp.com', port: 587, security: 'starttls' },
];

/** The port that goes with a kind of security. */
export const USUAL_PORTS: Record<Account['security'], number> = { tls: 465, starttls: 587, none: 25 };
