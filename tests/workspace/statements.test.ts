// Statements are prepared once: what is done to their text so that SQLite does not plan them anew for each value changes no value.
import { expect, test } from 'vitest';
import { createDatabase, row, rows, run, sql } from '../../src-main/store/database.ts';

test('what is compared with a parameter is not looked at while planning; other comparisons stay as they are', () => {
  const db = createDatabase(':memory:');
  expect(sql(db, 'SELECT c.id FROM contacts c JOIN outbox o ON o.contact_id = c.id WHERE o.id = ? AND c.email IS ? AND c.id <= ? AND c.id >= ? AND c.id != ? AND c.phone IS NOT ?').source).toBe(
    'SELECT c.id FROM contacts c JOIN outbox o ON o.contact_id = c.id WHERE o.id = +? AND c.email IS +? AND c.id <= ? AND c.id >= ? AND c.id != ? AND c.phone IS NOT ?',
  );
  db.close();
});

test.each([['text', '5'], ['text that is no number', 'blåbær'], ['integer', 9_007_199_254_740_991], ['real', 0.1], ['bytes', Buffer.from([0, 255])], ['nothing', null]])('%s goes in and is found as it is', (_, value) => {
  const db = createDatabase(':memory:');
  db.exec('CREATE TABLE kept (id INTEGER PRIMARY KEY, value ANY) STRICT');
  run(db, 'INSERT INTO kept (id) VALUES (1)');
  run(db, 'UPDATE kept SET value = ? WHERE id = ?', value, 1);
  expect(row<{ value: unknown }>(db, 'SELECT value FROM kept WHERE id = ?', 1)!.value).toEqual(value);
  expect(rows(db, 'SELECT id FROM kept WHERE value IS ? ORDER BY id', value)).toEqual([{ id: 1 }]);
  expect(rows(db, 'SELECT id FROM kept WHERE value = ? ORDER BY id', value)).toEqual(value === null ? [] : [{ id: 1 }]);
  db.close();
});

test('a number that comes as text is compared with a column of numbers as a number', () => {
  const db = createDatabase(':memory:');
  run(db, 'INSERT INTO contacts (id, email, added_at) VALUES (7, ?, 0)', 'ada@example.dk');
  expect(rows(db, 'SELECT id FROM contacts WHERE id = ? ORDER BY email', '7')).toEqual([{ id: 7 }]);
  db.close();
});

/** Tables with a row for each work of a person, not for each contact. */
const FEW_ROWS = new Set(['flows', 'imports', 'bulk_edits']);

test('nothing that is checked of a row, or decides whether an index holds it, makes a table of its own for every row that is written', () => {
  const db = createDatabase(':memory:');
  const slow = rows<{ name: string }>(db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'`).filter(({ name }) => {
    if (FEW_ROWS.has(name)) return false;
    const columns = rows<{ name: string }>(db, `SELECT name FROM pragma_table_info('${name}')`).map((column) => `"${column.name}"`);
    const steps = db.prepare(`EXPLAIN INSERT INTO "${name}" (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`).all(...columns.map(() => null)) as { opcode: string }[];
    return steps.some(({ opcode }) => opcode === 'OpenEphemeral');
  });
  expect(slow.map(({ name }) => name)).toEqual([]);
  db.close();
});
