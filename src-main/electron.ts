// Host 1: the desktop program. A sandboxed window on the program's own files, the machine in a process of its own, and one
// channel between them that checks who asks.
import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  nativeTheme,
  Notification,
  powerMonitor,
  powerSaveBlocker,
  protocol,
  safeStorage,
  session,
  shell,
  Tray,
  utilityProcess,
  type IpcMainInvokeEvent,
} from 'electron';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Answer, DesktopChoices, DesktopState, MachineEvent, RecentWorkspace } from '../shared/api.ts';
import { say, type Text } from '../shared/text.ts';
import { systemClock } from './clock.ts';
import { createBackground, type Asked, type Background, type TrayIcon } from './desktop/background.ts';
import { IN_BACKGROUND, startAtLogin } from './desktop/login-item.ts';
import { filesIn, isWorkspaceFile, openGiven } from './desktop/opening.ts';
import { openPreferences } from './desktop/preferences.ts';
import { requestSchema, type FileQuestion } from './desktop/requests.ts';
import { hasTrayHost } from './desktop/tray-host.ts';
import type { TrayAct } from './desktop/tray-menu.ts';
import { menuTemplate, trayImage } from './desktop/tray-view.ts';
import { dataFolder, rendererFolder } from './folders.ts';
import { openKeyring } from './keyring.ts';
import { inProgramLanguage, programLanguage } from './languages.ts';
import { openLog } from './log.ts';
import { superviseMachine, type FromMachine, type Machine, type MachineChild } from './machine-process.ts';
import { SECURITY_HEADERS, windowFile } from './window-files.ts';

const CHANNEL = 'kanal';
const HOME = 'kanal://app/';
const MOST_RELOADS = 3;

const data = dataFolder();
const { log } = openLog(data, 'window');
const preferences = openPreferences(data, log);
let window: BrowserWindow | null = null;
let machine: Machine | null = null;
let background: Background | null = null;

// Files to open may come before the program is ready: macOS sends them as events.
const words = process.argv.slice(app.isPackaged ? 1 : 2);
const filesToOpen = filesIn(words, process.cwd());

app.setName('Kanal');
// Without it Windows shows no notices of an installed program. The same as appId in electron-builder.yml.
if (process.platform === 'win32') app.setAppUserModelId('app.kanal.desktop');
app.setPath('userData', data);
if (isCommand(words)) await runCommand(words);
else if (app.requestSingleInstanceLock()) openProgram();
else app.quit();

/** The installed program is also the command line: `kanal new client.kanal`. A file to open comes with its path or ending. */
function isCommand([first]: readonly string[]): boolean {
  return app.isPackaged && first !== undefined && /^([a-z]+(-[a-z]+)*|--help)$/.test(first);
}

async function runCommand(command: readonly string[]): Promise<void> {
  process.argv = [process.argv[0]!, 'kanal', ...command];
  await import(pathToFileURL(join(import.meta.dirname, 'cli.js')).href);
}

function openProgram(): void {
  app.enableSandbox();
  protocol.registerSchemesAsPrivileged([
    { scheme: 'kanal', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
  process.on('uncaughtException', (error) => {
    log('Uncaught', error);
    dialog.showErrorBox('Kanal', `${unexpected(error.message)}\n${inWindowLanguage(say('More about it is in {folder}.', { folder: join(data, 'logs') }))}`);
    app.exit(1);
  });
  app.on('open-file', (event, file) => {
    event.preventDefault();
    if (machine === null) filesToOpen.push(file);
    else void openFile(file);
  });
  app.on('second-instance', (_event, given, folder) => {
    const files = filesIn(given.slice(1), folder);
    if (machine === null) return void filesToOpen.push(...files);
    // Logging in once more is no reason to open a window.
    if (!given.includes(IN_BACKGROUND)) showWindow();
    for (const file of files) void openFile(file);
  });
  // Whether the program ends with its window was decided when that was closed.
  app.on('window-all-closed', () => undefined);
  app.on('activate', () => {
    if (machine !== null) showWindow();
  });
  app.on('before-quit', (event) => {
    if (background?.mayQuit() === false) event.preventDefault();
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, quitUnasked);
  app.on('will-quit', (event) => {
    if (machine === null) return;
    const last = machine;
    machine = null;
    event.preventDefault();
    void last.close().then(() => app.quit());
  });
  app.on('web-contents-created', (_event, contents) => confine(contents));
  void app.whenReady().then(begin);
}

async function begin(): Promise<void> {
  denyPermissions();
  protocol.handle('kanal', (request) => serveWindow(request.url));
  ipcMain.handle(CHANNEL, (event, request: unknown) => answer(event, request));
  const isMac = process.platform === 'darwin';
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...(isMac ? [{ role: 'appMenu' as const }] : []),
      { role: 'fileMenu' },
      { role: 'editMenu' },
      { role: 'viewMenu' },
      { role: 'windowMenu' },
    ]),
  );
  machine = startMachine();
  background = startBackground();
  // Only hints: what slept is found out by the clock. On going to sleep there is nothing to do, and it may be told at waking up.
  for (const event of ['resume', 'unlock-screen'] as const) powerMonitor.on(event as 'resume', () => machine?.wake());
  powerMonitor.on('shutdown', quitUnasked);
  nativeTheme.on('updated', () => background?.refresh());
  await background.begin();
  if (isUnseenStart() && background.surroundings().tray) await openLastWorkspace();
  else openWindow();
  for (const file of filesToOpen.splice(0)) await openFile(file);
}

function quitUnasked(): void {
  if (background === null) app.quit();
  else background.quitUnasked();
}

/** Started with the computer: no window, unless nothing else would show that the program runs. */
function isUnseenStart(): boolean {
  if (filesToOpen.length > 0) return false;
  return words.includes(IN_BACKGROUND) || (process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin);
}

async function openLastWorkspace(): Promise<void> {
  const recent = await machine!.call('workspace.recent', {});
  const last = 'value' in recent ? (recent.value as { recent: RecentWorkspace[] }).recent.find(({ missing }) => !missing) : undefined;
  if (last !== undefined) await openFile(last.file);
  background?.refresh();
}

function startBackground(): Background {
  const started = machine!;
  return createBackground({
    platform: process.platform,
    clock: systemClock,
    preferences,
    call: started.call,
    translate: inWindowLanguage,
    hasTrayHost: () => hasTrayHost(process.platform),
    makeTray,
    ask: askUser,
    notify: showNotification,
    keepAwake,
    complain: (text) => dialog.showErrorBox('Kanal', text),
    window: { isOpen: () => window !== null, open: showWindow, destroy: () => window?.destroy() },
    quit: () => app.quit(),
  });
}

let awake: number | null = null;

function keepAwake(on: boolean): void {
  if (on === (awake !== null)) return;
  if (on) awake = powerSaveBlocker.start('prevent-app-suspension');
  else {
    powerSaveBlocker.stop(awake!);
    awake = null;
  }
}

/** In the language that the window was last seen in, or the first of the system's that the program speaks. */
function inWindowLanguage(text: Text): string {
  return inProgramLanguage(text, preferences.get().language ?? programLanguage(app.getPreferredSystemLanguages()[0] ?? 'en'));
}

function unexpected(reason: string): string {
  return inWindowLanguage(say('This should not have happened: {reason}', { reason }));
}

function makeTray(act: (act: TrayAct) => void): TrayIcon {
  let tray: Tray | null = null;
  return {
    show(view) {
      const image = trayImage(process.platform, view.icon, nativeTheme.shouldUseDarkColorsForSystemIntegratedUI);
      if (tray === null) {
        tray = new Tray(image);
        // On macOS a click opens the menu, as everywhere there.
        if (process.platform !== 'darwin') tray.on('click', () => act('open'));
      } else tray.setImage(image);
      tray.setToolTip(view.tooltip);
      tray.setContextMenu(Menu.buildFromTemplate(menuTemplate(view, act)));
    },
    remove() {
      tray?.destroy();
      tray = null;
    },
  };
}

async function askUser({ message, detail, buttons, cancel, checkbox }: Asked): Promise<{ button: number; ticked: boolean }> {
  const question = { type: 'question' as const, message, detail, buttons, defaultId: 0, cancelId: cancel, ...(checkbox === null ? {} : { checkboxLabel: checkbox }) };
  const { response, checkboxChecked } = await (window === null ? dialog.showMessageBox(question) : dialog.showMessageBox(window, question));
  return { button: response, ticked: checkboxChecked };
}

function startMachine(): Machine {
  const keyring = openKeyring(data, safeStorage);
  return superviseMachine({
    fork: forkMachine,
    start: () => ({ dataFolder: data, documentsFolder: join(app.getPath('documents'), 'Kanal'), secrets: keyring.all() }),
    clock: systemClock,
    log,
    tell(event: MachineEvent) {
      if (event.type === 'notice') return tellDesktop(event);
      window?.webContents.send(CHANNEL, event);
      background?.hear(event);
    },
    keep(key, secret) {
      keyring.keep(key, secret);
      if (!keyring.lasts && secret !== null) sayThatPasswordsDoNotLast();
    },
  });
}

function forkMachine(): MachineChild {
  const child = utilityProcess.fork(join(import.meta.dirname, 'backend-process.js'), [], { serviceName: 'Kanal machine' });
  return {
    post: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', (message: FromMachine) => listener(message)),
    onExit: (listener) => void child.on('exit', listener),
    kill: () => void child.kill(),
  };
}

let toldAboutPasswords = false;

function sayThatPasswordsDoNotLast(): void {
  if (toldAboutPasswords) return;
  toldAboutPasswords = true;
  void dialog.showMessageBox({
    type: 'info',
    message: inWindowLanguage(say('This computer has no keyring in which Kanal could keep the password safely.')),
    detail: inWindowLanguage(say('It is kept until you close Kanal, and asked for again next time.')),
  });
}

/** While somebody looks at the window, it tells them itself. */
function tellDesktop({ title, body }: { title: string; body: string }): void {
  if (window?.isFocused() !== true) showNotification(title, body);
}

function showNotification(title: string, body: string): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification({ title, body });
  notification.on('click', showWindow);
  notification.show();
}

function showWindow(): void {
  if (window === null) return openWindow();
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

function openWindow(): void {
  const mine = new BrowserWindow({
    width: 1360,
    height: 880,
    minWidth: 800,
    minHeight: 560,
    title: 'Kanal',
    show: false,
    autoHideMenuBar: true,
    webPreferences: { preload: join(import.meta.dirname, 'preload.cjs') },
  });
  window = mine;
  let reloads = 0;
  mine.once('ready-to-show', () => mine.show());
  mine.on('close', (event) => {
    if (background?.mayCloseWindow() === false) event.preventDefault();
  });
  mine.on('closed', () => {
    if (window === mine) window = null;
    background?.refresh();
  });
  mine.on('session-end', quitUnasked);
  mine.webContents.on('render-process-gone', (_event, { reason }) => {
    log('The window has crashed', reason);
    if (reason !== 'clean-exit' && reloads++ < MOST_RELOADS) mine.webContents.reload();
  });
  void mine.loadURL(HOME);
  background?.refresh();
}

async function serveWindow(address: string): Promise<Response> {
  const url = URL.parse(address);
  const file = url?.hostname === 'app' ? await windowFile(rendererFolder(), url.pathname) : null;
  if (file === null) return new Response('There is nothing here.', { status: 404, headers: SECURITY_HEADERS });
  return new Response(file.body, { headers: { ...SECURITY_HEADERS, 'content-type': file.type } });
}

/** The router of everything that the window asks: the top frame of this program's own page, or nobody (FAULTS 1.7, row 17). */
async function answer(event: IpcMainInvokeEvent, request: unknown): Promise<Answer | DesktopState | string | null> {
  const frame = event.senderFrame;
  if (window === null || frame === null || frame !== window.webContents.mainFrame || !frame.url.startsWith(HOME))
    throw new Error('Only the window of Kanal may ask');
  const asked = requestSchema.parse(request);
  if (asked.kind === 'chooseFile') return chooseFile(window, asked.question);
  if (asked.kind === 'desktop') return chooseDesktop(asked.change);
  if (machine === null) throw new Error('Kanal is closing');
  return machine.call(asked.method, asked.input);
}

/** Takes over what was chosen, and answers what holds then. */
function chooseDesktop(change: Partial<DesktopChoices>): DesktopState {
  const withoutWindow = process.platform === 'darwin' ? 'always' : background?.surroundings().tray === true ? 'choice' : 'never';
  const can = { withoutWindow, atLogin: app.isPackaged } as const;
  if (change.atLogin !== undefined && can.atLogin)
    startAtLogin(change.atLogin, app, { platform: process.platform, program: process.execPath, environment: process.env });
  preferences.change(change);
  background?.refresh();
  const { keepRunning, asksBeforeQuit, atLogin, language } = preferences.get();
  return { keepRunning, asksBeforeQuit, atLogin, language, can };
}

async function chooseFile(parent: BrowserWindow, { kind, name, extensions }: FileQuestion): Promise<string | null> {
  const filters = extensions.length === 0 ? [] : [{ name: extensions.map((extension) => `*.${extension}`).join(', '), extensions }];
  if (kind === 'save') {
    const chosen = await dialog.showSaveDialog(parent, { filters, ...(name === undefined ? {} : { defaultPath: basename(name) }) });
    return chosen.canceled ? null : chosen.filePath;
  }
  const chosen = await dialog.showOpenDialog(parent, { filters, properties: ['openFile'] });
  return chosen.canceled ? null : (chosen.filePaths[0] ?? null);
}

/** A double click on a workspace opens it; one on a flow file adds the flow, as a draft, to the open workspace. */
async function openFile(file: string): Promise<void> {
  if (machine === null) return;
  if (isWorkspaceFile(file) && (await background?.mayOpen(file)) === false) return;
  const result = await openGiven(machine.call, file);
  if ('problems' in result) dialog.showErrorBox(basename(file), result.problems.map(({ text }) => inWindowLanguage(text)).join('\n'));
  if ('bug' in result) dialog.showErrorBox(basename(file), unexpected(result.bug));
}

/** No page leaves the program, opens another or embeds one; what is outside is for the user's own browser. */
function confine(contents: Electron.WebContents): void {
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    void openOutside(url);
    return { action: 'deny' };
  });
}

async function openOutside(address: string): Promise<void> {
  const url = URL.parse(address);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'mailto:')) return;
  const { response } = await dialog.showMessageBox({
    type: 'question',
    message: inWindowLanguage(say('Open this outside Kanal?')),
    detail: url.href.slice(0, 500),
    buttons: [say('Open'), say('Cancel')].map(inWindowLanguage),
    defaultId: 0,
    cancelId: 1,
  });
  if (response === 0) await shell.openExternal(url.href);
}

/** The window needs no camera, no place, no notifications. Copying text is all that it may do by itself. */
function denyPermissions(): void {
  const own = session.defaultSession;
  own.setPermissionRequestHandler((_contents, permission, allow) => allow(permission === 'clipboard-sanitized-write'));
  own.setPermissionCheckHandler((_contents, permission) => permission === 'clipboard-sanitized-write');
  own.setDevicePermissionHandler(() => false);
  own.on('will-download', (event) => event.preventDefault());
}
