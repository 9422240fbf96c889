// The transports of the command line: "smtp://host:port" and "folder:DIR".
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { MailChannel } from './channel.ts';
import { isLoopbackHost } from './loopback.ts';
import { smtpChannel } from './smtp.ts';
import { folderChannel } from './to-folder.ts';

const DEFAULT_FROM = { name: '', address: 'kanal@localhost' };

type Transport = { folder: string } | { host: string; port: number };

/**
 * The channel that a transport names. A server gets plain SMTP without a sign-in where it is this computer; anywhere else the
 * connection must be encrypted (STARTTLS). Refuses anything that is neither form, with the sentence that says so.
 */
export function channelFromTransport(transport: string): MailChannel {
  const read = readTransport(transport);
  if ('folder' in read) return folderChannel(read.folder, DEFAULT_FROM);
  return smtpChannel({
    ...read,
    security: isLoopbackHost(read.host) ? 'none' : 'starttls',
    user: '',
    password: null,
    defaultFrom: DEFAULT_FROM,
  });
}

/** Whether mail by this transport stays on this computer: a folder, or a server on a loopback address. Throws as `channelFromTransport`. */
export function isLoopback(transport: string): boolean {
  const read = readTransport(transport);
  return 'folder' in read || isLoopbackHost(read.host);
}

function readTransport(transport: string): Transport {
  const folder = /^folder:(.+)$/s.exec(transport)?.[1]?.trim();
  if (folder !== undefined && folder !== '') return { folder };
  const server = /^smtp:\/\/(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):(\d{1,5})\/?$/.exec(transport);
  const port = Number(server?.[2]);
  if (server === null || port < 1 || port > 65_535) {
    refuse(
      'bad-transport',
      say(
        '"{transport}" is not a transport. Write smtp://HOST:PORT, such as smtp://127.0.0.1:2525, or folder:DIRECTORY, such as folder:./mail.',
        { transport: transport.slice(0, 200) },
      ),
    );
  }
  return { host: server[1]!.replaceAll(/[[\]]/g, ''), port };
}
