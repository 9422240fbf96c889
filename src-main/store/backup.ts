// Copies of a workspace: made by SQLite itself (a copied live file can be a broken one: FAULTS 1.2), rotated, restored, checked.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import SQLite, { type Database } from 'better-sqlite3';
import { DAY, instantText, type Instant } from '../../shared/time.ts';
import { inspectFile, isDamage, openDatabase, refuseDamaged, rows, run, transaction } from './database.ts';
import { endHearing, forgetDates } from './hearings.ts';
import { requireNewFile } from './new-file.ts';

/** Automatic backups of one workspace: the newest three of the newest day, one of each earlier day, ten in all (FAULTS 1.2). */
const OF_NEWEST_DAY = 3;
const IN_ALL = 10;

/** The folder of a workspace's automatic backups: named after the file, told apart by its path. */
export function backupFolder(dataFolder: string, file: string): string {
  const path = realpathSync(file);
  const mark = createHash('sha256').update(path).digest('hex').slice(0, 8);
  return join(dataFolder, 'backups', `${basename(path, '.kanal')}-${mark}`);
}

/** Where an automatic backup made at this instant goes. The name sorts by time and says when (UTC) and why. */
export function backupFile(folder: string, at: Instant, why: string): string {
  const stamp = instantText(at).replace(/\.\d+/, '').replaceAll(':', '-');
  return join(folder, `${stamp} ${why}.kanal`);
}

/** Copies an open workspace at once, while nothing else can happen to it. Complete, or not there at all. */
export function copyNow(db: Database, target: string): void {
  if (existsSync(target)) return; // The same second, the same reason: the copy is there already.
  mkdirSync(dirname(target), { recursive: true });
  const unfinished = `${target}.part`;
  rmSync(unfinished, { force: true });
  db.prepare('VACUUM INTO ?').run(unfinished);
  renameSync(unfinished, target);
}

/** Copies an open workspace to a new file in small turns, so that everything else goes on. Refuses to overwrite. */
export async function copyGently(db: Database, target: string): Promise<void> {
  requireNewFile(target);
  const unfinished = `${target}.part`;
  rmSync(unfinished, { force: true });
  await db.backup(unfinished);
  // A backup is a file to put away: without a WAL it is one file, whole by itself.
  const copy = new SQLite(unfinished);
  copy.pragma('journal_mode = DELETE');
  copy.close();
  renameSync(unfinished, target);
}

/** Removes automatic backups that are more than enough. Files that it did not name are not touched. */
export function rotateBackups(folder: string, now: Instant): void {
  if (!existsSync(folder)) return;
  for (const name of tooMany(readdirSync(folder), now)) rmSync(join(folder, name), { force: true });
}

/**
 * Of the names of backups, those to remove: the rule of `OF_NEWEST_DAY` and `IN_ALL`. Those from a day that is yet to come were made by a
 * clock that has been set right since, and give way to all others: the newest of them would be kept for years (FAULTS F16).
 */
export function tooMany(names: readonly string[], now: Instant): string[] {
  const tomorrow = instantText(now + DAY);
  const isAhead = (name: string) => name.slice(0, 10) > tomorrow.slice(0, 10);
  const backups = names
    .filter((name) => /^\d{4}-\d\d-\d\dT.*\.kanal$/.test(name))
    .sort()
    .reverse()
    .sort((one, other) => Number(isAhead(one)) - Number(isAhead(other)));
  const newestDay = backups[0]?.slice(0, 10);
  const seen = new Set<string>();
  let ofNewestDay = 0;
  let kept = 0;
  return backups.filter((name) => {
    const day = name.slice(0, 10);
    const wanted = day === newestDay ? ofNewestDay++ < OF_NEWEST_DAY : !seen.has(day);
    seen.add(day);
    return !(wanted && kept++ < IN_ALL);
  });
}

/**
 * Makes a workspace from a backup. What the backup does not know must not be done twice: its flows are paused, and messages
 * that were about to go out wait for a person's decision (FAULTS F12). Refuses to overwrite; the backup stays as it is.
 */
export function restoreBackup(backup: string, target: string, at: Instant): { pausedFlows: number; heldMessages: number } {
  requireNewFile(target);
  const unfinished = `${target}.part`;
  rmSync(unfinished, { force: true });
  copyForRestore(backup, unfinished);
  const db = openDatabase(unfinished, () => undefined);
  let result: { pausedFlows: number; heldMessages: number };
  try {
    result = transaction(db, () => ({
      pausedFlows: pauseAll(db, at),
      heldMessages: run(db, `UPDATE outbox SET state = 'held', reason = 'restored' WHERE state IN ('planned', 'claimed')`).changes,
    }));
    db.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    db.close();
  }
  renameSync(unfinished, target);
  return result;
}

/** Pauses every flow that runs, as a person's pause does: from now on it hears nothing, and does not look at dates. */
function pauseAll(db: Database, at: Instant): number {
  const live = rows<{ id: number }>(db, `SELECT id FROM flows WHERE state = 'live'`);
  for (const { id } of live) {
    endHearing({ db }, id);
    forgetDates({ db }, id);
    run(db, `UPDATE flows SET state = 'paused', paused_at = ? WHERE id = ?`, at, id);
  }
  return live.length;
}

function copyForRestore(backup: string, target: string): void {
  readOnly(backup, (source) => source.prepare('VACUUM INTO ?').run(target));
}

/**
 * What is wrong inside a workspace file, in SQLite's own words; nothing when it is whole. Reads every page, changes nothing,
 * and may be asked while the file is open elsewhere.
 */
export function checkFile(file: string): string[] {
  return readOnly(file, (db) => {
    const integrity = (db.pragma('integrity_check(100)') as { integrity_check: string }[])
      .map((found) => found.integrity_check)
      .filter((text) => text !== 'ok');
    const dangling = (db.pragma('foreign_key_check') as { table: string; rowid: number | null; parent: string }[]).slice(0, 100);
    return [
      ...integrity,
      ...dangling.map(({ table, rowid, parent }) => `row ${rowid ?? '?'} of ${table} refers to a row of ${parent} that is not there`),
    ];
  });
}

/** Opens a workspace for reading only. Damage that shows is the user's to know about, not a bug. */
function readOnly<Value>(file: string, read: (db: Database) => Value): Value {
  inspectFile(file);
  const db = new SQLite(file, { readonly: true });
  try {
    return read(db);
  } catch (error) {
    if (isDamage(error)) refuseDamaged(file);
    throw error;
  } finally {
    db.close();
  }
}
