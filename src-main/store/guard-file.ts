// The guard file: a small text file beside the workspaces that only ever grows, one line for each thing that a restored or copied
// workspace must not forget. It holds no address, only keyed hashes (and domains). Each line ends in its checksum, so that one
// that was cut off or damaged is passed over, and told of.
import { closeSync, existsSync, fdatasync, fdatasyncSync, fstatSync, fsyncSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { CHANNELS, type Channel } from '../../shared/contacts/contact.ts';
import { BARRED_BY, type BarredBy } from '../../shared/contacts/privacy.ts';
import type { Instant } from '../../shared/time.ts';

/** `address`: "#" and a keyed hash; of suppressions also "@" and a domain. `reason`: a code. */
export type GuardLine =
  | { kind: 'handed'; at: Instant; key: string; handover: number; address: string }
  | { kind: 'returned'; key: string; handover: number }
  | { kind: 'suppressed'; at: Instant; channel: BarredBy; address: string; reason: string }
  | { kind: 'lifted'; channel: BarredBy; address: string }
  | { kind: 'withdrawn'; at: Instant; channel: Channel; topic: string; address: string };

export type GuardFile = {
  path: string;
  /** Bytes in the file now. */
  size(): number;
  /** Writes lines (`guardText`) at the end; they are on the disk when this returns. Throws what the file system throws. */
  append(text: string): void;
  /** The same, without standing still for the disk: they are on it when this resolves. */
  appendBeside(text: string): Promise<void>;
  /** The lines from an offset on, and how many could not be read. An offset that is not the beginning of a line reads all. */
  read(from: number): { lines: GuardLine[]; damaged: number };
  close(): void;
};

const HEADER = 'kanal-guard 1';

const toDisk = promisify(fdatasync);

/** Where the guard of the workspace with this id is. */
export function guardPath(dataFolder: string, id: string): string {
  return join(dataFolder, 'guards', `${id}.guard`);
}

/** Opens a guard file, or begins one. Throws what the file system throws. */
export function openGuardFile(path: string): GuardFile {
  mkdirSync(dirname(path), { recursive: true });
  const isNew = !existsSync(path);
  const handle = openSync(path, 'a+');
  const size = (): number => fstatSync(handle).size;
  /** Of the lines put beside: how many times the disk is still waited for. */
  let underWay = 0;
  let isClosed = false;
  const put = (text: string): void => {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
  };
  const write = (text: string): void => {
    put(text);
    fdatasyncSync(handle);
  };
  if (isNew || size() === 0) {
    write(`${sealed(HEADER)}\n`);
    syncFolder(dirname(path));
  } else if (byteAt(handle, size() - 1) !== LF) write('\n'); // A crash has cut off the last line.
  return {
    path,
    size,
    append: write,
    async appendBeside(text) {
      if (isClosed) throw new Error('The guard file is closed');
      underWay++;
      try {
        put(text);
        await toDisk(handle);
      } finally {
        underWay--;
        if (isClosed && underWay === 0) closeSync(handle);
      }
    },
    read(from) {
      const start = from > 0 && from <= size() && byteAt(handle, from - 1) === LF ? from : 0;
      const lines: GuardLine[] = [];
      let damaged = 0;
      for (const text of linesOf(handle, start)) {
        const line = lineFrom(text);
        if (line === null) damaged++;
        else if (line !== HEADER) lines.push(line);
      }
      return { lines, damaged };
    },
    close() {
      isClosed = true;
      if (underWay === 0) closeSync(handle);
    },
  };
}

const LF = 10;

function byteAt(handle: number, at: number): number {
  const byte = Buffer.alloc(1);
  return readSync(handle, byte, 0, 1, at) === 1 ? byte[0]! : -1;
}

/** A new file is there after a power failure only if its folder knows of it; Windows has no such thing, and needs none. */
function syncFolder(folder: string): void {
  let handle: number;
  try {
    handle = openSync(folder, 'r');
  } catch {
    return;
  }
  try {
    fsyncSync(handle);
  } catch {
    // Not every file system can; the file itself is synced.
  } finally {
    closeSync(handle);
  }
}

function* linesOf(handle: number, from: number): Generator<string> {
  const bytes = Buffer.alloc(1 << 20);
  let rest = '';
  for (let at = from; ; ) {
    const read = readSync(handle, bytes, 0, bytes.length, at);
    if (read === 0) break;
    at += read;
    const parts = (rest + bytes.toString('latin1', 0, read)).split('\n');
    rest = parts.pop()!;
    for (const part of parts) if (part !== '') yield part;
  }
  if (rest !== '') yield rest;
}

/** So many lines are put together at a time: with many more, what V8 has to keep meanwhile costs as much as making them. */
const LINES_AT_ONCE = 200;

/** Lines as they stand in the file. */
export function guardText(lines: Iterable<GuardLine>): string {
  const texts: string[] = [];
  let some: string[] = [];
  for (const line of lines) {
    some.push(`${sealed(textOf(line))}\n`);
    if (some.length < LINES_AT_ONCE) continue;
    texts.push(some.join(''));
    some = [];
  }
  return texts.join('') + some.join('');
}

function sealed(text: string): string {
  const sum = crc32(text);
  // In two halves, which are small numbers to V8: those are written much quicker.
  return `${text} ${hex(sum >>> 16)}${hex(sum & 0xffff)}`;
}

function hex(half: number): string {
  return half.toString(16).padStart(4, '0');
}

function textOf(line: GuardLine): string {
  switch (line.kind) {
    case 'handed':
      return `h ${line.at} ${line.key} ${line.handover} ${line.address}`;
    case 'returned':
      return `r ${line.key} ${line.handover}`;
    case 'suppressed':
      return `s ${line.at} ${line.channel} ${line.address} ${line.reason}`;
    case 'lifted':
      return `l ${line.channel} ${line.address}`;
    case 'withdrawn':
      return `w ${line.at} ${line.channel} ${line.topic === '' ? '-' : line.topic} ${line.address}`;
  }
}

function lineFrom(text: string): GuardLine | typeof HEADER | null {
  const body = text.slice(0, -9);
  if (sealed(body) !== text) return null;
  if (body === HEADER) return HEADER;
  const [kind, ...parts] = body.split(' ') as [string, ...string[]];
  const channel = (word: string | undefined): Channel => CHANNELS.find((each) => each === word) ?? 'email';
  const barredBy = (word: string | undefined): BarredBy => BARRED_BY.find((each) => each === word) ?? 'email';
  switch (kind) {
    case 'h':
      return { kind: 'handed', at: Number(parts[0]), key: parts[1]!, handover: Number(parts[2]), address: parts[3]! };
    case 'r':
      return { kind: 'returned', key: parts[0]!, handover: Number(parts[1]) };
    case 's':
      return { kind: 'suppressed', at: Number(parts[0]), channel: barredBy(parts[1]), address: parts[2]!, reason: parts[3]! };
    case 'l':
      return { kind: 'lifted', channel: barredBy(parts[0]), address: parts[1]! };
    case 'w':
      return { kind: 'withdrawn', at: Number(parts[0]), channel: channel(parts[1]), topic: parts[2] === '-' ? '' : parts[2]!, address: parts[3]! };
    default:
      return null;
  }
}
