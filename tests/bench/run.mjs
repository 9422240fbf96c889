// `npm run bench [-- NAME [--rows N]]`: how fast, each workload beside a baseline measured in the same run (median of three).
// Machines are noisy: an absolute time is a hint, a ratio is a result. Nothing in the test suite asserts a time.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const root = join(folder, '../..');
const bundledNode = join(root, 'node_modules/.bin/node');
const node = Number(process.versions.napi) >= 10 || !existsSync(bundledNode) ? process.execPath : bundledNode;

const built = spawnSync(process.execPath, [join(root, 'src-main/launch/kanal.mjs'), '--help'], { stdio: ['ignore', 'ignore', 'inherit'] });
if (built.status !== 0) process.exit(built.status ?? 1);

const known = ['import', 'import-huge', 'export', 'grid', 'segments', 'responsive', 'executor', 'tick', 'triggers', 'publish', 'send', 'simulate', 'simulate-big'];
const [name, ...rest] = process.argv.slice(2);
const chosen = name === undefined || name.startsWith('--') ? known : [name];
const options = name?.startsWith('--') ? [name, ...rest] : rest;
for (const each of chosen) {
  if (!known.includes(each)) {
    process.stderr.write(`There is no benchmark "${each}". There are: ${known.join(', ')}.\n`);
    process.exit(2);
  }
  const { status } = spawnSync(node, [join(folder, `${each}.ts`), ...options], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
