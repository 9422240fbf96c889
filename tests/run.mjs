// `npm test`: installs what is missing, then types, lint, unused code, vitest and the journeys in a real browser. Ends with one
// line that counts them all. Plain JavaScript without dependencies, like everything that runs before the installation.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { findBrowser } from '../src-main/launch/browser.mjs';
import { build } from '../src-main/launch/build.mjs';
import { childEnvironment, giveUp, goodNode, root, runChild, setUp, tell } from '../src-main/launch/setup.mjs';

const isWindows = process.platform === 'win32';
/** No tool takes longer than this, unless something hangs. */
const LONGEST_MS = 12 * 60_000;

const total = { passed: 0, failed: 0, skipped: 0 };
let hasEnded = false;
// The last line, whatever happens: what could not even be set up or built has failed.
process.on('exit', () => {
  const failed = total.failed + (hasEnded ? 0 : 1);
  process.stdout.write(`\n${total.passed} passed, ${failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}\n`);
});

const results = join(root, 'node_modules', '.cache', 'kanal', 'test-results');

await setUp();
await findOrInstallBrowser();
await build();
const node = goodNode();
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

await check('types', ['typescript/bin/tsc', '-b']);
await check('lint', ['oxlint/bin/oxlint', '--type-aware', '--quiet']);
await check('unused code', ['knip/bin/knip.js', '--no-progress']);
await suite(
  'vitest',
  ['vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${join(results, 'vitest.json')}`],
  countVitest,
);
if (hasJourneys()) {
  await suite('journeys', ['@playwright/test/cli.js', 'test', '--reporter=list,json'], countPlaywright, {
    PLAYWRIGHT_JSON_OUTPUT_FILE: join(results, 'journeys.json'),
  });
}

hasEnded = true;
process.exitCode = total.failed > 0 ? 1 : 0;

/** A tool that says yes or no: counts as one. */
async function check(name, words) {
  const started = Date.now();
  const code = await runTool(words);
  total[code === 0 ? 'passed' : 'failed']++;
  process.stdout.write(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds(started)})\n`);
}

/** A test runner: its tests count one by one. One that fails without a failed test has failed as a whole. */
async function suite(name, words, count, environment = {}) {
  process.stdout.write(`\n${name}\n`);
  const started = Date.now();
  const code = await runTool(words, environment);
  let counted = { passed: 0, failed: 0, skipped: 0 };
  try {
    counted = count();
  } catch (error) {
    tell(`${name} left no readable results: ${error.message}`);
  }
  if (code !== 0 && counted.failed === 0) counted.failed = 1;
  if (code === 0 && counted.passed === 0) counted.failed++;
  for (const key of Object.keys(total)) total[key] += counted[key];
  process.stdout.write(
    `${code === 0 ? 'ok    ' : 'FAILED'} ${name}: ${counted.passed} passed, ${counted.failed} failed, ${counted.skipped} skipped (${seconds(started)})\n`,
  );
}

/** Runs a tool in a group of its own, so that nothing of it stays behind: not after Ctrl+C, and not after a test that never ends. */
function runTool([script, ...words], environment = {}) {
  return new Promise((resolve) => {
    const child = spawn(node, [join(root, 'node_modules', ...script.split('/')), ...words], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: !isWindows,
      env: { ...childEnvironment(node), ...environment },
    });
    const end = () => {
      if (isWindows) spawnSync('taskkill', ['/pid', String(child.pid), '/t', '/f']);
      else process.kill(-child.pid, 'SIGKILL');
    };
    const interrupt = () => {
      end();
      process.exit(130);
    };
    const limit = setTimeout(() => {
      tell(`Not done after ${LONGEST_MS / 60_000} minutes: ended.`);
      end();
    }, LONGEST_MS);
    process.once('SIGINT', interrupt);
    process.once('SIGTERM', interrupt);
    const settle = (code) => {
      clearTimeout(limit);
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', interrupt);
      resolve(code);
    };
    child.on('error', () => settle(127));
    child.on('exit', (code) => settle(code ?? 1));
  });
}

function countVitest() {
  const report = JSON.parse(readFileSync(join(results, 'vitest.json'), 'utf8'));
  // A file that cannot even be loaded has no tests to fail.
  const brokenFiles = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function countPlaywright() {
  const { expected, unexpected, flaky, skipped } = JSON.parse(readFileSync(join(results, 'journeys.json'), 'utf8')).stats;
  if (flaky > 0) tell(`${flaky} of the journeys needed a second try; the list above names them.`);
  return { passed: expected + flaky, failed: unexpected, skipped };
}

function hasJourneys() {
  const folder = join(root, 'tests', 'journeys');
  return existsSync(folder) && readdirSync(folder, { recursive: true }).some((name) => /\.(spec|test)\.tsx?$/.test(String(name)));
}

/** The journeys need a browser of the Chromium family. As root on Debian it is installed; elsewhere the user is told. */
async function findOrInstallBrowser() {
  if (findBrowser() !== null) return;
  const isRootOnDebian = process.platform === 'linux' && process.getuid() === 0 && existsSync('/etc/debian_version') && has('apt-get');
  if (isRootOnDebian) {
    tell('Installing Chromium and fonts for the tests (about a minute, only once) ...');
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const packages = ['chromium', 'xvfb', 'xauth', 'fonts-liberation', 'fonts-noto-color-emoji'];
    const install = () => runChild('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env: environment });
    await runChild('apt-get', ['update', '-qq'], { env: environment });
    await install();
    if (findBrowser() !== null) return;
  }
  const remedy =
    { win32: 'Install Google Chrome, or use Edge.', darwin: 'Install Google Chrome.' }[process.platform] ??
    'Install Chromium (on Debian and Ubuntu: sudo apt-get install chromium fonts-liberation).';
  giveUp(`The tests drive the window in Chromium, Chrome or Edge, and none was found. ${remedy} KANAL_BROWSER can name its path.`);
}

function has(program) {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

function seconds(since) {
  return `${Math.round((Date.now() - since) / 100) / 10} s`;
}
