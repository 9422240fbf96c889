// What a message is called outside: its Message-ID and its unsubscribe token. Both follow from the ledger key and a secret of
// the workspace, so a second delivery can be recognised and a token cannot be forged (FAULTS 1.4).
import { createHmac, timingSafeEqual } from 'node:crypto';
import { randomToken } from '../ids.ts';
import { remember, remembered } from '../store/runner-state.ts';
import type { Workspace } from '../workspace.ts';

const SECRET = 'mail_secret';

/** The workspace's secret for tokens, made when it is first needed. */
export function mailSecret(workspace: Workspace): string {
  const known = remembered<string>(workspace, SECRET);
  if (known !== null) return known;
  const made = randomToken();
  remember(workspace, SECRET, made);
  return made;
}

function mark(secret: string, purpose: string, key: string): string {
  return createHmac('sha256', secret).update(`${purpose}\n${key}`).digest('base64url').replaceAll(/[-_]/g, 'x').slice(0, 24);
}

/** Without angle brackets; always the same for a ledger key and a sender's domain. */
export function messageIdFor(secret: string, key: string, fromAddress: string): string {
  return `kanal.${mark(secret, 'message', key)}@${fromAddress.slice(fromAddress.lastIndexOf('@') + 1) || 'localhost'}`;
}

/** Names the message whose reader unsubscribes, and says nothing about the reader. */
export function unsubscribeToken(secret: string, outboxId: number, key: string): string {
  return `${outboxId.toString(36)}.${mark(secret, 'unsubscribe', key)}`;
}

/** Where an unsubscribe link leads: a mail to the sender with the token in its subject (RFC 2369). */
export function unsubscribeUrl(fromAddress: string, token: string): string {
  return `mailto:${fromAddress}?subject=${encodeURIComponent(`unsubscribe ${token}`)}`;
}

/** The id of the message that a token names; `null` for a token that this workspace did not make. `keyOf` finds the ledger key of an id. */
export function messageOfToken(secret: string, token: string, keyOf: (outboxId: number) => string | undefined): number | null {
  const found = /^([0-9a-z]{1,12})\.([A-Za-z0-9]{24})$/.exec(token);
  if (found === null) return null;
  const id = Number.parseInt(found[1]!, 36);
  const key = keyOf(id);
  if (key === undefined) return null;
  return timingSafeEqual(Buffer.from(mark(secret, 'unsubscribe', key)), Buffer.from(found[2]!)) ? id : null;
}
