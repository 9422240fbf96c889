// The file of rejected rows: as the imported file is written, with the line and the reason added, so that it can be put right
// and imported again (FEATURES A6.11).
import { accessSync, closeSync, constants, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join } from 'node:path';
import { LINE_COLUMN, REASON_COLUMN } from '../../shared/contacts/columns.ts';
import type { ImportPlan } from '../../shared/contacts/import-plan.ts';
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { refuseOverWorkspace } from '../store/database.ts';
import { byteOrderMark, encodeText } from './encoding.ts';
import { writeRecord } from './records.ts';

export type RejectsFile = {
  add(line: number, cells: readonly string[], reason: string): void;
  /** Puts the file in its place and answers its path; `null` when no row was rejected. */
  finish(): string | null;
  /** Leaves nothing behind. */
  discard(): void;
};

/** The default place: beside the imported file, or among temporary files where that folder takes none; under a name that is free. */
export function rejectsPathFor(file: string): string {
  const extension = extname(file) || '.csv';
  const base = join(isWritable(dirname(file)) ? dirname(file) : tmpdir(), basename(file, extname(file)));
  for (let n = 1; ; n++) {
    const path = `${base}-rejected${n === 1 ? '' : `-${n}`}${extension}`;
    if (!existsSync(path)) return path;
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function refuseUnwritable(path: string): never {
  refuse('rejects-unwritable', say('The file of rejected rows cannot be written to {path}. Choose another place for it.', { path }), { file: path });
}

/** A window holds so much of a file in memory. */
const MOST_BYTES = 50 * 1024 * 1024;

/** The file as it is, in base64. Throws a ProblemError where it is gone, or too large to be handed over. */
export function readRejects(path: string | null): { name: string; base64: string } {
  const found = path === null ? undefined : statSync(path, { throwIfNoEntry: false });
  if (path === null || found === undefined || !found.isFile()) return refuse('rejects-gone', say('The file of rejected rows is not there any more. Import the file again to get it anew.'));
  if (found.size > MOST_BYTES) return refuse('rejects-large', say('The file of rejected rows is too large to be handed over here. It is at {path}.', { path }), { file: path });
  return { name: basename(path), base64: readFileSync(path).toString('base64') };
}

/** Refuses a place for rejected rows at which no file can be made, before an import begins. */
export function checkRejectsPath(path: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) refuseUnwritable(path);
  refuseOverWorkspace(path);
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch {
    refuseUnwritable(path);
  }
  if (!isWritable(dirname(path))) refuseUnwritable(path);
}

const FULL = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/**
 * Writes rows that were rejected; refuses, with the place and the remedy, where there is no room or the disk is gone. What the import
 * has done until then stays, can be taken back, and is known when the same file is imported again.
 */
export function writeRejects(handle: number, path: string, bytes: Uint8Array | string): void {
  const all = Buffer.from(bytes);
  try {
    // A disk that is nearly full takes a part, and says so only by the number of bytes.
    for (let at = 0; at < all.length; ) at += writeSync(handle, all, at);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (FULL.includes(code)) {
      refuse('rejects-full', say('There is no room left for the file of rejected rows, {path}. Make room there or choose another place for it, and import the file again: what has come in already is known then and stays as it is.', { path }), { file: path });
    }
    if (code === 'EIO') refuseUnwritable(path);
    throw error;
  }
}

/** Nothing is written before the first rejected row; until `finish` the rows stand in a file beside the final one. */
export function createRejectsFile(path: string, plan: ImportPlan): RejectsFile {
  const { encoding, separator, quote } = plan.reading;
  const unfinished = `${path}.part`;
  let handle: number | null = null;
  let waiting: string[] = [];

  const flush = (): void => {
    if (handle !== null && waiting.length > 0) writeRejects(handle, path, encodeText(waiting.join(''), encoding));
    waiting = [];
  };
  const begin = (): void => {
    try {
      handle = openSync(unfinished, 'w');
    } catch {
      refuseUnwritable(path);
    }
    writeRejects(handle, path, byteOrderMark(encoding));
    const headers = plan.columns.map(({ header }) => header).filter((header) => header !== LINE_COLUMN && header !== REASON_COLUMN);
    waiting.push(writeRecord([...headers, LINE_COLUMN, REASON_COLUMN], separator, quote, '\r\n'));
  };
  const kept = plan.columns.map(({ header }) => header !== LINE_COLUMN && header !== REASON_COLUMN);

  return {
    add(line, cells, reason) {
      if (handle === null) begin();
      const own = cells.filter((_, position) => kept[position] ?? true);
      const room = kept.filter(Boolean).length;
      // A short row is filled up to the end only here, so that the reason stands in its column; the reason says so.
      while (own.length < room) own.push('');
      waiting.push(writeRecord([...own.slice(0, room), String(line), reason, ...own.slice(room)], separator, quote, '\r\n'));
      if (waiting.length >= 500) flush();
    },
    finish() {
      if (handle === null) return null;
      flush();
      closeSync(handle);
      handle = null;
      renameSync(unfinished, path);
      return path;
    },
    discard() {
      if (handle === null) return;
      closeSync(handle);
      handle = null;
      rmSync(unfinished, { force: true });
    },
  };
}
