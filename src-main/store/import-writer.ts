// The bulk writes of an import of contacts. They work in the transactions of its slices; whatever is the same for all rows of a
// statement is bound once by its name, so that a row costs little more than its own values.
import { subjectParts, type ConsentSubject } from '../../shared/contacts/contact.ts';
import { aboutSubject, arrivalOf, type AttributeChanges } from '../../shared/contacts/event.ts';
import type { Workspace } from '../workspace.ts';
import { fromColumn, type StoredAttribute } from './attributes.ts';
import { row, run, sql } from './database.ts';
import { nextContactId, stageReader, type ConsentKind, type StageReader } from './import-stage.ts';

export type RowChange = {
  /** `null`: a contact to add. */
  contactId: number | null;
  /** What holds afterwards, for all attributes of the import. */
  values: readonly (string | number | null)[];
  /** Which of them are new. */
  changes: readonly { slot: number; before: string | number | null; value: string | number }[];
  tags: readonly string[];
  consents: readonly { channel: ConsentSubject; given: boolean; source: string }[];
};

export type ImportWriter = {
  /** Writes what a row changes, with its events; answers the contact's id. What else belongs to it is held back until `flush`. */
  write(change: RowChange): number;
  /** What is staged for the import. */
  staged: StageReader;
  /** Writes what is still held back. Call it before the transaction ends. */
  flush(): void;
  /** Call it when nothing more comes. */
  close(): void;
};

/** Values in one statement: beyond some thousand it is not quicker any more. */
const VALUES_AT_ONCE = 2000;
/** So many rows at once, where there are fewer. */
const SOME_AT_ONCE = 32;

/** Makes the writer of an import's rows. A contact that is added gets one event, which also tells of its tags and consents. */
export function importWriter(workspace: Workspace, importId: number, fileName: string, attributes: readonly StoredAttribute[]): ImportWriter {
  const { db } = workspace;
  const columns = attributes.map(({ column }) => column);
  // A column that an index is over is named only where it changes: otherwise its entry would be taken out and put in again.
  const indexed = attributes.flatMap(({ standard }, slot) => (standard ? [slot] : []));
  const updateValues = (id: number, values: RowChange['values'], changes: RowChange['changes']): void => {
    const untouched = new Set(indexed.filter((slot) => !changes.some((change) => change.slot === slot)));
    const slots = columns.flatMap((_, slot) => (untouched.has(slot) ? [] : [slot]));
    sql(db, `UPDATE contacts SET ${slots.map((slot) => `${columns[slot]} = ?`).join(', ')} WHERE id = ?`).run(slots.map((slot) => values[slot]), id);
  };
  const contacts = manyRows(db, 'contacts', ['id', ...columns], { added_at: '@at', import_id: '@import' });
  const tags = manyRows(db, 'contact_tags', ['contact_id', 'tag_id'], { added_at: '@at' });
  const consents = manyRows(db, 'consents', ['contact_id', 'channel', 'topic', 'state', 'source'], { file: '@file', import_id: '@import', actor: `'import'`, at: '@at' });
  const events = manyRows(db, 'events', ['contact_id', 'type', 'data'], { at: '@at', recorded_at: '@at', source: `'import'`, import_id: '@import' });
  const tagNamed = tagsByName(workspace);
  const guarding = seldomGuarding(workspace);
  /** What is written at the end of a slice, cell by cell. */
  const waiting: Record<'tags' | 'consents' | 'events', Cells> = { tags: [], consents: [], events: [] };
  const consent = (contactId: number, { channel: subject, given, source }: ConsentKind): void => {
    const { channel, topic } = subjectParts(subject);
    waiting.consents.push(contactId, channel, topic, given ? 'given' : 'withdrawn', source);
    if (!given) guarding.note();
  };

  const writeValues = ({ contactId, values, changes, tags: tagNames, consents: told }: RowChange): number => {
    if (contactId === null) {
      const added = nextContactId(workspace);
      contacts([added, ...values], { at: workspace.clock.now(), import: importId });
      waiting.events.push(added, 'contact_added', JSON.stringify(arrivalOf(tagNames, told)));
      return added;
    }
    if (changes.length === 0) return contactId;
    updateValues(contactId, values, changes);
    const recorded: AttributeChanges = Object.fromEntries(
      changes.map(({ slot, before, value }) => {
        const attribute = attributes[slot]!;
        return [attribute.key, [fromColumn(attribute, before), fromColumn(attribute, value)]];
      }),
    );
    waiting.events.push(contactId, 'attributes_changed', JSON.stringify({ changes: recorded }));
    return contactId;
  };

  return {
    staged: stageReader(workspace, importId, fileName, attributes, tagNamed, guarding.note),
    close() {
      this.staged.close();
      guarding.end();
    },
    write(change) {
      const contactId = writeValues(change);
      for (const name of change.tags) {
        const tag = tagNamed(name);
        waiting.tags.push(contactId, tag.id);
        if (change.contactId !== null) waiting.events.push(contactId, 'tag_added', tag.data);
      }
      for (const kind of change.consents) {
        consent(contactId, kind);
        if (change.contactId !== null) waiting.events.push(contactId, kind.given ? 'consent_given' : 'consent_withdrawn', JSON.stringify({ ...aboutSubject(kind.channel), source: kind.source }));
      }
      return contactId;
    },

    flush() {
      const at = workspace.clock.now();
      tags(waiting.tags, { at });
      consents(waiting.consents, { at, file: fileName, import: importId });
      events(waiting.events, { at, import: importId });
      Object.assign(waiting, { tags: [], consents: [], events: [] });
    },
  };
}

/** Between two times at which the guard file is told of withdrawals: it writes to the disk each time. */
const GUARD_EVERY_MS = 1000;

/** Tells the guard file of withdrawals now and then, and at the end: it looks up by itself what is new. */
function seldomGuarding({ guard, clock }: Workspace): { note(): void; end(): void } {
  let told = clock.now();
  let isWaiting = false;
  const tell = (): void => {
    guard?.soon();
    told = clock.now();
    isWaiting = false;
  };
  return {
    note() {
      isWaiting = true;
      if (clock.now() - told >= GUARD_EVERY_MS) tell();
    },
    end() {
      if (isWaiting) tell();
    },
  };
}

/** Finds tags by name, and makes those that are missing. Ids are remembered: of a tag that is there no transaction takes it away. */
export function tagsByName(workspace: Workspace): (name: string) => { id: number; data: string } {
  const known = new Map<string, { id: number; data: string }>();
  return (name) => {
    let tag = known.get(name);
    if (tag === undefined) {
      run(workspace.db, 'INSERT INTO tags (name) VALUES (?) ON CONFLICT (name) DO NOTHING', name);
      tag = { id: row<{ id: number }>(workspace.db, 'SELECT id FROM tags WHERE name = ?', name)!.id, data: JSON.stringify({ tag: name }) };
      known.set(name, tag);
    }
    return tag;
  };
}

type Cells = (string | number | null)[];

/**
 * Makes the function that inserts rows into a table: cells of the columns one row after the other, and by name what is the same
 * in all of them. OR FAIL: what goes wrong takes the whole slice back, so that SQLite need not be ready to take back one statement.
 */
function manyRows(db: Workspace['db'], table: string, columns: readonly string[], same: Readonly<Record<string, string>>): (cells: Cells, named: Record<string, string | number>) => void {
  const one = `(${[...columns.map(() => '?'), ...Object.values(same)].join(', ')})`;
  const statement = (rowCount: number): string => `INSERT OR FAIL INTO ${table} (${[...columns, ...Object.keys(same)].join(', ')}) VALUES ${Array.from({ length: rowCount }, () => one).join(', ')}`;
  const width = columns.length;
  const most = Math.max(1, Math.floor(VALUES_AT_ONCE / (width + Object.keys(same).length)));
  const statements = [...new Set([most, Math.min(most, SOME_AT_ONCE), 1])].map((atOnce) => ({ cellCount: atOnce * width, text: statement(atOnce) }));
  return (cells, named) => {
    let at = 0;
    for (const { cellCount, text } of statements) {
      for (; at + cellCount <= cells.length; at += cellCount) sql(db, text).run(cells.slice(at, at + cellCount), named);
    }
  };
}
