// `npm start`: installs and builds what is missing, then opens the program: in Electron, or where its binary is not to be had,
// in an app window of an installed browser.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { browserSwitches, findBrowser, hasScreen } from './browser.mjs';
import { build } from './build.mjs';
import { childEnvironment, goodNode, root, runChild, setUp, tell } from './setup.mjs';

const electronFolder = join(root, 'node_modules', 'electron');
/** How long to look for Electron's download host before going on without it. */
const PATIENCE_MS = 5000;
const LONGEST_DOWNLOAD_MS = 10 * 60_000;

await setUp();
await build();
const node = goodNode();
const files = process.argv.slice(2);

if (!hasScreen()) {
  tell('There is no screen here to open a window on, so Kanal waits for a browser at its address.');
  await serve(null);
} else if (await hasElectron()) {
  await openElectron();
} else {
  const browser = findBrowser();
  tell(
    browser === null
      ? 'Electron is not installed and cannot be downloaded, and neither Chromium, Chrome nor Edge was found: open the address below in a browser.'
      : `Electron is not installed and cannot be downloaded: Kanal opens in a window of ${browser} instead.`,
  );
  await serve(browser);
}

/** Whether Electron's binary is here, or can be fetched now. Never hangs where there is no network. */
async function hasElectron() {
  if (electronProgram() !== null) return true;
  if (
    !(await isReachable(
      process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror ?? 'https://github.com/electron/electron/releases/',
    ))
  )
    return false;
  tell('Downloading Electron (about 110 MB, only once) ...');
  await runChild(node, [join(electronFolder, 'install.js')], { env: childEnvironment(node), timeout: LONGEST_DOWNLOAD_MS });
  return electronProgram() !== null;
}

function electronProgram() {
  const pathFile = join(electronFolder, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const program = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(electronFolder, 'dist'), readFileSync(pathFile, 'utf8'));
  return existsSync(program) ? program : null;
}

async function isReachable(address) {
  try {
    await fetch(address, { method: 'HEAD', signal: AbortSignal.timeout(PATIENCE_MS) });
    return true;
  } catch {
    return false;
  }
}

async function openElectron() {
  const environment = { ...process.env };
  delete environment.ELECTRON_RUN_AS_NODE;
  process.exit(await runChild(electronProgram(), [...browserSwitches(), root, ...files], { env: environment, stdio: 'inherit' }));
}

/** Runs the loopback host, and a window on it if there is a browser; ends when the window is closed. */
async function serve(browser) {
  const host = spawn(node, [join(root, 'dist', 'main', 'cli.js'), 'serve', '--json', ...files.slice(0, 1)], {
    cwd: process.cwd(),
    env: childEnvironment(node),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => host.kill('SIGTERM'));
  process.on('exit', () => host.kill('SIGTERM'));
  const ended = new Promise((resolve) => host.on('exit', (code) => resolve(code ?? 1)));
  const first = await Promise.race([firstLine(host.stdout), ended.then(() => null)]);
  const answer = first === null ? null : JSON.parse(first);
  if (answer?.url === undefined) {
    for (const problem of answer?.problems ?? []) tell(problem.message);
    process.exit((await ended) || 1);
  }
  if (browser === null) {
    process.stdout.write(`${answer.url}\n`);
    process.exit(await ended);
  }
  await openWindow(browser, answer.url);
  host.kill('SIGTERM');
  await ended;
}

function firstLine(stream) {
  return new Promise((resolve) => {
    let text = '';
    stream.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
    stream.on('end', () => resolve(text === '' ? null : text));
  });
}

/**
 * An app window with a profile of its own, so that the process lasts as long as the window. The address has the key of the
 * session in it; it is handed over in a file that only this user can read, because everybody can read a command line.
 */
async function openWindow(browser, url) {
  const folder = mkdtempSync(join(tmpdir(), 'kanal-window-'));
  const page = join(folder, 'kanal.html');
  writeFileSync(
    page,
    `<!doctype html><meta charset="utf-8"><title>Kanal</title><script>location.replace(${JSON.stringify(url)})</script>`,
    { mode: 0o600 },
  );
  const code = await runChild(
    browser,
    [
      ...browserSwitches(),
      `--app=${pathToFileURL(page).href}`,
      `--user-data-dir=${join(folder, 'profile')}`,
      '--no-first-run',
      '--no-default-browser-check',
      '--disable-sync',
      '--window-size=1360,880',
    ],
    { stdio: 'ignore' },
  );
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  if (code !== 0) tell(`The browser ended with exit code ${code}.`);
}
