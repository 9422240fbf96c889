// All contacts to a file, by the call that the window and the command line make: all attributes, tags and consent; and only
// attributes. Beside it: sqlite3 -csv of the same columns.
import { spawnSync } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { attributesOf } from '../../src-main/store/attributes.ts';
import { openForReading } from '../../src-main/store/reading-connection.ts';
import { bigMachine, milliseconds } from './big-machine.ts';
import { option, report, type Measured } from './measure.ts';

const contacts = option('contacts', 1_000_000);
const events = option('events', contacts * 5);
const runs = option('runs', 3);
const machine = await bigMachine(contacts, events);
const connection = openForReading(machine.file);
const attributes = [...attributesOf({ db: connection }).values()];
connection.close();

const TAGS = `(SELECT group_concat(name, '|') FROM (SELECT t.name AS name FROM contact_tags x JOIN tags t ON t.id = x.tag_id WHERE x.contact_id = c.id ORDER BY t.name COLLATE NOCASE))`;
const CONSENT = `(SELECT k.state FROM consents k WHERE k.contact_id = c.id AND k.channel = 'email' AND k.topic = '' ORDER BY k.id DESC LIMIT 1)`;

async function compare(workload: string, columns: string[] | null, selected: string): Promise<void> {
  const product: Measured[] = [];
  const baseline: Measured[] = [];
  for (let n = 0; n < runs; n++) {
    const took = await milliseconds(() => machine.call('exports.contacts', { file: join(machine.folder, 'out.csv'), columns, for: 'plain' }));
    product.push({ seconds: took / 1000, peakMegabytes: process.memoryUsage.rss() / 1e6 });
    const plain = await milliseconds(() => {
      const { status, error } = spawnSync('sqlite3', ['-csv', machine.file, `SELECT ${selected} FROM contacts c ORDER BY c.id DESC`], { stdio: ['ignore', openSync(join(machine.folder, 'plain.csv'), 'w'), 'inherit'] });
      if (status !== 0) throw new Error(`sqlite3 ended with ${status}: ${String(error)}`);
    });
    baseline.push({ seconds: plain / 1000, peakMegabytes: 0 });
  }
  report('export', `${contacts.toLocaleString('en')} contacts, ${workload}`, { count: contacts, called: 'rows' }, product, 'sqlite3 -csv of the same columns', baseline);
}

const stored = attributes.map(({ column }) => `c.${column}`);
await compare('all attributes', attributes.map(({ key }) => key), stored.join(', '));
await compare('all attributes, tags, consent', null, [...stored, TAGS, CONSENT].join(', '));
await machine.close();
