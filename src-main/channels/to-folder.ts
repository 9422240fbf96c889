// Mail into a folder: one .eml file for each message, named by its Message-ID, so that a message can be there only once.
import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Delivery, MailChannel } from './channel.ts';

/** Makes the folder where it is missing. Refuses a path that cannot be one. */
export function folderChannel(folder: string, defaultFrom: MailChannel['defaultFrom']): MailChannel {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    refuse(
      'folder-unusable',
      say('The folder {folder} cannot be used for mail: {reason}. Choose another one.', { folder, reason: (error as Error).message }),
      { file: folder },
    );
  }
  const fileOf = (messageId: string) => join(folder, `${messageId.replaceAll(/[^A-Za-z0-9@._-]/g, '_').slice(0, 200)}.eml`);
  return {
    name: folder,
    defaultFrom,
    reachesNobody: true,
    connections: 4,
    async deliver(mail, handed): Promise<Delivery> {
      const file = fileOf(mail.messageId);
      if (!(await handed(mail.eml))) return { result: 'failed', temporary: true, scope: 'message', code: 'not-handed', response: '' };
      return write(file, mail.eml);
    },
    hasDelivered: (messageId) => existsSync(fileOf(messageId)),
    close: () => Promise.resolve(),
  };
}

/** The whole file appears at once, or nothing does: written aside, then linked to its name, which fails where that is taken. */
function write(file: string, bytes: Buffer): Delivery {
  const aside = `${file}.part`;
  try {
    const handle = openSync(aside, 'w');
    try {
      writeSync(handle, bytes);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    linkSync(aside, file);
    return { result: 'sent', response: file };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    // Written by an earlier attempt whose end was not recorded: it is there, and stays there once.
    if (code === 'EEXIST') return { result: 'sent', response: `${file} was there already` };
    return { result: 'failed', temporary: true, scope: 'network', code: 'folder', response: (error as Error).message };
  } finally {
    rmSync(aside, { force: true });
  }
}
