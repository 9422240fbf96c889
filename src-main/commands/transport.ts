// Where `run` hands its mail over instead of to the workspace's accounts: a folder, or a mail server named on the command line.
import { isIPv4 } from 'node:net';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';

export type Transport = { kind: 'folder'; folder: string } | { kind: 'smtp'; host: string; port: number };

const SMTP_PORT = 25;

/** Reads "folder:DIR" or "smtp://host:port". Throws a ProblemError that says what is allowed. */
export function readTransport(text: string): Transport {
  if (text.startsWith('folder:') && text.length > 'folder:'.length) return { kind: 'folder', folder: text.slice('folder:'.length) };
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain = url?.protocol === 'smtp:' && url.hostname !== '' && url.username === '' && url.password === '' && ['', '/'].includes(url.pathname) && url.search === '';
  if (url === null || !isPlain) {
    refuse('transport', say('"{text}" is no transport. Write smtp://host:port, such as smtp://127.0.0.1:2525, or folder: and a folder, such as folder:out.', { text }), { field: '--transport' });
  }
  return { kind: 'smtp', host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: url.port === '' ? SMTP_PORT : Number(url.port) };
}

/** Whether it cannot leave this computer: a folder, or an address of the machine itself, written out (FAULTS 0.12: exact, no prefixes). */
export function isLocal(transport: Transport): boolean {
  if (transport.kind === 'folder') return true;
  const { host } = transport;
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
