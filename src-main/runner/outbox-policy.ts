// What follows from how a delivery ended: settled for good, planned again, or a pause for everything. Pure; the one place
// where the numbers stand.
import type { Delivery } from '../channels/channel.ts';
import { HOUR, MINUTE } from '../../shared/time.ts';

export type Aftermath =
  | { to: 'sent'; response: string }
  | { to: 'unknown'; response: string }
  | { to: 'failed'; reason: FailReason; response: string; deadAddress: boolean }
  | { to: 'held'; reason: 'server-refused'; response: string }
  /** `inMs` null: due at once, when the pause is over. `consumed`: it counts as one of the attempts. */
  | { to: 'planned'; inMs: number | null; consumed: boolean; reason: 'deferred' | 'server-refused' | null; response: string };

/**
 * address-dead: no such mailbox, for certain. address-refused, mailbox-full: refused for this address, which may live.
 * message-refused: too big, or not understood. gave-up: put off as often as is sensible. smtputf8: the server cannot write
 * to such an address.
 */
export type FailReason = 'address-dead' | 'address-refused' | 'mailbox-full' | 'message-refused' | 'gave-up' | 'smtputf8' | 'bad-address';

/** Waits after each answer of "not now": never under 30 minutes (RFC 5321 4.5.4.1), in all a good two days (FAULTS F23). */
export const RETRY_AFTER_MS = [30 * MINUTE, 2 * HOUR, 12 * HOUR, 36 * HOUR] as const;
export const MOST_ATTEMPTS = RETRY_AFTER_MS.length + 1;

/** How long everything pauses after trouble with the server or the account, by the number of failures in a row. */
export function pauseMs(failures: number): number {
  return Math.min(MINUTE * 2 ** Math.max(0, failures - 1), 30 * MINUTE);
}

/** Whether this says that nothing else would get through either (FAULTS F24, F28, F29). */
export function stopsTheChannel(delivery: Delivery): boolean {
  return delivery.result === 'failed' && (delivery.scope === 'account' || delivery.scope === 'network');
}

/** The only codes that say that a mailbox does not exist; everything else may be about us (FAULTS 0.10). */
const DEAD = new Set(['5.1.1', '5.1.10']);

/** What becomes of the message. `attempts`: how often a server has answered about it before. */
export function aftermath(delivery: Delivery, attempts: number): Aftermath {
  const { response } = delivery;
  if (delivery.result !== 'failed') return { to: delivery.result, response };
  const { scope, temporary, code } = delivery;
  const isLast = attempts + 1 >= MOST_ATTEMPTS;
  const inMs = RETRY_AFTER_MS[Math.min(attempts, RETRY_AFTER_MS.length - 1)]!;
  if (code === 'not-handed') return { to: 'planned', inMs: null, consumed: false, reason: null, response: '' };
  if (scope === 'network') return { to: 'planned', inMs: null, consumed: false, reason: null, response };
  if (scope === 'account') {
    // Said before any message: the list is not touched. Said of a message: the others go first next time, and one that is
    // refused again and again while they get through is shown to a person instead of stopping everybody for ever.
    if (delivery.ofMessage !== true) return { to: 'planned', inMs: null, consumed: false, reason: null, response };
    return isLast
      ? { to: 'held', reason: 'server-refused', response }
      : { to: 'planned', inMs, consumed: true, reason: 'server-refused', response };
  }
  if (temporary)
    return isLast
      ? { to: 'failed', reason: 'gave-up', response, deadAddress: false }
      : { to: 'planned', inMs, consumed: true, reason: 'deferred', response };
  return { to: 'failed', reason: reasonFor(scope, code), response, deadAddress: scope === 'recipient' && DEAD.has(code) };
}

function reasonFor(scope: 'recipient' | 'message', code: string): FailReason {
  if (scope === 'message') return 'message-refused';
  if (code === 'smtputf8' || code === 'bad-address') return code;
  if (DEAD.has(code)) return 'address-dead';
  return code.startsWith('5.2.') || code === '552' ? 'mailbox-full' : 'address-refused';
}
