// What a channel for mail is to the outbox. Everything that touches the network stands behind this.
import type { Account } from '../../shared/api.ts';
import type { MailParts } from '../rendering/compose.ts';

/** `messageId` is made from the ledger key, so that a second delivery can be recognised. */
export type OutgoingMail = MailParts & {
  /** All of it as the bytes that leave: what the ledger keeps, hash and all (FEATURES D26). */
  eml: Buffer;
};

/**
 * How a delivery ended. `failed` before the body was handed over is safe to retry; `unknown` never is (FAULTS 0.1, 2.0).
 * `scope` tells a dead address from trouble with the account or the server, which must not burn the list (FAULTS F24).
 */
export type Delivery =
  | { result: 'sent'; response: string }
  | {
      result: 'failed';
      temporary: boolean;
      scope: 'recipient' | 'message' | 'account' | 'network';
      code: string;
      response: string;
      /** It was said of this very message, though it may be meant for all. */ ofMessage?: boolean;
    }
  | { result: 'unknown'; response: string };

/** How many deliveries run at the same time where a channel does not say. */
export const CONNECTIONS = 4;

export type MailChannel = {
  /** For the user: "smtp.example.com", "folder /tmp/mail". */
  name: string;
  /** Who writes, where no account of the workspace says so. */
  defaultFrom: { name: string; address: string } | null;
  /** True where mail reaches nobody: a folder. The sample workspace sends by no other. */
  reachesNobody?: boolean;
  /** How many deliveries may run at the same time; CONNECTIONS where it does not say. */
  connections?: number;
  /**
   * Delivers one mail to one recipient. Calls `handed` when the server has asked for the body and waits for its answer before
   * any of the body leaves: `true` when the ledger has committed it, `false` when it must not leave (somebody unsubscribed a
   * moment ago); the delivery is then broken off and comes back as `failed` with the code "not-handed". Rejects only when
   * `handed` does; everything that the other side does is a Delivery.
   */
  deliver(mail: OutgoingMail, handed: (eml: Buffer | null) => Promise<boolean>): Promise<Delivery>;
  /** Connects and signs in, sends nothing; answers the greeting, or how it went wrong. */
  check?(): Promise<{ greeting: string } | (Delivery & { result: 'failed' })>;
  /** Whether a mail with this Message-ID is there for certain; asked after a crash. Channels that cannot know leave it out. */
  hasDelivered?(messageId: string): boolean;
  /** Ends what is open. Deliveries under way come back as `unknown` where the body may have left, and as `failed` where not. */
  close(): Promise<void>;
};

/** Opens a channel for an account of the workspace. */
export type OpenChannel = (account: Account, password: string | null) => MailChannel;
