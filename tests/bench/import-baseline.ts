// The baseline of the import benchmark: parse, insert into a plain table, nothing else.
import { readFileSync } from 'node:fs';
import SQLite from 'better-sqlite3';
import { inferSchema, initParser } from 'udsv';

const [database, file] = process.argv.slice(2) as [string, string];
const text = readFileSync(file, 'utf8');
const schema = inferSchema(text);
const db = new SQLite(database);
db.pragma('journal_mode = WAL');
db.pragma('synchronous = FULL');
db.exec(`CREATE TABLE contacts (${schema.cols.map((_, index) => `c${index} TEXT`).join(', ')})`);
const insert = db.prepare(`INSERT INTO contacts VALUES (${schema.cols.map(() => '?').join(', ')})`);
const parsed = initParser(schema).stringArrs(text);
db.transaction(() => {
  for (const row of parsed) insert.run(...row);
})();
db.close();
