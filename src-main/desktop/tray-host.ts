// Whether an icon beside the clock would be seen. On Windows and macOS always; on Linux the desktop must have a place for it, and
// GNOME has none unless an extension makes one (UX 2.7).
import { execFile } from 'node:child_process';

const WATCHER = 'org.kde.StatusNotifierWatcher';
const PATH = '/StatusNotifierWatcher';
const PROPERTY = 'IsStatusNotifierHostRegistered';
const PATIENCE_MS = 2000;

/** Ways to ask the session's bus the same thing; which of these programs is there differs between distributions. */
const WAYS: readonly (readonly [string, ...string[]])[] = [
  ['gdbus', 'call', '--session', '--dest', WATCHER, '--object-path', PATH, '--method', 'org.freedesktop.DBus.Properties.Get', WATCHER, PROPERTY],
  ['busctl', '--user', 'get-property', WATCHER, PATH, WATCHER, PROPERTY],
  ['dbus-send', '--session', '--print-reply', `--dest=${WATCHER}`, PATH, 'org.freedesktop.DBus.Properties.Get', `string:${WATCHER}`, `string:${PROPERTY}`],
];

/** Runs a program and answers what it prints; `null`: it is not there, or did not succeed in time. */
export type Run = (program: string, words: readonly string[]) => Promise<string | null>;

/** Asks anew each time: panels come and go. Whoever cannot be asked counts as no, because a hidden program must be found again. */
export async function hasTrayHost(platform: string, run: Run = runProgram): Promise<boolean> {
  if (platform !== 'linux') return true;
  for (const [program, ...words] of WAYS) {
    const printed = await run(program, words);
    if (printed !== null) return /\btrue\b/.test(printed);
  }
  return false;
}

const runProgram: Run = (program, words) =>
  new Promise((resolve) => {
    execFile(program, words, { timeout: PATIENCE_MS, encoding: 'utf8' }, (error, printed) => resolve(error === null ? printed : null));
  });
