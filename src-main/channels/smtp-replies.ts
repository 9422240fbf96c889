// What an SMTP server's answer, or its silence, means: for this address, this message, or everything that would follow. Pure.
// nodemailer's error codes do not tell whether a message may have been stored (FAULTS 0.1); whether its body had begun to
// leave does, and the caller says so.
import type { Delivery } from './channel.ts';

/** The parts of nodemailer's errors that mean something. */
export type SmtpError = {
  code?: string;
  command?: string;
  response?: string;
  responseCode?: number;
  message?: string;
  originalCode?: string;
};

type Failed = Delivery & { result: 'failed' };
type Stage = 'connect' | 'sender' | 'recipient' | 'data';

const MOST_RESPONSE = 500;

/** How a delivery that ended in an error has ended. `bodyLeft`: some of the message may have reached the server. */
export function deliveryOf(error: SmtpError, bodyLeft: boolean): Delivery {
  const code = error.responseCode ?? 0;
  const answered = code >= 400 && code <= 599 && error.code !== 'EPROTOCOL';
  // After the body only an answer to it says anything: a timeout, a reset or a close leave it open for ever (FAULTS F25).
  if (bodyLeft) return answered ? refusal('data', code, error.response ?? '') : { result: 'unknown', response: wordsOf(error) };
  return answered || (code >= 400 && code <= 599) ? refusal(stageOf(error.command ?? ''), code, error.response ?? '') : trouble(error);
}

function stageOf(command: string): Stage {
  if (command === 'MAIL FROM') return 'sender';
  if (command === 'RCPT TO') return 'recipient';
  return command === 'DATA' ? 'data' : 'connect';
}

/** The enhanced status of a reply ("5.1.1"), or `null` (RFC 3463). */
function enhancedStatus(response: string): string | null {
  return /^\d{3}[ -](\d\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1] ?? null;
}

/** Sender's faults of the 5.1 class: everything else in it is about the recipient's address. */
const SENDER_ADDRESS = new Set(['5.1.7', '5.1.8']);

/** A reply of 4xx or 5xx. Only what is certainly about the address is held against the address (FAULTS 0.10, F24). */
function refusal(stage: Stage, code: number, response: string): Failed {
  const enhanced = enhancedStatus(response);
  const failed = (scope: Failed['scope'], temporary = false): Failed => ({
    result: 'failed',
    temporary,
    scope,
    code: enhanced ?? String(code),
    response: response.slice(0, MOST_RESPONSE),
    ofMessage: stage !== 'connect',
  });
  // 421: the server wants to be left alone for a while, whatever it was asked (RFC 5321 4.2.1, FAULTS F29).
  if (code === 421) return { ...failed('network', true), code: '421' };
  if (code < 500) {
    if (stage === 'recipient') return failed('recipient', true);
    return failed(stage === 'data' ? 'message' : 'account', true);
  }
  if (stage === 'connect') return failed('account');
  const isAbout = (kind: string) => enhanced?.startsWith(`5.${kind}.`) ?? false;
  if (enhanced === '5.3.4') return failed('message');
  if (stage === 'sender') return failed(enhanced === null && code === 552 ? 'message' : 'account');
  if ((isAbout('1') && !SENDER_ADDRESS.has(enhanced!)) || isAbout('2')) return failed('recipient');
  if (stage === 'recipient') {
    if (isAbout('4') || isAbout('6')) return failed('recipient');
    if (enhanced !== null) return failed('account');
    return failed([550, 551, 552, 553].includes(code) ? 'recipient' : 'account');
  }
  if (isAbout('6')) return failed('message');
  return failed(enhanced === null && code === 552 ? 'recipient' : 'account');
}

/** Nothing was answered, and nothing had left: the way to the server is in trouble, not the message. */
function trouble(error: SmtpError): Failed {
  const words = wordsOf(error);
  const cause = `${error.originalCode ?? ''} ${error.code ?? ''}`;
  const failed = (scope: Failed['scope'], code: string): Failed => ({ result: 'failed', temporary: true, scope, code, response: words });
  if (/CERT|ETLS|ERR_TLS|ERR_SSL|EPROTO\b|SIGNATURE|SELF_SIGNED/.test(cause) || /certificate|STARTTLS|TLS/i.test(error.message ?? ''))
    return failed('account', 'tls');
  if (/EDNS|ENOTFOUND|EAI_AGAIN/.test(cause)) return failed('network', 'dns');
  if (/ECONNREFUSED/.test(cause)) return failed('network', 'refused');
  if (/EAUTH/.test(cause)) return failed('account', 'auth');
  if (/ETIMEDOUT/.test(cause)) return failed('network', 'timeout');
  return failed('network', 'closed');
}

function wordsOf(error: SmtpError): string {
  return (error.response ?? error.message ?? '').slice(0, MOST_RESPONSE);
}
