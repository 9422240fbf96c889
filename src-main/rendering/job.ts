// What goes to the rendering thread and what comes back: plain data only.
import type { AttributeKind, AttributeValue } from '../../shared/contacts/contact.ts';
import type { Message } from '../../shared/flow/flow.ts';
import type { Instant } from '../../shared/time.ts';

export type Reader = {
  values: Record<string, AttributeValue>;
  /** The address of the envelope; null in a preview. */
  to: string | null;
  /** Without angle brackets; null in a preview: no bytes are made. */
  messageId: string | null;
  /** What `{{ unsubscribe_url }}` and the footer lead to. */
  unsubscribeUrl: string;
};

/** One message for many readers. */
export type RenderJob = {
  message: Pick<Message, 'purpose' | 'subject' | 'preheader' | 'body'>;
  kinds: Record<string, AttributeKind>;
  workspace: { name: string; postalAddress: string; locale: string; zone: string; currency: string };
  from: { name: string; address: string };
  now: Instant;
  readers: Reader[];
  /** Written before the subject, as in test mails. */
  subjectPrefix?: string;
};

export type RenderedMail = {
  subject: string;
  preheader: string;
  html: string;
  text: string;
  headers: Record<string, string>;
  /** The bytes as they leave, what the ledger keeps of them (raw deflate), and their SHA-256; null in a preview. */
  bytes: { eml: Uint8Array<ArrayBuffer>; compressed: Uint8Array<ArrayBuffer>; hash: string } | null;
};

/**
 * `missing-value`: `detail` is the merge tag that has neither value nor fallback. `template`: the Liquid failed or asked for
 * too much; `detail` says where. `too-slow`: it had to be stopped. `too-big`: more than a mail may hold.
 */
export type RenderFailure = { failure: 'missing-value' | 'template' | 'too-slow' | 'too-big'; detail: string };

export type Rendered = RenderedMail | RenderFailure;

export type WorkerRequest = {
  id: number;
  job: RenderJob;
  /** Where to go on: earlier readers are known. */ from: number;
  progress: SharedArrayBuffer;
};
export type WorkerAnswer = { id: number; from: number; rendered: Rendered[] };
