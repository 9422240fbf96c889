// What is asked of the system: whether a panel shows icons, starting with the computer, and the file of a person's choices.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startAtLogin } from '../../src-main/desktop/login-item.ts';
import { filesIn } from '../../src-main/desktop/opening.ts';
import { openPreferences } from '../../src-main/desktop/preferences.ts';
import { hasTrayHost } from '../../src-main/desktop/tray-host.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'kanal-desktop-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a place for an icon', () => {
  // As the three programs print it.
  test.each<[string, Record<string, string | null>, boolean]>([
    ['KDE, by gdbus', { gdbus: '(<true>,)\n' }, true],
    ['a watcher without a panel', { gdbus: '(<false>,)\n' }, false],
    ['by busctl', { gdbus: null, busctl: 'b true\n' }, true],
    ['by dbus-send', { gdbus: null, busctl: null, 'dbus-send': 'method return time=1 sender=:1.2\n   variant       boolean true\n' }, true],
    ['GNOME: nobody knows the watcher', { gdbus: null, busctl: null, 'dbus-send': null }, false],
    ['none of the programs is there', {}, false],
  ])('%s', async (_what, printed, expected) => {
    expect(await hasTrayHost('linux', async (program) => printed[program] ?? null)).toBe(expected);
  });
  test.each(['win32', 'darwin'])('%s always has one, and nothing is asked', async (platform) => {
    expect(await hasTrayHost(platform, () => Promise.reject(new Error('asked')))).toBe(true);
  });
  test('without a bus it is no, and not an error', async () => {
    const before = process.env['DBUS_SESSION_BUS_ADDRESS'];
    process.env['DBUS_SESSION_BUS_ADDRESS'] = 'unix:path=/nowhere';
    expect(await hasTrayHost('linux')).toBe(false);
    if (before === undefined) delete process.env['DBUS_SESSION_BUS_ADDRESS'];
    else process.env['DBUS_SESSION_BUS_ADDRESS'] = before;
  });
});

describe('starting with the computer', () => {
  const nobody = { setLoginItemSettings: () => expect.unreachable() };
  const linux = (program: string, more: NodeJS.ProcessEnv = {}) => ({ platform: 'linux', program, environment: { XDG_CONFIG_HOME: folder, ...more } });
  const file = () => join(folder, 'autostart', 'kanal.desktop');

  test('on Linux: a file for the desktop, which goes again', () => {
    startAtLogin(true, nobody, linux('/opt/Kanal/kanal'));
    expect(readFileSync(file(), 'utf8').split('\n')).toEqual(['[Desktop Entry]', 'Type=Application', 'Name=Kanal', 'Exec="/opt/Kanal/kanal" --in-background', 'Terminal=false', 'X-GNOME-Autostart-enabled=true', '']);
    startAtLogin(false, nobody, linux('/opt/Kanal/kanal'));
    expect(existsSync(file())).toBe(false);
    startAtLogin(false, nobody, linux('/opt/Kanal/kanal'));
  });
  test('an AppImage is named by its own file; odd names are quoted as the specification wants', () => {
    startAtLogin(true, nobody, linux('/tmp/.mount_x/kanal', { APPIMAGE: '/home/åse/50% "apps"/Kanal$.AppImage' }));
    expect(readFileSync(file(), 'utf8')).toContain(String.raw`Exec="/home/åse/50%% \\"apps\\"/Kanal\\$.AppImage" --in-background`);
  });
  test.each(['win32', 'darwin'])('on %s the system keeps it', (platform) => {
    const given: unknown[] = [];
    startAtLogin(true, { setLoginItemSettings: (settings) => given.push(settings) }, { platform, program: 'x', environment: {} });
    expect(given).toEqual([{ openAtLogin: true, args: ['--in-background'] }]);
  });
});

describe('the choices', () => {
  const log = (message: string, error: unknown) => {
    throw new Error(message, { cause: error });
  };
  test('last', () => {
    openPreferences(folder, log).change({ keepRunning: true, language: 'da' });
    openPreferences(folder, log).change({ explained: true });
    expect(openPreferences(folder, log).get()).toEqual({ keepRunning: true, asksBeforeQuit: true, atLogin: false, language: 'da', explained: true });
  });
  test.each(['', '{', '[]', '{"keepRunning":"yes"}'])('a file with %j is as good as none', (text) => {
    writeFileSync(join(folder, 'desktop.json'), text);
    expect(openPreferences(folder, log).get().keepRunning).toBeNull();
  });
  test('a folder that cannot be written: they hold until the end, and it is logged', () => {
    const logged: string[] = [];
    mkdirSync(join(folder, 'desktop.json'));
    const choices = openPreferences(folder, (message) => logged.push(message));
    choices.change({ keepRunning: false });
    expect([choices.get().keepRunning, logged.length]).toEqual([false, 1]);
  });
});

test('words from outside: only workspaces and flows, by their ending, from the folder where they were given', () => {
  expect(filesIn(['.', '--flag=/x.kanal', '--inspect', 'a.kanal', '/b/C.KANALFLOW', 'readme.txt', 'kanal', 'https://x.example/y.kanal'], '/home/ada')).toEqual([
    '/home/ada/a.kanal',
    '/b/C.KANALFLOW',
    '/home/ada/https:/x.example/y.kanal',
  ]);
});
