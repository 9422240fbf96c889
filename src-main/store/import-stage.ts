// Newcomers of a large import on their way into the workspace: the thread that reads the file puts them into a small database of
// their own, and the connection that writes takes them over from there, some thousand with one statement. Nothing of them
// passes through JavaScript a second time, which takes longer than all the writing.
import { rmSync } from 'node:fs';
import SQLite from 'better-sqlite3';
import { subjectParts, type ConsentSubject } from '../../shared/contacts/contact.ts';
import type { Workspace } from '../workspace.ts';
import type { StoredAttribute } from './attributes.ts';
import { row, rows, run } from './database.ts';
import type { tagsByName } from './import-writer.ts';

export type ConsentKind = { channel: ConsentSubject; given: boolean; source: string };

/** What a thread has staged: contacts that are in the file once, whom nobody may know yet. A newcomer is known by its place, from 1. */
export type Staged = {
  file: string;
  count: number;
  /** Names of tags, and what was said about consent, that are new since the last of them. They are numbered from 0, all in one row. */
  tagNames: string[];
  consentKinds: ConsentKind[];
};

export type StageWriter = {
  /** Values in the order of the import's attributes; the data of the contact's event as JSON; numbers of tags and of consents. */
  add(values: readonly (string | number | null)[], arrival: string, tags: readonly number[], consents: readonly number[]): void;
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
  const columns = Array.from({ length: width }, (_, slot) => `v${slot}`);
  db.exec(`
    CREATE TABLE newcomers (place INTEGER PRIMARY KEY, arrival TEXT NOT NULL${columns.map((column) => `, ${column}`).join('')});
    CREATE TABLE newcomer_tags (place INTEGER, tag INTEGER, PRIMARY KEY (place, tag)) WITHOUT ROWID;
    CREATE TABLE newcomer_consents (place INTEGER, kind INTEGER, PRIMARY KEY (place, kind)) WITHOUT ROWID;
    BEGIN`);
  const newcomers = gathered(db, 'newcomers', width + 2);
  const tagged = gathered(db, 'newcomer_tags', 2);
  const consented = gathered(db, 'newcomer_consents', 2);
  let count = 0;
  return {
    add(values, arrival, tags, consents) {
      count++;
      newcomers.cells.push(count, arrival);
      for (const value of values) newcomers.cells.push(value);
      newcomers.write();
      for (const tag of tags) tagged.cells.push(count, tag);
      if (tags.length > 0) tagged.write();
      for (const kind of consents) consented.cells.push(count, kind);
      if (consents.length > 0) consented.write();
    },
    finish() {
      for (const each of [newcomers, tagged, consented]) each.flush();
      db.exec('COMMIT');
      db.close();
      return count;
    },
  };
}

/** Gathers cells of whole rows, and inserts the rows in their order, as many with one statement as it can well take. */
function gathered(db: SQLite.Database, table: string, width: number) {
  const one = `(${Array.from({ length: width }, () => '?').join(', ')})`;
  const atOnce = Math.max(1, Math.floor(VALUES_AT_ONCE / width));
  const many = db.prepare(`INSERT INTO ${table} VALUES ${Array.from({ length: atOnce }, () => one).join(', ')}`);
  const full = width * atOnce;
  const gathering = {
    cells: [] as (string | number | null)[],
    write(): void {
      while (gathering.cells.length >= full) many.run(gathering.cells.splice(0, full));
    },
    flush(): void {
      const single = db.prepare(`INSERT INTO ${table} VALUES ${one}`);
      for (let at = 0; at < gathering.cells.length; at += width) single.run(gathering.cells.slice(at, at + width));
    },
  };
  return gathering;
}

export type StageReader = {
  /** Opens what was staged, instead of what was before. Not inside a transaction. Call it with all of an import, in their order. */
  open(staged: Staged): void;
  /** The places, of these, of those whose address a contact has already, or had before it was merged. */
  known(from: number, until: number): number[];
  /** The values of an attribute by place, of those who have one. */
  values(key: string, from: number, until: number): Map<number, string>;
  /** Adds those between two places, both included, but for those left out; each with one event. In the caller's transaction. */
  add(from: number, until: number, leftOut: readonly number[]): void;
  close(): void;
};

/** Makes the reader of what is staged for an import. `attributes` are those of the import, in their order. */
export function stageReader(workspace: Workspace, importId: number, fileName: string, attributes: readonly StoredAttribute[], tagNamed: ReturnType<typeof tagsByName>, hasWithdrawn: () => void): StageReader {
  const { db } = workspace;
  const stage = `import_stage_${importId}`;
  const numbers = `temp.import_tags_${importId}`;
  const kinds = `temp.import_consents_${importId}`;
  db.exec(`CREATE TABLE ${numbers} (number INTEGER PRIMARY KEY, id INTEGER NOT NULL); CREATE TABLE ${kinds} (number INTEGER PRIMARY KEY, channel TEXT, topic TEXT, state TEXT, source TEXT)`);
  const tagNames: string[] = [];
  const tagsKnown = new Set<number>();
  const withdrawn = new Set<number>();
  let kindCount = 0;
  let statements: ReturnType<typeof prepared> | null = null;
  const email = attributes.findIndex(({ key }) => key === 'email');

  const prepared = () => {
    const among = 'place BETWEEN @from AND @until AND place NOT IN (SELECT value FROM json_each(@leftOut))';
    const columns = attributes.map(({ column }) => column);
    return {
      known: db.prepare(
        `SELECT n.place AS place FROM ${stage}.newcomers n CROSS JOIN contacts c ON c.email = n.v${email} WHERE n.place BETWEEN @from AND @until
         UNION ALL SELECT n.place FROM ${stage}.newcomers n CROSS JOIN former_addresses f ON f.kind = 'email' AND f.value = n.v${email}
         WHERE n.place BETWEEN @from AND @until AND EXISTS (SELECT 1 FROM former_addresses)`,
      ),
      newTags: db.prepare(`SELECT DISTINCT tag FROM ${stage}.newcomer_tags WHERE ${among}`),
      contacts: db.prepare(`INSERT INTO contacts (id, ${columns.join(', ')}, added_at, import_id) SELECT place + @shift, ${columns.map((_, slot) => `v${slot}`).join(', ')}, @at, @import FROM ${stage}.newcomers WHERE ${among}`),
      tags: db.prepare(`INSERT INTO contact_tags (contact_id, tag_id, added_at) SELECT place + @shift, m.id, @at FROM ${stage}.newcomer_tags t CROSS JOIN ${numbers} m ON m.number = t.tag WHERE ${among}`),
      consents: db.prepare(
        `INSERT INTO consents (contact_id, channel, topic, state, source, file, import_id, actor, at)
         SELECT place + @shift, m.channel, m.topic, m.state, m.source, @file, @import, 'import', @at FROM ${stage}.newcomer_consents k CROSS JOIN ${kinds} m ON m.number = k.kind WHERE ${among}`,
      ),
      withdrawals: db.prepare(`SELECT 1 FROM ${stage}.newcomer_consents WHERE kind IN (SELECT value FROM json_each(@withdrawn)) AND ${among} LIMIT 1`),
      events: db.prepare(
        `INSERT INTO events (contact_id, type, at, recorded_at, source, import_id, data)
         SELECT place + @shift, 'contact_added', @at, @at, 'import', @import, arrival FROM ${stage}.newcomers WHERE ${among}`,
      ),
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

  return {
    open(staged) {
      detach();
      tagNames.push(...staged.tagNames);
      for (const { channel: subject, given, source } of staged.consentKinds) {
        const { channel, topic } = subjectParts(subject);
        if (!given) withdrawn.add(kindCount);
        run(db, `INSERT INTO ${kinds} VALUES (?, ?, ?, ?, ?)`, kindCount++, channel, topic, given ? 'given' : 'withdrawn', source);
      }
      if (staged.count === 0) return;
      db.prepare(`ATTACH ? AS ${stage}`).run(staged.file);
      attached = staged.file;
      statements = prepared();
    },
    known: (from, until) => (statements!.known.all({ from, until }) as { place: number }[]).map(({ place }) => place),
    values(key, from, until) {
      const slot = attributes.findIndex((each) => each.key === key);
      if (slot < 0) return new Map();
      const found = rows<{ place: number; value: string }>(db, `SELECT place, CAST(v${slot} AS TEXT) AS value FROM ${stage}.newcomers WHERE place BETWEEN ? AND ? AND v${slot} IS NOT NULL`, from, until);
      return new Map(found.map(({ place, value }) => [place, value]));
    },
    add(from, until, leftOutPlaces) {
      const { newTags, contacts, tags, consents, withdrawals, events } = statements!;
      const leftOut = JSON.stringify(leftOutPlaces);
      const among = { from, until, leftOut };
      if (tagsKnown.size < tagNames.length) {
        for (const { tag } of newTags.all(among) as { tag: number }[]) {
          if (tagsKnown.has(tag)) continue;
          run(db, `INSERT INTO ${numbers} VALUES (?, ?)`, tag, tagNamed(tagNames[tag]!).id);
          tagsKnown.add(tag);
        }
      }
      const at = workspace.clock.now();
      const shift = nextContactId(workspace) - from;
      contacts.run({ ...among, shift, at, import: importId });
      tags.run({ ...among, shift, at });
      consents.run({ ...among, shift, at, import: importId, file: fileName });
      events.run({ ...among, shift, at, import: importId });
      if (withdrawn.size > 0 && withdrawals.get({ ...among, withdrawn: JSON.stringify([...withdrawn]) }) !== undefined) hasWithdrawn();
    },
    close() {
      detach();
      if (db.open) db.exec(`DROP TABLE IF EXISTS ${numbers}; DROP TABLE IF EXISTS ${kinds}`);
    },
  };
}

/** The id that the next contact gets: never one that was given before. */
export function nextContactId({ db }: Pick<Workspace, 'db'>): number {
  return (row<{ seq: number }>(db, `SELECT seq FROM sqlite_sequence WHERE name = 'contacts'`)?.seq ?? 0) + 1;
}
