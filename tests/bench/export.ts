// All contacts to a file, by the call that the window and the command line make: all attributes, tags and consent; and only
// attributes; with a file that the system has to read from the disk, and with one that it has read. Beside it: sqlite3 -csv of the
// same columns.
import { spawnSync } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
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

const product = async (columns: string[] | null): Promise<Measured> => {
  const took = await milliseconds(() => machine.call('exports.contacts', { file: join(machine.folder, 'out.csv'), columns, for: 'plain' }));
  return { seconds: took / 1000, peakMegabytes: process.memoryUsage.rss() / 1e6 };
};
const baseline = async (selected: string): Promise<Measured> => {
  const out = openSync(join(machine.folder, 'plain.csv'), 'w');
  const took = await milliseconds(() => {
    const { status, error } = spawnSync('sqlite3', ['-csv', machine.file, `SELECT ${selected} FROM contacts c ORDER BY c.id DESC`], { stdio: ['ignore', out, 'inherit'] });
    if (status !== 0) throw new Error(`sqlite3 ended with ${status}: ${String(error)}`);
  });
  closeSync(out);
  return { seconds: took / 1000, peakMegabytes: 0 };
};

/** Lets the system forget what it has read of the workspace; false where it cannot be told to. What is not on the disk yet it could not forget. */
const forget = (): boolean => spawnSync('dd', [`if=${machine.file}`, `of=${machine.file}`, 'iflag=nocache', 'oflag=nocache', 'conv=notrunc,fsync', 'count=0'], { stdio: 'ignore' }).status === 0;

/** First as after a start of the computer, then as after a look at the list. */
async function compare(workload: string, columns: string[] | null, selected: string): Promise<void> {
  const what = (state: string) => ['export', `${contacts.toLocaleString('en')} contacts, ${workload}, ${state}`, { count: contacts, called: 'rows' }] as const;
  const called = 'sqlite3 -csv of the same columns';
  const cold: [Measured[], Measured[]] = [[], []];
  for (let n = 0; n < runs && forget(); n++) {
    cold[0].push(await product(columns));
    forget();
    cold[1].push(await baseline(selected));
  }
  if (cold[1].length > 0) report(...what('nothing of the file read before'), cold[0], called, cold[1]);
  const warm: [Measured[], Measured[]] = [[], []];
  for (let n = 0; n < runs; n++) {
    warm[0].push(await product(columns));
    warm[1].push(await baseline(selected));
  }
  report(...what('the file read before'), warm[0], called, warm[1]);
}

const stored = attributes.map(({ column }) => `c.${column}`);
await compare('all attributes', attributes.map(({ key }) => key), stored.join(', '));
await compare('all attributes, tags, consent', null, [...stored, TAGS, CONSENT].join(', '));
await machine.close();
