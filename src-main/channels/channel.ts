// What a channel for mail is to the outbox. Everything that touches the network stands behind this.
import type { Account } from '../../shared/api.ts';

export type OutgoingMail = {
  from: { name: string; address: string };
  to: string;
  subject: string;
  html: string;
  text: string;
  /** Without angle brackets; made from the ledger key, so that a second delivery can be recognised. */
  messageId: string;
  headers: Record<string, string>;
  date: Date;
};

/**
 * How a delivery ended. `failed` before the body was handed over is safe to retry; `unknown` never is (FAULTS 0.1, 2.0).
 * `scope` tells a dead address from trouble with the account or the server, which must not burn the list (FAULTS F24).
 */
export type Delivery =
  | { result: 'sent'; response: string }
  | { result: 'failed'; temporary: boolean; scope: 'recipient' | 'message' | 'account' | 'network'; code: string; response: string }
  | { result: 'unknown'; response: string };

export type MailChannel = {
  /** For the user: "smtp.example.com", "folder /tmp/mail". */
  name: string;
  /** Who writes, where no account of the workspace says so. */
  defaultFrom: { name: string; address: string } | null;
  /** Delivers one mail to one recipient. Calls `handed` (which commits) when the server has asked for the body, before any of it leaves. */
  deliver(mail: OutgoingMail, handed: (eml: Buffer | null) => void): Promise<Delivery>;
  close(): Promise<void>;
};

/** Opens a channel for an account of the workspace. */
export type OpenChannel = (account: Account, password: string | null) => MailChannel;
