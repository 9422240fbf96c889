// What windows and commands hear about consent, suppression, erasure, and how long people are kept.
import { z } from 'zod';
import { CHANNELS } from './contact.ts';

/** What people may agree to beside a channel as a whole: "newsletter", "events". Archived ones are not offered any more. */
export type ConsentTopic = { key: string; name: string; archived: boolean };

/** By what a person is never written to, or, once erased, never let in again: what a channel reaches, or the id that another program knows them by. */
export const BARRED_BY = [...CHANNELS, 'external_id'] as const;
export type BarredBy = (typeof BARRED_BY)[number];

/**
 * An address (or, with `kind` domain, "*@example.com") never to be written to. `erased`: the person behind it was erased, so only a
 * keyed hash is kept and there is no address to show. `reason`: a code (user, unsubscribed, complaint, bounced, erased, import) or
 * words. `contact`: who has the address now.
 */
export type SuppressionRow = {
  id: number;
  channel: BarredBy;
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

/**
 * How long contacts are kept of whom nothing is heard: after so many `months` without anything that they did themselves they are
 * put on a list; there a person decides (`review`), or they are erased when `graceDays` are over. 0 months: they are kept.
 */
export const retentionSchema = z.strictObject({
  months: z.int().min(0).max(600),
  action: z.enum(['review', 'erase']),
  graceDays: z.int().min(1).max(365),
});
export type RetentionRule = z.infer<typeof retentionSchema>;
export const DEFAULT_RETENTION: RetentionRule = { months: 0, action: 'review', graceDays: 30 };

/** `name`: address, number or external id. `lastHeard`: the last sign of life, or when they were added. `eraseAt` null: a person decides. */
export type RetentionRow = { contact: number; name: string; lastHeard: number; eraseAt: number | null };
