// A file of contacts with twelve columns, two in a hundred of them twice, goes in by the command line, with all that the
// product does. Beside it: the same file into one plain table without any rule, by sqlite3's own .import; where that program is
// missing, parsed by the fastest parser we know and put into such a table.
import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededChance } from '../../src-main/sample/chance.ts';
import { option, report, timed, type Measured } from './measure.ts';

const rows = option('rows', 200_000);
const runs = option('runs', 3);
const folder = mkdtempSync(join(tmpdir(), 'kanal-bench-'));
const file = join(folder, 'contacts.csv');

async function writeContacts(): Promise<void> {
  const chance = seededChance(11);
  const out = createWriteStream(file);
  out.write('Email,First name,Last name,Phone,City,Country,Birthday,Points,Revenue,Newsletter,Member since,Tags\n');
  for (let n = 0; n < rows; n++) {
    const who = n > 100 && chance.next() < 0.02 ? chance.between(0, n - 1) : n;
    const date = `${chance.between(1950, 2005)}-${String(chance.between(1, 12)).padStart(2, '0')}-${String(chance.between(1, 28)).padStart(2, '0')}`;
    const line = `person${who}@mail${who % 50}.example,First${who % 900},"Last ${who % 4000}",+45 ${20_000_000 + (who % 9_999_999)},City ${who % 300},DK,${date},${chance.between(0, 900)},${chance.between(0, 99_999)}.5,${chance.next() < 0.5 ? 'yes' : 'no'},2024-0${chance.between(1, 9)}-1${chance.between(0, 9)},tag${chance.between(1, 40)}|tag${chance.between(41, 60)}\n`;
    if (!out.write(line)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'close');
}

await writeContacts();
const kanal = join(import.meta.dirname, '../../dist/main/cli.js');
const hasSqlite = spawnSync('sqlite3', ['--version']).status === 0;
const product: Measured[] = [];
const baseline: Measured[] = [];
for (let n = 0; n < runs; n++) {
  const workspace = join(folder, `bench-${n}.kanal`);
  timed(process.execPath, [kanal, 'new', workspace]);
  product.push(timed(process.execPath, [kanal, 'import', workspace, file, '--consent', 'email', '--consent-source', 'benchmark']));
  const plain = join(folder, `plain-${n}.db`);
  baseline.push(hasSqlite ? timed('sqlite3', [plain, '-cmd', '.mode csv', `.import "${file}" contacts`]) : timed(process.execPath, [join(import.meta.dirname, 'import-baseline.ts'), plain, file]));
}
report('import', `${rows.toLocaleString('en')} rows x 12 columns, 2 % duplicates, tags, consent`, { count: rows, called: 'rows' }, product, hasSqlite ? 'sqlite3 .import into one plain table' : 'udsv and a prepared insert into one plain table', baseline);
rmSync(folder, { recursive: true });
