// The file that is being imported: is it there, is it text at all, and its bytes in pieces.
import { isAscii } from 'node:buffer';
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync, type Stats } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { isOfWorkspace } from '../store/database.ts';
import { isHeld } from '../store/lock.ts';

/**
 * How much is read at a time: some milliseconds of work, so that other calls are answered in between. The text of more than this
 * would be too large for the space where V8 keeps what is soon gone, and clearing it away would take a tenth of the reading.
 */
const PIECE = 60 * 1024;
/** How much is looked through at a time for a single byte. */
const MOST_AT_ONCE = 1024 * 1024;

/** The size of a file that can be imported; refuses a file that is missing, a folder, a workspace, or empty. Ask before anything opens it. */
export function sourceSize(file: string): number {
  const found = statOf(file);
  const name = basename(file);
  if (found === null) return refuseMissing(file);
  if (found.isDirectory()) refuse('not-a-file', say('{file} is a folder. Choose a CSV file inside it.', { file }), { file });
  refuseWorkspace(file, found);
  if (!found.isFile()) refuse('not-a-file', say('{file} is not an ordinary file. Choose a CSV file.', { file }), { file });
  if (found.size === 0) refuse('file-empty', say('{name} is empty: 0 bytes. Export it again from the program that made it.', { name }), { file });
  return found.size;
}

/** Refuses to read in a workspace, by its name or because it is open here under another one: to open and close it would take its locks away. */
export function refuseWorkspace(file: string, found: Stats): void {
  if (isOfWorkspace(file) || isHeld(found)) {
    refuse('is-workspace', say('{name} is a workspace of Kanal, not a table. To bring its contacts in, open it, export them as CSV, and import that file.', { name: basename(file) }), { file });
  }
}

function statOf(file: string): Stats | null {
  try {
    return statSync(file);
  } catch (error) {
    return unreadable(file, error);
  }
}

/** The first bytes of a file. Refuses what is plainly not text: workbooks, archives, pictures, databases. */
export function readHead(file: string, length: number): Buffer {
  const size = sourceSize(file);
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (error) {
    return unreadable(file, error) ?? refuseMissing(file);
  }
  try {
    const bytes = Buffer.alloc(Math.min(size, length));
    const got = readSync(handle, bytes, 0, bytes.length, 0);
    const head = bytes.subarray(0, got);
    refuseWhatIsNotText(file, head);
    return head;
  } finally {
    closeSync(handle);
  }
}

/** The bytes of a file from its beginning, piece by piece. A piece holds only until the next one is asked for. */
export async function* piecesOf(file: string): AsyncGenerator<Buffer> {
  // In a thread of its own nobody waits for anything else: there reading at once is quicker than asking for it.
  try {
    if (isMainThread) yield* piecesAhead(file);
    else yield* piecesAtOnce(file);
  } catch (error) {
    if (unreadable(file, error) === null) refuseMissing(file);
  }
}

/** By what a file that was changed meanwhile is told from the one that it was; `null`: it is gone. */
export function fileStamp(file: string): string | null {
  const found = statSync(file, { throwIfNoEntry: false });
  return found === undefined ? null : `${found.size} ${found.mtimeMs}`;
}

function* piecesAtOnce(file: string): Generator<Buffer> {
  const handle = openSync(file, 'r');
  try {
    const room = Buffer.allocUnsafe(PIECE);
    for (let bytesRead; (bytesRead = readSync(handle, room, 0, PIECE, null)) > 0; ) yield room.subarray(0, bytesRead);
  } finally {
    closeSync(handle);
  }
}

/** The next piece is read while one is worked on. */
async function* piecesAhead(file: string): AsyncGenerator<Buffer> {
  const handle = await open(file, 'r');
  let [room, other] = [Buffer.allocUnsafe(PIECE), Buffer.allocUnsafe(PIECE)];
  const read = () => {
    const reading = handle.read(room, 0, PIECE);
    // Whoever asks for the next piece hears of a failure; until then nobody does.
    reading.catch(() => undefined);
    return reading;
  };
  let reading = read();
  try {
    for (;;) {
      const { bytesRead } = await reading;
      if (bytesRead === 0) return;
      const piece = room.subarray(0, bytesRead);
      [room, other] = [other, room];
      reading = read();
      yield piece;
    }
  } finally {
    await reading.catch(() => undefined);
    await handle.close();
  }
}

/** The SHA-256 of a whole file, in hexadecimal. */
export async function fileHash(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of piecesOf(file)) hash.update(piece);
  return hash.digest('hex');
}

/** The bytes around the first one of a file that is no ASCII, from so many before it on; `null`: all of the first `length` bytes are. Keeps a piece in memory, not the file. */
export function bytesAroundFirstLetter(file: string, length: number, before: number, around: number): Buffer | null {
  const handle = openSync(file, 'r');
  try {
    const room = Buffer.allocUnsafe(MOST_AT_ONCE);
    for (let at = 0; at < length; ) {
      const piece = room.subarray(0, readSync(handle, room, 0, Math.min(room.length, length - at), at));
      if (piece.length === 0) return null;
      if (!isAscii(piece)) {
        const from = Math.max(0, at + piece.findIndex((byte) => byte >= 0x80) - before) & ~3;
        const found = Buffer.alloc(before + around);
        return found.subarray(0, readSync(handle, found, 0, Math.min(found.length, length - from), from));
      }
      at += piece.length;
    }
    return null;
  } finally {
    closeSync(handle);
  }
}

function refuseMissing(file: string): never {
  refuse('file-missing', say('There is no file {file}. Check the path and the spelling.', { file }), { file });
}

/** `null`: it is not there. Refuses what else the system says; what it did not say is thrown as it is. */
function unreadable(file: string, error: unknown): null {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT' || code === 'ENOTDIR') return null;
  if (code === 'EACCES' || code === 'EPERM') refuse('file-unreadable', say('{file} may not be read by this user. Change its permissions or copy it elsewhere.', { file }), { file });
  if (code === 'EBUSY') refuse('file-unreadable', say('{file} is held open by another program. Close it there and try again.', { file }), { file });
  if (code !== undefined && (error as NodeJS.ErrnoException).syscall !== undefined) refuse('file-unreadable', say('{file} cannot be read: the disk or the network says {code}. Copy it to this computer, and import the copy.', { file, code }), { file });
  throw error;
}

const SIGNATURES: readonly { bytes: readonly number[]; kind: 'workbook' | 'oldWorkbook' | 'other' }[] = [
  { bytes: [0x50, 0x4b, 0x03, 0x04], kind: 'workbook' },
  { bytes: [0x50, 0x4b, 0x05, 0x06], kind: 'workbook' },
  { bytes: [0xd0, 0xcf, 0x11, 0xe0], kind: 'oldWorkbook' },
  { bytes: [0x25, 0x50, 0x44, 0x46], kind: 'other' },
  { bytes: [0x1f, 0x8b], kind: 'other' },
  { bytes: [0x89, 0x50, 0x4e, 0x47], kind: 'other' },
  { bytes: [0xff, 0xd8, 0xff], kind: 'other' },
  { bytes: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65], kind: 'other' },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf], kind: 'other' },
  { bytes: [0x52, 0x61, 0x72, 0x21], kind: 'other' },
  { bytes: [0x7f, 0x45, 0x4c, 0x46], kind: 'other' },
];

function refuseWhatIsNotText(file: string, head: Buffer): void {
  const name = basename(file);
  const signature = SIGNATURES.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte));
  if (signature?.kind === 'workbook' && /\.zip$/i.test(name)) {
    refuse('not-csv', say('{name} is a ZIP archive. Unpack it and import the CSV file inside.', { name }), { file });
  }
  if (signature?.kind === 'workbook' || signature?.kind === 'oldWorkbook') {
    refuse('not-csv', say('{name} is a workbook or an archive, not a CSV file. Open it in Excel, choose Save as, CSV UTF-8, and import that file.', { name }), { file });
  }
  if (signature !== undefined || looksBinary(head)) {
    refuse('not-csv', say('{name} is not a text file, so it has no rows to read. Choose a CSV, TSV or TXT file.', { name }), { file });
  }
}

/** Many control characters that no table contains. NUL is judged apart: UTF-16 is full of it, and a few may stand in text. */
function looksBinary(head: Buffer): boolean {
  let controls = 0;
  let nuls = 0;
  const sample = head.subarray(0, 65_536);
  for (const byte of sample) {
    if (byte === 0) nuls++;
    else if (byte < 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d && byte !== 0x0c && byte !== 0x1a) controls++;
  }
  return controls > sample.length * 0.05 || nuls > sample.length * 0.7;
}
