// A file of contacts with twelve columns, two in a hundred of them twice, goes in by the command line, with all that the
// product does. Beside it: the same file into one plain table without any rule, by sqlite3's own .import; where that program is
// missing, parsed by the fastest parser we know and put into such a table. `--rows 200000` is enough for a quick look.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeContacts } from './contacts-file.ts';
import { option, report, timed, type Measured } from './measure.ts';

const rows = option('rows', 1_000_000);
const runs = option('runs', 3);
const folder = mkdtempSync(join(tmpdir(), 'kanal-bench-'));
const file = join(folder, 'contacts.csv');

await writeContacts(file, { rows });
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
  for (const made of [workspace, plain]) for (const end of ['', '-wal', '-shm', '-lock']) rmSync(`${made}${end}`, { force: true });
}
report('import', `${rows.toLocaleString('en')} rows x 12 columns, 2 % duplicates, tags, consent`, { count: rows, called: 'rows' }, product, hasSqlite ? 'sqlite3 .import into one plain table' : 'udsv and a prepared insert into one plain table', baseline);
rmSync(folder, { recursive: true });
