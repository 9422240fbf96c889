// Starting with the computer, without a window: a login item of the system, or a file for the desktop on Linux (UX 2.7).
import { mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { replaceFile } from '../recent-files.ts';

/** The word on the command line that means: no window, the workspace that was open last. */
export const IN_BACKGROUND = '--in-background';

/** The part of Electron's app that is needed here. */
export type LoginItems = { setLoginItemSettings(settings: { openAtLogin: boolean; args: string[] }): void };

/** Adds the program to what starts at login, or takes it away. Throws when the file of Linux cannot be written. */
export function startAtLogin(on: boolean, app: LoginItems, { platform, program, environment }: { platform: string; program: string; environment: NodeJS.ProcessEnv }): void {
  if (platform !== 'linux') return app.setLoginItemSettings({ openAtLogin: on, args: [IN_BACKGROUND] });
  const folder = join(environment['XDG_CONFIG_HOME'] || join(homedir(), '.config'), 'autostart');
  const file = join(folder, 'kanal.desktop');
  if (!on) return rmSync(file, { force: true });
  mkdirSync(folder, { recursive: true });
  // An AppImage runs from a folder that is gone at the next start; the file itself is named by the environment.
  replaceFile(file, desktopEntry(environment['APPIMAGE'] || program));
}

/** See https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html for the quoting. */
function desktopEntry(program: string): string {
  const quoted = `"${program.replace(/[\\"`$]/g, '\\$&').replaceAll('%', '%%')}"`.replaceAll('\\', '\\\\');
  return ['[Desktop Entry]', 'Type=Application', 'Name=Kanal', `Exec=${quoted} ${IN_BACKGROUND}`, 'Terminal=false', 'X-GNOME-Autostart-enabled=true', ''].join('\n');
}
