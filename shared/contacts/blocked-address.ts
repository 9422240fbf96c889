// What may stand on a list of those never to be written to: an e-mail address, a phone number, or a whole domain.
import { say, type Text } from '../text.ts';
import { normaliseEmail, normalisePhone } from './address.ts';
import type { Channel } from './contact.ts';

/** Why an address is never to be written to, as codes that have words in the window; any other reason is in a person's own words. */
export const SUPPRESSION_REASONS = ['user', 'unsubscribed', 'complaint', 'bounced', 'import', 'erased'] as const;

/**
 * The stored form: an address or number as contacts have it, or "@example.com" for "*@example.com" (also written "@example.com").
 * A domain means its own addresses, not those of its subdomains. `country` is meant where a number has no country code.
 */
export function blockedAddress(text: string, country: string): { channel: Channel; address: string } | { reason: Text } {
  const plain = text.trim();
  const domain = /^\*?@(.*)$/s.exec(plain)?.[1];
  if (domain !== undefined) {
    const read = normaliseEmail(`x@${domain}`);
    return 'email' in read ? { channel: 'email', address: read.email.slice(1) } : { reason: say('"{address}" is no domain. Write *@example.com.', { address: plain.slice(0, 100) }) };
  }
  if (!plain.includes('@')) {
    const read = normalisePhone(plain, country);
    return 'phone' in read ? { channel: 'sms', address: read.phone } : { reason: say('"{address}" is neither an e-mail address nor a phone number.', { address: plain.slice(0, 100) }) };
  }
  const read = normaliseEmail(plain);
  return 'email' in read ? { channel: 'email', address: read.email } : read;
}
