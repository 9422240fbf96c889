// Builds the program into dist: bundles for Node and Electron (main), and the window (renderer). What has not changed since it
// was built last is not built again.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { childEnvironment, giveUp, goodNode, oneAtATime, root, runChild, setUp, tell } from './setup.mjs';

const dist = join(root, 'dist');

/** What can be built, and which folders and files decide whether it must be. */
const parts = {
  main: { inputs: ['src-main', 'shared', 'assets', 'package-lock.json'], build: buildMain },
  renderer: { inputs: ['src-renderer', 'shared', 'assets', 'package-lock.json'], build: buildRenderer },
};

/** Builds those of the parts ("main", "renderer") that are out of date. Says what it does; nothing when there is nothing to do. */
export async function build(names = Object.keys(parts)) {
  if (names.every(isCurrent)) return;
  await oneAtATime(async () => {
    for (const name of names.filter((each) => !isCurrent(each))) {
      tell(name === 'main' ? 'Building the machine ...' : 'Building the window ...');
      const node = goodNode();
      const code = await runChild(node, [join(root, 'src-main', 'launch', 'build.mjs'), '--part', name], { env: childEnvironment(node) });
      if (code !== 0) giveUp('The build did not succeed; the reason is above.');
    }
  });
}

function isCurrent(name) {
  const stamp = stampFile(name);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint(name);
}

function stampFile(name) {
  return join(dist, `${name}.inputs`);
}

function fingerprint(name) {
  const hash = createHash('sha256').update(process.platform);
  for (const input of parts[name].inputs) {
    for (const file of filesUnder(join(root, input)))
      hash
        .update(`${relative(root, file)}\0`)
        .update(readFileSync(file))
        .update('\0');
  }
  return hash.digest('hex');
}

function filesUnder(path) {
  if (!existsSync(path)) return [];
  const entries = readdirSyncOrNull(path);
  if (entries === null) return [path];
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1)).flatMap((entry) => filesUnder(join(path, entry.name)));
}

function readdirSyncOrNull(path) {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch (error) {
    if (error.code === 'ENOTDIR') return null;
    throw error;
  }
}

async function buildPart(name) {
  const before = fingerprint(name);
  rmSync(stampFile(name), { force: true });
  await parts[name].build();
  // What was saved while this ran is not in it: then the next start builds again.
  writeFileSync(stampFile(name), before);
}

/** The programs: one bundle each, ES modules; and the preload script, which a sandbox wants as CommonJS. */
async function buildMain() {
  const esbuild = await import('esbuild');
  const out = join(dist, 'main');
  mkdirSync(out, { recursive: true });
  const old = new Set(readdirSync(out));
  const source = (name) => join(root, 'src-main', name);
  const workers = filesUnder(source('')).filter((file) => file.endsWith('-worker.ts'));
  const programs = [source('cli.ts'), source('electron.ts'), source('backend-process.ts'), ...workers];
  const common = {
    bundle: true,
    platform: 'node',
    target: 'node24',
    external: ['electron', 'better-sqlite3'],
    logLevel: 'silent',
    absWorkingDir: root,
    sourcemap: true,
  };
  await esbuild.build({
    ...common,
    entryPoints: Object.fromEntries(programs.map((file) => [basename(file, '.ts'), file])),
    outdir: out,
    format: 'esm',
    define: { __dirname: 'kanalFolder' },
    banner: { js: banner() },
  });
  await esbuild.build({
    ...common,
    entryPoints: [source('preload.ts')],
    outfile: join(out, 'preload.cjs'),
    format: 'cjs',
    sourcemap: false,
  });
  // Replaced one by one, so that a program that runs meanwhile finds its files; what is built no more goes last.
  const made = new Set(['preload.cjs', ...programs.flatMap((file) => [`${basename(file, '.ts')}.js`, `${basename(file, '.ts')}.js.map`])]);
  for (const name of old) if (!made.has(name)) rmSync(join(out, name), { recursive: true, force: true });
}

/** Packages in CommonJS ask for `require` and `__dirname`; a Node that is too old is named before it can crash. */
function banner() {
  return [
    `import { createRequire as kanalRequire } from 'node:module';`,
    `const require = kanalRequire(import.meta.url);`,
    `const kanalFolder = import.meta.dirname;`,
    `if (Number(process.versions.napi) < 10) { process.stderr.write('Kanal needs Node 22.14 or newer, and this is Node ' + process.versions.node + '.\\n'); process.exit(1); }`,
  ].join('\n');
}

async function buildRenderer() {
  const vite = await import('vite');
  await vite.build({ configFile: join(root, 'src-renderer', 'vite.config.ts'), logLevel: 'warn' });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const part = process.argv[2] === '--part' ? process.argv[3] : undefined;
  if (part !== undefined) {
    // A stack trace into the bundlers tells nobody more.
    await buildPart(part).catch((error) => giveUp(error.message));
  } else {
    await setUp();
    await build();
  }
}
