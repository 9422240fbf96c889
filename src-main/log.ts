// The log of bugs: a file in the program's own folder, rotated and capped, without anybody's address (FAULTS F51).
import { join } from 'node:path';
import logger from 'electron-log/node';
import type { Log } from './dispatch.ts';

/** One megabyte, then the file is put aside once: two megabytes at the most. */
const LARGEST = 1_048_576;

export type LogFile = { file: string; log: Log };

/** Opens the log of one process: `name` is "window", "machine" or "command". */
export function openLog(dataFolder: string, name: string): LogFile {
  const file = join(dataFolder, 'logs', `${name}.log`);
  const mine = logger.create({ logId: file });
  mine.transports.console.level = false;
  // Otherwise it looks for a package.json in the current folder, and writes nothing where there is none.
  mine.transports.file.setAppName('Kanal');
  mine.transports.file.resolvePathFn = () => file;
  mine.transports.file.maxSize = LARGEST;
  mine.transports.file.format = '{y}-{m}-{d} {h}:{i}:{s} {text}';
  return {
    file,
    log(message, error) {
      mine.error(withoutAddresses(`${message}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`));
    },
  };
}

/** Puts [address] where a mail address, and [secret] where a bearer token stands. */
export function withoutAddresses(text: string): string {
  // Bounded repetitions: a long line without an address is looked at once, not once from each of its letters.
  return text
    .replace(/[^\s<>"'(),;:=@]{1,64}@[^\s<>"'(),;:@]{1,255}/g, '[address]')
    .replace(/(token=|kanal\.|Bearer )[A-Za-z0-9_-]{16,}/g, '$1[secret]');
}
