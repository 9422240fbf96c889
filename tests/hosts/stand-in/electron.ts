// A stand-in for the `electron` module: the built main bundle runs on it under plain Node. Its windows are pages of a real
// Chromium, its utility processes are ordinary children. What it cannot show (sandbox, menus, dialogs) it records.
import { fork, type ChildProcess } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import type Electron from 'electron';
import { chromium, type Browser, type Frame, type Page } from '@playwright/test';
import { browserSwitches, findBrowser } from '../../../src-main/launch/browser.mjs';
import { pageScript } from './page-script.ts';

/** Chromium knows no kanal:// without Electron, so its pages live under this address and are translated both ways. */
const ORIGIN = 'http://kanal-app.localhost';
const inKanal = (address: string) => address.replace(`${ORIGIN}/`, 'kanal://app/');
const inChromium = (address: string) => address.replace('kanal://app/', `${ORIGIN}/`);

type Handler = (event: { senderFrame: unknown }, ...args: unknown[]) => unknown;

/** Everything that a test may want to know afterwards. */
export const record = {
  order: [] as string[],
  opened: [] as string[],
  boxes: [] as string[],
  menu: [] as (string | undefined)[],
  requests: [] as string[],
  complaints: [] as string[],
  schemes: [] as Electron.CustomScheme[],
  webPreferences: {} as Electron.WebPreferences,
  permission: null as ((permission: string) => Promise<boolean>) | null,
  permissionCheck: null as ((permission: string) => boolean) | null,
  windowOpen: null as ((details: { url: string }) => { action: string }) | null,
  prevented: [] as string[],
  notices: [] as string[],
  /** The icon beside the clock as it is now; `null`: there is none. */
  tray: null as { image: string; tooltip: string; menu: { label?: string; enabled?: boolean }[] } | null,
  questions: [] as { message: string; buttons: string[]; checkbox: string | null }[],
  windows: 0,
  awake: 0,
};

const handlers = new Map<string, Handler>();
const protocols = new Map<string, (request: Request) => Promise<Response> | Response>();
const windows: BrowserWindow[] = [];
const machines: ChildProcess[] = [];
let browser: Promise<Browser> | null = null;
let answerOfDialogs: number | string = 0;
let trayMenu: Electron.MenuItemConstructorOptions[] = [];
let chosenFile: string | null = null;

function isPrevented(emitter: EventEmitter, event: string): boolean {
  let prevented = false;
  emitter.emit(event, { preventDefault: () => (prevented = true) });
  return prevented;
}

class App extends EventEmitter {
  isPackaged = process.env['KANAL_STAND_IN'] === 'packaged';
  #paths = new Map<string, string>();
  setName(): void {}
  setPath(name: string, path: string): void {
    this.#paths.set(name, path);
  }
  getPath(name: string): string {
    return this.#paths.get(name) ?? join(process.env['KANAL_DATA_FOLDER']!, name);
  }
  enableSandbox(): void {
    record.order.push('enableSandbox');
  }
  requestSingleInstanceLock(): boolean {
    return true;
  }
  async whenReady(): Promise<void> {
    record.order.push('ready');
  }
  getPreferredSystemLanguages(): string[] {
    return ['en-GB'];
  }
  getLoginItemSettings(): { wasOpenedAtLogin: boolean } {
    return { wasOpenedAtLogin: false };
  }
  setLoginItemSettings(): void {}
  /** As Electron does: asks the program, closes the windows, asks once more, ends. */
  quit(): void {
    if (isPrevented(this, 'before-quit')) return;
    for (const each of windows.filter((window) => !window.isDestroyed)) if (!each.close()) return;
    if (!isPrevented(this, 'will-quit')) this.exit(0);
  }
  exit(code: number): void {
    void browser?.then((open) => open.close()).finally(() => process.exit(code));
    if (browser === null) process.exit(code);
  }
}
export const app = new App() satisfies Pick<
  Electron.App,
  'isPackaged' | 'getPath' | 'enableSandbox' | 'requestSingleInstanceLock' | 'whenReady' | 'quit'
> &
  EventEmitter;

class WebContents extends EventEmitter {
  page: Page | null = null;
  mainFrame = { url: '' };
  send(channel: string, message: unknown): void {
    void this.page
      ?.evaluate(
        ([name, sent]) =>
          (globalThis as unknown as { standInDeliver(channel: unknown, message: unknown): void }).standInDeliver(name, sent),
        [channel, structuredClone(message)],
      )
      .catch(() => undefined);
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    record.windowOpen = handler;
  }
  reload(): void {
    void this.page?.reload();
  }
}

export class BrowserWindow extends EventEmitter {
  webContents = new WebContents();
  isDestroyed = false;
  #preload: string;
  constructor(options: Electron.BrowserWindowConstructorOptions) {
    super();
    record.webPreferences = options.webPreferences ?? {};
    this.#preload = options.webPreferences!.preload!;
    windows.push(this);
    record.windows = openWindows().length;
    app.emit('web-contents-created', {}, this.webContents);
  }
  async loadURL(address: string): Promise<void> {
    browser ??= chromium.launch({ executablePath: findBrowser()!, args: browserSwitches() });
    const page = await (await browser).newPage();
    page.on('console', (message) => void (message.type() === 'error' && record.complaints.push(message.text())));
    page.on('pageerror', (error) => void record.complaints.push(error.message));
    await page.addInitScript(pageScript(this.#preload));
    await page.exposeBinding('standInInvoke', ({ frame }, channel: string, args: unknown[]) => this.#invoke(page, frame, channel, args));
    await page.route('**', async (route) => {
      record.requests.push(route.request().url());
      const answer = await protocols.get('kanal')!(new Request(inKanal(route.request().url())));
      await route.fulfill({
        status: answer.status,
        headers: Object.fromEntries(answer.headers),
        body: Buffer.from(await answer.arrayBuffer()),
      });
    });
    this.webContents.page = page;
    this.webContents.mainFrame.url = address;
    await page.goto(inChromium(address));
    this.emit('ready-to-show');
  }
  async #invoke(page: Page, frame: Frame, channel: string, args: unknown[]): Promise<unknown> {
    const senderFrame = frame === page.mainFrame() ? this.webContents.mainFrame : { url: inKanal(frame.url()) };
    return structuredClone(await handlers.get(channel)!({ senderFrame }, ...structuredClone(args)));
  }
  /** What a click on its cross does; `false`: the program keeps it open. */
  close(): boolean {
    if (isPrevented(this, 'close')) return false;
    this.destroy();
    return true;
  }
  destroy(): void {
    if (this.isDestroyed) return;
    this.isDestroyed = true;
    record.windows = openWindows().length;
    void this.webContents.page?.close().catch(() => undefined);
    this.emit('closed');
    if (openWindows().length === 0) app.emit('window-all-closed');
  }
  show(): void {
    record.order.push('shown');
  }
  restore(): void {}
  focus(): void {}
  isFocused(): boolean {
    return false;
  }
  isMinimized(): boolean {
    return false;
  }
}

const openWindows = () => windows.filter((window) => !window.isDestroyed);

export class Tray extends EventEmitter {
  constructor(image: string) {
    super();
    record.tray = { image, tooltip: '', menu: [] };
    trays.push(this);
  }
  setImage(image: string): void {
    record.tray!.image = image;
  }
  setToolTip(tooltip: string): void {
    record.tray!.tooltip = tooltip;
  }
  setContextMenu(menu: Electron.MenuItemConstructorOptions[]): void {
    trayMenu = menu;
    record.tray!.menu = menu.map(({ label, enabled }) => ({ label, enabled }));
  }
  destroy(): void {
    record.tray = null;
    trays.pop();
  }
}
const trays: Tray[] = [];
export const nativeTheme = Object.assign(new EventEmitter(), { shouldUseDarkColorsForSystemIntegratedUI: false });
export const powerMonitor = new EventEmitter();
export const powerSaveBlocker = { start: () => (record.awake = 1), stop: () => (record.awake = 0) };

export const ipcMain = { handle: (channel: string, handler: Handler) => void handlers.set(channel, handler) };
export const protocol = {
  registerSchemesAsPrivileged: (schemes: Electron.CustomScheme[]) => void record.schemes.push(...schemes),
  handle: (scheme: string, handler: (request: Request) => Promise<Response> | Response) => void protocols.set(scheme, handler),
};
export class Notification extends EventEmitter {
  static isSupported = () => true;
  #options: Electron.NotificationConstructorOptions;
  constructor(options: Electron.NotificationConstructorOptions) {
    super();
    this.#options = options;
  }
  show(): void {
    record.notices.push(`${this.#options.title}: ${this.#options.body}`);
  }
}
export const Menu = {
  buildFromTemplate: (template: Electron.MenuItemConstructorOptions[]) => template,
  setApplicationMenu: (template: Electron.MenuItemConstructorOptions[]) => void (record.menu = template.map(({ role }) => role)),
};
export const dialog = {
  showErrorBox: (title: string, text: string) => void record.boxes.push(`${title}: ${text}`),
  async showMessageBox(...given: unknown[]) {
    const { message, detail = '', buttons = [], checkboxLabel } = given.at(-1) as Electron.MessageBoxOptions;
    record.boxes.push(`${message} ${detail}`);
    record.questions.push({ message, buttons, checkbox: checkboxLabel ?? null });
    return { response: typeof answerOfDialogs === 'number' ? answerOfDialogs : buttons.indexOf(answerOfDialogs), checkboxChecked: false };
  },
  showOpenDialog: async () => ({ canceled: chosenFile === null, filePaths: chosenFile === null ? [] : [chosenFile] }),
  showSaveDialog: async () => ({ canceled: chosenFile === null, filePath: chosenFile }),
};
export const shell = { openExternal: async (address: string) => void record.opened.push(address) };
export const safeStorage = {
  isEncryptionAvailable: () => true,
  getSelectedStorageBackend: () => 'gnome_libsecret',
  encryptString: (text: string) => Buffer.from(text).reverse(),
  decryptString: (encrypted: Buffer) => Buffer.from(encrypted).reverse().toString(),
};
export const session = {
  defaultSession: {
    setPermissionRequestHandler: (handler: (contents: null, permission: string, allow: (allowed: boolean) => void) => void) =>
      void (record.permission = (permission) => new Promise((resolve) => handler(null, permission, resolve))),
    setPermissionCheckHandler: (handler: (contents: null, permission: string) => boolean) =>
      void (record.permissionCheck = (permission) => handler(null, permission)),
    setDevicePermissionHandler: () => undefined,
    on: () => undefined,
  },
};

export const utilityProcess = {
  fork(path: string) {
    const child = fork(path, [], { execArgv: ['--import', new URL('./parent-port.mjs', import.meta.url).href], serialization: 'advanced' });
    machines.push(child);
    return {
      postMessage: (message: object) => void (child.connected && child.send(message)),
      on: (event: string, listener: (...values: unknown[]) => void) => child.on(event, listener),
      kill: () => child.kill(),
    };
  },
};

// An installed program is started by its own name, without a script.
if (app.isPackaged) process.argv.splice(1, 1);

/** What a test may ask of this process, by name. */
const commands: Record<string, (input: never) => unknown> = {
  evaluate: (text: string) => openWindows()[0]!.webContents.page!.evaluate(text),
  protocol: async (address: string) => (await protocols.get('kanal')!(new Request(address))).status,
  killMachine: () => machines.at(-1)!.kill('SIGKILL'),
  secondInstance: (words: string[]) => app.emit('second-instance', {}, words, process.cwd()),
  answerDialogs: (response: number | string) => void (answerOfDialogs = response),
  closeWindow: () => openWindows()[0]!.close(),
  chooseInTray: (label: string) => (trayMenu.find((item) => item.label === label)?.click as (() => void) | undefined)?.(),
  clickTray: () => trays[0]!.emit('click'),
  signal: (name: NodeJS.Signals) => process.kill(process.pid, name),
  power: (event: string) => powerMonitor.emit(event),
  chooseFile: (file: string | null) => void (chosenFile = file),
  openWindow: (url: string) => record.windowOpen!({ url }),
  permission: async (name: string) => [await record.permission!(name), record.permissionCheck!(name)],
  navigate(event: string) {
    let prevented = false;
    openWindows()[0]!.webContents.emit(event, { preventDefault: () => (prevented = true) });
    return prevented;
  },
  record: () => ({ ...record, permission: null, permissionCheck: null, windowOpen: null }),
  quit: () => void setImmediate(() => app.quit()),
};

process.on('message', ({ id, name, input }: { id: number; name: string; input: never }) => {
  void (async () => commands[name]!(input))().then(
    (value) => process.send!({ id, value }),
    (error: Error) => process.send!({ id, error: error.message }),
  );
});
