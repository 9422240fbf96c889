// What windows and commands hear about consent, suppression and erasure.
import type { Channel } from './contact.ts';

/** What people may agree to beside a channel as a whole: "newsletter", "events". Archived ones are not offered any more. */
export type ConsentTopic = { key: string; name: string; archived: boolean };

/**
 * An address (or, with `kind` domain, "*@example.com") never to be written to. `erased`: the person behind it was erased, so only a
 * keyed hash is kept and there is no address to show. `reason`: a code (user, unsubscribed, complaint, bounced, erased, import) or
 * words. `contact`: who has the address now.
 */
export type SuppressionRow = {
  id: number;
  channel: Channel;
  kind: 'address' | 'domain' | 'erased';
  address: string | null;
  reason: string;
  source: string;
  at: number;
  contact: number | null;
};

/**
 * What the guard file has changed in a workspace that was older than it, until the user has seen it. `trouble`: the guard was
 * missing (and is written anew), parts of it were damaged, or it cannot be written.
 */
export type GuardNotice = {
  at: number;
  suppressions: number;
  erasures: number;
  withdrawals: number;
  messages: number;
  flowsPaused: number;
  trouble: 'missing' | 'damaged' | 'unwritable' | null;
};
