// Newcomers of a large import on their way into the workspace: the thread that reads the file puts them into a small database of
// their own, and the connection that writes takes them over from there, some thousand with one statement. Nothing of them
// passes through JavaScript a second time, which takes longer than all the writing.
import { rmSync } from 'node:fs';
import SQLite from 'better-sqlite3';
import { subjectParts, type ConsentSubject } from '../../shared/contacts/contact.ts';
import { arrivalOf } from '../../shared/contacts/event.ts';
import type { Workspace } from '../workspace.ts';
import type { StoredAttribute } from './attributes.ts';
import { row, rows, run } from './database.ts';
import type { tagsByName } from './import-writer.ts';

export type ConsentKind = { channel: ConsentSubject; given: boolean; source: string };

/** What newcomers come with beside their values; most of a file come with the same as others of it. */
export type StagedArrival = { tags: readonly string[]; consents: readonly ConsentKind[] };

/** What a thread has staged: contacts that are in the file once, whom nobody may know yet. A newcomer is known by its place, from 1. */
export type Staged = {
  file: string;
  count: number;
  /** Those that are new since the last of them. They are numbered from 0, all in one row; `isAnew`: from 0 again. */
  arrivals: StagedArrival[];
  isAnew: boolean;
};

export type StageWriter = {
  /** The number of what the newcomer comes with; values in the order of the import's attributes. */
  add(arrival: number, values: readonly (string | number | null)[]): void;
  /** Answers how many there are; the file is complete. */
  finish(): number;
};

/** Values in one statement. */
const VALUES_AT_ONCE = 1200;

/** Makes such a file; there must be none of this name. */
export function createStage(file: string, width: number): StageWriter {
  const db = new SQLite(file);
  // It is gone in a moment, whatever happens.
  db.pragma('journal_mode = OFF');
  db.pragma('synchronous = OFF');
  const columns = ['arrival', ...Array.from({ length: width }, (_, slot) => `v${slot}`)];
  db.exec(`CREATE TABLE newcomers (place INTEGER PRIMARY KEY, ${columns.join(', ')}); BEGIN`);
  const one = `(${columns.map(() => '?').join(', ')})`;
  const insert = (rowCount: number) => db.prepare(`INSERT INTO newcomers (${columns.join(', ')}) VALUES ${Array.from({ length: rowCount }, () => one).join(', ')}`);
  const atOnce = Math.max(1, Math.floor(VALUES_AT_ONCE / columns.length));
  const many = insert(atOnce);
  /** Of as many rows as one statement takes; filled up to `filled`. */
  const cells = Array.from({ length: atOnce * columns.length }, (): string | number | null => null);
  let filled = 0;
  let count = 0;
  return {
    add(arrival, values) {
      count++;
      cells[filled++] = arrival;
      for (let slot = 0; slot < width; slot++) cells[filled++] = values[slot]!;
      if (filled < cells.length) return;
      many.run(cells);
      filled = 0;
    },
    finish() {
      if (filled > 0) insert(filled / columns.length).run(cells.slice(0, filled));
      db.exec('COMMIT');
      db.close();
      return count;
    },
  };
}

export type StageReader = {
  /** Opens what was staged, instead of what was before. Not inside a transaction. Call it with all of an import, in their order. */
  open(staged: Staged): void;
  /** The places, of these, of those whose address a contact has already. */
  known(from: number, until: number): number[];
  /** The places of those whose address a contact had before it was merged. */
  former(from: number, until: number): number[];
  /** The values of an attribute by place, of those who have one. */
  values(key: string, from: number, until: number): Map<number, string>;
  /**
   * Adds those between two places, both included, but for those left out; each with one event. In the caller's transaction.
   * Answers false, and has written nothing, where a contact has the address of one of them.
   */
  add(from: number, until: number, leftOut: readonly number[]): boolean;
  close(): void;
};

/** Makes the reader of what is staged for an import. `attributes` are those of the import, in their order. */
export function stageReader(workspace: Workspace, importId: number, fileName: string, attributes: readonly StoredAttribute[], tagNamed: ReturnType<typeof tagsByName>, hasWithdrawn: () => void): StageReader {
  const { db } = workspace;
  const stage = `import_stage_${importId}`;
  const arrivals = `temp.import_arrivals_${importId}`;
  const arrivalTags = `temp.import_arrival_tags_${importId}`;
  const arrivalConsents = `temp.import_arrival_consents_${importId}`;
  const tables = [arrivals, arrivalTags, arrivalConsents];
  db.exec(`
    CREATE TABLE ${arrivals} (number INTEGER PRIMARY KEY, data TEXT NOT NULL);
    CREATE TABLE ${arrivalTags} (number INTEGER, tag_id INTEGER, PRIMARY KEY (number, tag_id)) WITHOUT ROWID;
    CREATE TABLE ${arrivalConsents} (number INTEGER, nth INTEGER, channel TEXT, topic TEXT, state TEXT, source TEXT, PRIMARY KEY (number, nth)) WITHOUT ROWID`);
  let arrivalCount = 0;
  /** Of whom nobody was added yet: only then are their tags made. */
  const unused = new Map<number, StagedArrival>();
  const withdrawing = new Set<number>();
  let statements: ReturnType<typeof prepared> | null = null;
  const email = attributes.findIndex(({ key }) => key === 'email');

  // OR FAIL: what goes wrong in these takes the whole slice back, so that SQLite need not be ready to take back one statement.
  const adding = (among: string) => {
    const columns = attributes.map(({ column }) => column);
    return {
      contacts: db.prepare(`INSERT INTO contacts (id, ${columns.join(', ')}, added_at, import_id) SELECT place + @shift, ${columns.map((_, slot) => `v${slot}`).join(', ')}, @at, @import FROM ${stage}.newcomers WHERE ${among}`),
      arrivals: db.prepare(`SELECT DISTINCT arrival FROM ${stage}.newcomers WHERE ${among}`).pluck(),
      tags: db.prepare(`INSERT OR FAIL INTO contact_tags (contact_id, tag_id, added_at) SELECT place + @shift, t.tag_id, @at FROM ${stage}.newcomers n CROSS JOIN ${arrivalTags} t ON t.number = n.arrival WHERE ${among}`),
      consents: db.prepare(
        `INSERT OR FAIL INTO consents (contact_id, channel, topic, state, source, file, import_id, actor, at)
         SELECT place + @shift, k.channel, k.topic, k.state, k.source, @file, @import, 'import', @at FROM ${stage}.newcomers n CROSS JOIN ${arrivalConsents} k ON k.number = n.arrival WHERE ${among}`,
      ),
      events: db.prepare(
        `INSERT OR FAIL INTO events (contact_id, type, at, recorded_at, source, import_id, data)
         SELECT place + @shift, 'contact_added', @at, @at, 'import', @import, a.data FROM ${stage}.newcomers n CROSS JOIN ${arrivals} a ON a.number = n.arrival WHERE ${among}`,
      ),
    };
  };
  const prepared = () => {
    const among = 'place BETWEEN @from AND @until';
    return {
      known: db.prepare(`SELECT n.place FROM ${stage}.newcomers n CROSS JOIN contacts c ON c.email = n.v${email} WHERE n.place BETWEEN ? AND ?`).pluck(),
      former: db.prepare(`SELECT n.place FROM ${stage}.newcomers n CROSS JOIN former_addresses f ON f.kind = 'email' AND f.value = n.v${email} WHERE n.place BETWEEN ? AND ? AND EXISTS (SELECT 1 FROM former_addresses)`).pluck(),
      all: adding(among),
      some: adding(`${among} AND place NOT IN (SELECT value FROM json_each(@leftOut))`),
    };
  };
  let attached: string | null = null;
  const detach = (): void => {
    statements = null;
    if (attached === null) return;
    if (db.open) db.exec(`DETACH ${stage}`);
    rmSync(attached, { force: true });
    attached = null;
  };
  const use = (number: number): void => {
    const arrival = unused.get(number);
    if (arrival === undefined) return;
    unused.delete(number);
    const { tags, consents } = arrival;
    run(db, `INSERT INTO ${arrivals} VALUES (?, ?)`, number, JSON.stringify(arrivalOf(tags, consents)));
    for (const tag of tags) run(db, `INSERT INTO ${arrivalTags} VALUES (?, ?)`, number, tagNamed(tag).id);
    consents.forEach(({ channel: subject, given, source }, nth) => {
      const { channel, topic } = subjectParts(subject);
      run(db, `INSERT INTO ${arrivalConsents} VALUES (?, ?, ?, ?, ?, ?)`, number, nth, channel, topic, given ? 'given' : 'withdrawn', source);
    });
  };

  return {
    open(staged) {
      detach();
      if (staged.isAnew) {
        for (const table of tables) run(db, `DELETE FROM ${table}`);
        for (const each of [unused, withdrawing]) each.clear();
        arrivalCount = 0;
      }
      for (const arrival of staged.arrivals) {
        if (arrival.consents.some(({ given }) => !given)) withdrawing.add(arrivalCount);
        unused.set(arrivalCount++, arrival);
      }
      if (staged.count === 0) return;
      db.prepare(`ATTACH ? AS ${stage}`).run(staged.file);
      attached = staged.file;
      statements = prepared();
    },
    known: (from, until) => statements!.known.all(from, until) as number[],
    former: (from, until) => statements!.former.all(from, until) as number[],
    values(key, from, until) {
      const slot = attributes.findIndex((each) => each.key === key);
      if (slot < 0) return new Map();
      const found = rows<{ place: number; value: string }>(db, `SELECT place, CAST(v${slot} AS TEXT) AS value FROM ${stage}.newcomers WHERE place BETWEEN ? AND ? AND v${slot} IS NOT NULL`, from, until);
      return new Map(found.map(({ place, value }) => [place, value]));
    },
    add(from, until, leftOut) {
      const { contacts, arrivals: arrivalsOf, tags, consents, events } = leftOut.length === 0 ? statements!.all : statements!.some;
      const named = { from, until, leftOut: JSON.stringify(leftOut), shift: nextContactId(workspace) - from, at: workspace.clock.now(), import: importId, file: fileName };
      try {
        contacts.run(named);
      } catch (error) {
        if (isTaken(error)) return false;
        throw error;
      }
      if (unused.size > 0 || withdrawing.size > 0) {
        const found = arrivalsOf.all(named) as number[];
        found.forEach(use);
        if (withdrawing.size > 0 && found.some((number) => withdrawing.has(number))) hasWithdrawn();
      }
      for (const statement of [tags, consents, events]) statement.run(named);
      return true;
    },
    close() {
      detach();
      if (db.open) for (const table of tables) db.exec(`DROP TABLE IF EXISTS ${table}`);
    },
  };
}

function isTaken(error: unknown): boolean {
  return error instanceof SQLite.SqliteError && error.code === 'SQLITE_CONSTRAINT_UNIQUE';
}

/** The id that the next contact gets: never one that was given before. */
export function nextContactId({ db }: Pick<Workspace, 'db'>): number {
  return (row<{ seq: number }>(db, `SELECT seq FROM sqlite_sequence WHERE name = 'contacts'`)?.seq ?? 0) + 1;
}
