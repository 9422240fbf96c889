// Why a message was not sent, or not yet: the codes of the ledger that have words.

export const REASONS = [
  'address-dead', 'address-refused', 'mailbox-full', 'message-refused', 'gave-up', 'smtputf8', 'deferred', 'server-refused',
  'flow-ended', 'enrollment-ended', 'enrollment-moved', 'no-contact', 'sent-before', 'sent-by-step', 'no-channel', 'message-missing', 'suppressed', 'consent-withdrawn',
  'no-consent', 'audience', 'frequency-cap', 'waiting-for-slot', 'quiet-hours', 'late', 'skipped-on-resume', 'no-address', 'bad-address', 'fuse', 'missing-value', 'template', 'too-slow', 'too-big',
  'flow-archived', 'step-removed', 'resend', 'by-user',
] as const;
export type Reason = (typeof REASONS)[number];

export function isKnownReason(code: string): code is Reason {
  return (REASONS as readonly string[]).includes(code);
}
