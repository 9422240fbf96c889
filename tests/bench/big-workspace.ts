// A workspace of a million contacts and five million events for benchmarks: made once by the same arithmetic each time, kept in
// the folder for temporary files, and opened from there by the next benchmark.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Attribute } from '../../shared/contacts/contact.ts';
import { DAY } from '../../shared/time.ts';
import { addAttribute } from '../../src-main/store/attributes.ts';
import { createDatabase, type Database } from '../../src-main/store/database.ts';
import { writeSettings } from '../../src-main/store/settings.ts';

/** Monday, 2 March 2026, 08:00 UTC: "now" of the big workspace. Its history is that of the year before. */
export const BIG_NOW = Date.UTC(2026, 2, 2, 8);

const ATTRIBUTES: Attribute[] = [
  { key: 'city', label: 'City', kind: 'text' },
  { key: 'country', label: 'Country', kind: 'choice', choices: ['DK', 'SE', 'NL', 'PL', 'DE'] },
  { key: 'birthday', label: 'Birthday', kind: 'date' },
  { key: 'points', label: 'Points', kind: 'number' },
  { key: 'revenue', label: 'Revenue', kind: 'money' },
  { key: 'newsletter', label: 'Newsletter', kind: 'yesNo' },
  { key: 'member_since', label: 'Member since', kind: 'date' },
];

/** The file of such a workspace; it is made when it is not there, or when the schema has changed since. A copy is the caller's to make. */
export function bigWorkspace(contacts: number, events: number): string {
  const folder = join(tmpdir(), 'kanal-bench-big');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${contacts}-${events}-${schemaMark()}.kanal`);
  if (existsSync(file)) return file;
  for (const old of readdirSync(folder)) if (old.startsWith(`${contacts}-${events}-`)) rmSync(join(folder, old), { force: true });
  process.stderr.write(`Making a workspace of ${contacts.toLocaleString('en')} contacts and ${events.toLocaleString('en')} events ...\n`);
  const unfinished = `${file}.part`;
  rmSync(unfinished, { force: true });
  const db = createDatabase(unfinished);
  db.pragma('synchronous = OFF');
  db.pragma('cache_size = -1500000');
  const workspace = { file: unfinished, db, clock: { now: () => BIG_NOW, after: () => () => undefined } };
  writeSettings(workspace, { name: 'Big', timeZone: 'Europe/Copenhagen', locale: 'da-DK', currency: 'DKK', postalAddress: 'Testvej 1' });
  for (const attribute of ATTRIBUTES) addAttribute(workspace, attribute);
  db.transaction(() => fill(db, contacts, events))();
  // Without its history of writing, so that the file alone is the workspace.
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  renameSync(unfinished, file);
  return file;
}

/** Changes when this file or a table of the product does. */
function schemaMark(): string {
  const hash = createHash('sha256').update(readFileSync(import.meta.filename));
  const folder = join(import.meta.dirname, '../../src-main/store/migrations');
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) if (name.endsWith('.ts')) hash.update(readFileSync(join(folder, name)));
  return hash.digest('hex').slice(0, 12);
}

/** A number from 0 to 2147483646 that looks drawn by lot, the same for the same `n` and `salt`. */
const lot = (n: string, salt: number) => `((((${n}) * 48271 + ${salt * 7919 + 1}) % 2147483647) * 69621 % 2147483647)`;
const pick = (n: string, salt: number, list: readonly string[]) => `CASE ${lot(n, salt)} % ${list.length} ${list.map((each, index) => `WHEN ${index} THEN '${each}'`).join(' ')} END`;
const day = (n: string, salt: number, year: number, years: number) => `printf('%04d-%02d-%02d', ${year} + ${lot(n, salt)} % ${years}, 1 + ${lot(n, salt + 1)} % 12, 1 + ${lot(n, salt + 2)} % 28)`;

const FIRST = ['Anna', 'Søren', 'Freja', 'Mikkel', 'Ida', 'Lukasz', 'Zofia', 'Åsa', 'Björn', 'Femke', 'Sanne', 'Jan', 'Maja', 'Oskar', 'Élise', 'Emil'];
const LAST = ['Holm', 'Sørensen', 'Jensen', 'Kowalska', 'Nowak', 'Lindström', 'de Vries', 'Bakker', 'Møller', 'Åberg', 'Schmidt', 'Nielsen', 'Wójcik', 'Berg'];
const CITIES = ['Aarhus', 'København', 'Malmö', 'Łódź', 'Warszawa', 'Utrecht', 'Groningen', 'Odense', 'Göteborg', 'Berlin', 'Aalborg', 'Kraków'];

function fill(db: Database, contacts: number, events: number): void {
  const numbers = 'WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ?)';
  const year = 365 * DAY;
  const addedAt = `(${BIG_NOW - 2 * year} + ${lot('n', 1)} % ${year} * 1)`;
  db.prepare(
    `${numbers} INSERT INTO contacts (id, email, phone, external_id, first_name, last_name, language, added_at, a_city, a_country, a_birthday, a_points, a_revenue, a_newsletter, a_member_since)
     SELECT n, 'person' || n || '@mail' || (n % 50) || '.example', '+45' || (20000000 + n), CASE WHEN n % 3 = 0 THEN 'C-' || n END,
       ${pick('n', 2, FIRST)}, ${pick('n', 3, LAST)} || CASE WHEN n % 7 = 0 THEN ' ' || (n % 4000) ELSE '' END, ${pick('n', 4, ['da', 'sv', 'nl', 'pl'])}, ${addedAt},
       ${pick('n', 5, CITIES)}, ${pick('n', 6, ['DK', 'SE', 'NL', 'PL', 'DE'])}, ${day('n', 7, 1950, 55)}, CAST(${lot('n', 10)} % 1000 AS REAL),
       CASE WHEN n % 4 > 0 THEN ${lot('n', 11)} % 500000 END, CASE WHEN n % 9 > 0 THEN ${lot('n', 12)} % 2 END, ${day('n', 13, 2018, 7)}
     FROM numbers`,
  ).run(contacts);
  db.exec(`WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 60) INSERT INTO tags (id, name) SELECT n, 'tag' || n FROM numbers`);
  db.prepare(`${numbers} INSERT INTO contact_tags (contact_id, tag_id, added_at) SELECT n, 1 + ${lot('n', 20)} % 40, ${BIG_NOW - 100 * DAY} FROM numbers`).run(contacts);
  db.prepare(`${numbers} INSERT INTO contact_tags (contact_id, tag_id, added_at) SELECT n, 41 + ${lot('n', 21)} % 20, ${BIG_NOW - 100 * DAY} FROM numbers WHERE n % 3 > 0`).run(contacts);
  db.prepare(
    `${numbers} INSERT INTO consents (contact_id, channel, state, source, actor, at)
     SELECT n, 'email', CASE WHEN n % 20 = 0 THEN 'withdrawn' ELSE 'given' END, 'form', 'import', ${BIG_NOW - 90 * DAY} FROM numbers WHERE n % 10 < 7`,
  ).run(contacts);
  db.prepare(
    `${numbers} INSERT INTO events (id, event_id, contact_id, type, at, recorded_at, source, data)
     SELECT n, NULL, n, 'contact_added', ${addedAt}, ${addedAt}, 'import', '{}' FROM numbers`,
  ).run(contacts);
  const kind = `${lot('n', 30)} % 100`;
  db.prepare(
    `${numbers}, drawn(n, contact, kind, at) AS (SELECT n, 1 + ${lot('n', 31)} % ?, ${kind}, ${BIG_NOW - year} + CAST(n * ${year - DAY}.0 / ? AS INTEGER) FROM numbers)
     INSERT INTO events (id, event_id, contact_id, type, at, recorded_at, source, data)
     SELECT ? + n, CASE WHEN kind >= 73 THEN 'bench-' || printf('%09d', n) END, contact,
       CASE WHEN kind < 40 THEN 'message_sent' WHEN kind < 65 THEN 'message_opened' WHEN kind < 73 THEN 'message_clicked' WHEN kind < 95 THEN 'page_viewed' ELSE 'order_placed' END,
       at, at, 'bench',
       CASE WHEN kind < 73 THEN json_object('message', 'mail' || (n % 12)) WHEN kind < 95 THEN json_object('url', '/tea/' || (n % 500)) ELSE json_object('order', 'o' || n) END
     FROM drawn`,
  ).run(events - contacts, contacts, events - contacts, contacts);
  db.exec(
    `INSERT INTO orders (order_key, event_id, contact_id, at, local_day, nth, amount, currency, data)
     SELECT 'o' || id, id, contact_id, at, strftime('%Y-%m-%d', at / 1000, 'unixepoch'), row_number() OVER (PARTITION BY contact_id ORDER BY at), 5000 + ${lot('id', 40)} % 90000, 'DKK', '{}'
     FROM events WHERE type = 'order_placed' ORDER BY id`,
  );
}
