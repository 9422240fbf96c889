// The built desktop program on the stand-in: who may ask, what may leave, and that its machine may die (FAULTS 1.7, F48).
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findBrowser, browserSwitches } from '../../src-main/launch/browser.mjs';
import { desktop, untilTrue, type Desktop } from './machines.ts';

const root = join(import.meta.dirname, '..', '..');

type Recorded = {
  order: string[];
  opened: string[];
  boxes: string[];
  menu: string[];
  requests: string[];
  complaints: string[];
  schemes: { scheme: string; privileges: object }[];
  webPreferences: object;
  notices: string[];
};

describe.skipIf(findBrowser() === null)('on the stand-in', () => {
  let folder: string;
  let program: Desktop;
  let file: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kanal-desktop-'));
    file = join(folder, 'client.kanal');
    program = await desktop(folder);
    await program.call('workspace.create', { name: 'Client', file, timeZone: null, locale: null, sample: false });
    // The program may have to be built first.
  }, 120_000);
  afterAll(async () => {
    await program.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const recorded = () => program.ask<Recorded>('record');

  test('the window is confined before anything is shown, and none of its safety is switched off', async () => {
    const { order, schemes, webPreferences, menu } = await recorded();
    expect(order.slice(0, 2)).toEqual(['enableSandbox', 'ready']);
    expect(schemes).toEqual([{ scheme: 'kanal', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }]);
    expect(Object.keys(webPreferences)).toEqual(['preload']);
    expect(menu).toEqual(expect.arrayContaining(['editMenu', 'windowMenu']));
  });

  test('the program draws itself under its policy: no complaint, no request to anywhere else', async () => {
    await untilTrue(() => program.ask<boolean>('evaluate', `document.querySelector('#root')?.childElementCount > 0`));
    const { complaints, requests } = await recorded();
    expect(complaints).toEqual([]);
    expect(requests.length).toBeGreaterThan(1);
    expect(requests.filter((address) => !address.startsWith('http://kanal-app.localhost/'))).toEqual([]);
  });

  test('the page has no Node, and the bridge only its functions', async () => {
    expect(await program.ask('evaluate', `[typeof process, typeof require, Object.keys(window.kanal).sort().join()]`)).toEqual([
      'undefined',
      'undefined',
      'call,chooseFile,desktop,on,pathOf',
    ]);
  });

  test('an embedded frame (such as the preview of a message) may not ask', async () => {
    const asked = await program.ask<string>(
      'evaluate',
      `new Promise((resolve) => {
        const frame = document.createElement('iframe');
        frame.srcdoc = '<p>Dear Ada';
        frame.onload = () => frame.contentWindow.kanal.call('workspace.current', {}).then(() => resolve('answered'), (error) => resolve(String(error)));
        document.body.append(frame);
      })`,
    );
    expect(asked).toContain('Only the window of Kanal may ask');
  });

  test.each([
    ['kanal://app/index.html', 200],
    ['kanal://app/', 200],
    ['kanal://app/../../package.json', 404],
    ['kanal://app/%2e%2e/%2e%2e/package.json', 404],
    ['kanal://app/..%2fmain/cli.js', 404],
    ['kanal://other/index.html', 404],
  ])('%s: %i', async (address, status) => expect(await program.ask('protocol', address)).toBe(status));

  test.each(['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'])('%s is prevented', async (event) =>
    expect(await program.ask('navigate', event)).toBe(true),
  );

  test.each([
    ['https://example.com/a', true],
    ['mailto:ada@example.com', true],
    ['http://example.com/', false],
    ['file:///etc/passwd', false],
    ['smb://host/share', false],
    ['ms-msdt:/id', false],
    ['javascript:alert(1)', false],
    ['not an address', false],
  ])('%s opens no window; outside, after a question: %s', async (address, mayOpen) => {
    expect(await program.ask('openWindow', address)).toEqual({ action: 'deny' });
    const { opened } = await recorded();
    expect(opened.includes(address)).toBe(mayOpen);
    await program.ask('answerDialogs', 1);
    await program.ask('openWindow', address);
    expect((await recorded()).opened.length).toBe(opened.length);
    await program.ask('answerDialogs', 0);
  });

  test.each([
    ['notifications', false],
    ['media', false],
    ['geolocation', false],
    ['clipboard-read', false],
    ['openExternal', false],
    ['clipboard-sanitized-write', true],
  ])('permission %s: %s', async (name, granted) => {
    expect(await program.ask('permission', name)).toEqual([granted, granted]);
  });

  test('the system dialog answers a path, or null', async () => {
    const question = `window.kanal.chooseFile({ kind: 'open', extensions: ['csv'] })`;
    expect(await program.ask('evaluate', question)).toBeNull();
    await program.ask('chooseFile', '/home/ada/kunder.csv');
    expect(await program.ask('evaluate', question)).toBe('/home/ada/kunder.csv');
    await expect(program.ask('evaluate', `window.kanal.chooseFile({ kind: 'run', extensions: ['../x'] })`)).rejects.toThrow();
    await program.ask('chooseFile', null);
  });

  test('a password goes to the keyring, encrypted, and nowhere else', async () => {
    const account = {
      name: 'Mail',
      host: 'smtp.example.com',
      port: 465,
      security: 'tls',
      user: 'ada',
      fromName: 'Ada',
      fromAddress: 'ada@example.com',
    };
    expect(await program.call('accounts.save', { id: null, account, password: 'hunter2-åøæ' })).toHaveProperty('value');
    await untilTrue(() => existsSync(join(folder, 'data', 'passwords.json')));
    for (const path of [join(folder, 'data', 'passwords.json'), file, `${file}-wal`])
      if (existsSync(path)) expect(readFileSync(path).includes('hunter2')).toBe(false);
  });

  test('what a flow tells is told on the desktop', async () => {
    const step = { id: 'tell', type: 'notify', config: { title: '{{ contact.first_name }} is here', text: 'Look.' } };
    const flow = { kanalFlow: 1, name: 'Tells', triggers: [{ id: 'a', type: 'contactAdded', config: {} }], steps: [step], edges: [{ from: 'start', outlet: 'next', to: 'tell' }] };
    const { value } = (await program.call('flows.importFile', { text: JSON.stringify(flow), fileName: 'tells.kanalflow' })) as { value: { id: number } };
    expect(await program.call('flows.publish', { flow: value.id })).toHaveProperty('value');
    await program.call('contacts.add', { values: { email: 'ada@example.com', first_name: 'Ada' } });
    await untilTrue(async () => (await recorded()).notices.includes('Ada is here: Look.'));
  });

  test('a second start brings the files it was given; a flow file becomes a draft', async () => {
    await program.ask('secondInstance', ['kanal', '--flag', join(folder, 'not-there.kanal'), 'readme.txt']);
    await untilTrue(async () => (await recorded()).boxes.some((text) => text.includes('There is no file')));
    writeFileSync(join(folder, 'broken.kanalflow'), '{');
    await program.ask('secondInstance', ['kanal', join(folder, 'broken.kanalflow')]);
    await untilTrue(async () => (await recorded()).boxes.some((text) => text.startsWith('broken.kanalflow')));
  });

  test('kill -9 of the machine: it comes back with the file and the password, and the window is told', async () => {
    await program.call('flows.create', { name: 'Before' });
    await program.ask('killMachine');
    await untilTrue(async () => {
      const answer = await program.call('flows.list', {});
      return 'value' in answer && (answer.value as { name: string }[]).some(({ name }) => name === 'Before');
    });
    await program.call('workspace.current', {});
    expect(
      program.heard.some((event) => event.type === 'changed' && event.topics.includes('workspace') && event.topics.includes('runner')),
    ).toBe(true);
    expect(await program.call('accounts.list', {})).toMatchObject({ value: [{ hasPassword: true }] });
  });
});

test.skipIf(findBrowser() === null)(
  'started with a file it opens that file; quitting lets go of it at once',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kanal-desktop-'));
    const file = join(folder, 'client.kanal');
    const first = await desktop(folder);
    await first.call('workspace.create', { name: 'Client', file, timeZone: null, locale: null, sample: false });
    await first.close();
    expect(await first.ended).toBe(0);
    const second = await desktop(folder, ['.', file]);
    await untilTrue(async () => {
      const answer = await second.call('workspace.current', {});
      return 'value' in answer && (answer.value as { file: string } | null)?.file === file;
    });
    await second.close();
    expect(existsSync(`${file}-wal`)).toBe(false);
    rmSync(folder, { recursive: true, force: true });
  },
  // Two browsers are started, which takes long on a busy machine; quitting itself is a matter of milliseconds.
  120_000,
);

test('installed, it is the command line too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kanal-desktop-'));
  const run = (...words: string[]) => {
    const program = spawnSync(
      process.execPath,
      ['--import', join(import.meta.dirname, 'stand-in/register.mjs'), join(root, 'dist/main/electron.js'), ...words],
      {
        cwd: folder,
        encoding: 'utf8',
        env: { ...process.env, KANAL_STAND_IN: 'packaged', KANAL_DATA_FOLDER: join(folder, 'data') },
      },
    );
    return [program.status, program.stdout, program.stderr] as const;
  };
  expect(run('new', 'a.kanal', '--time-zone', 'Europe/Warsaw', '--locale', 'pl')).toEqual([
    0,
    `Made ${join(folder, 'a.kanal')} (time zone Europe/Warsaw, language pl).\n`,
    '',
  ]);
  expect(run('check', 'missing.kanal')[0]).toBe(1);
  expect(run('frobnicate')[0]).toBe(2);
  rmSync(folder, { recursive: true, force: true });
});

/** Electron's own binary, where it has been downloaded. */
function electronBinary(): string | null {
  const folder = join(root, 'node_modules', 'electron');
  const pathFile = join(folder, 'path.txt');
  if (!existsSync(pathFile)) return null;
  const program = join(folder, 'dist', readFileSync(pathFile, 'utf8'));
  return existsSync(program) ? program : null;
}

const binary = electronBinary();

test.skipIf(binary === null)(
  `with the real Electron${binary === null ? ' (skipped: no Electron binary)' : ''}: it starts, shows its window, and its machine answers`,
  async () => {
    const { _electron } = await import('@playwright/test');
    const folder = mkdtempSync(join(tmpdir(), 'kanal-electron-'));
    const screen =
      process.platform === 'linux' && !process.env['DISPLAY']
        ? spawn('Xvfb', [':97', '-screen', '0', '1400x900x24'], { stdio: 'ignore' })
        : null;
    try {
      const app = await _electron.launch({
        executablePath: binary!,
        args: [...browserSwitches(), root],
        env: { ...(process.env as Record<string, string>), KANAL_DATA_FOLDER: folder, ...(screen === null ? {} : { DISPLAY: ':97' }) },
      });
      const page = await app.firstWindow();
      expect(await page.evaluate(`window.kanal.call('workspace.current', {})`)).toEqual({ value: null });
      expect(await page.evaluate(`typeof process`)).toBe('undefined');
      await app.close();
    } finally {
      screen?.kill();
      rmSync(folder, { recursive: true, force: true });
    }
  },
  60_000,
);
