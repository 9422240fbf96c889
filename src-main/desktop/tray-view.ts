// The menu of the icon beside the clock in words, and in the form in which Electron takes it.
import { join } from 'node:path';
import type { Text } from '../../shared/text.ts';
import { assetsFolder } from '../folders.ts';
import type { TrayAct, TrayMenu } from './tray-menu.ts';

export type TrayView = {
  icon: TrayMenu['icon'];
  tooltip: string;
  items: ({ kind: 'line'; label: string } | { kind: 'act'; act: TrayAct; label: string; enabled: boolean } | { kind: 'gap' })[];
};

/** A menu is a place for a line, not for a paragraph. */
const LONGEST_LINE = 90;

/** Puts a menu into words. Long sentences (troubles, names) are cut short; the window has the whole of them. */
export function inWords({ icon, line, items }: TrayMenu, translate: (text: Text) => string): TrayView {
  const words = (text: Text | string) => shortened(typeof text === 'string' ? text : translate(text));
  return {
    icon,
    tooltip: shortened(`Kanal: ${translate(line)}`),
    items: items.map((item) => {
      if (item.kind === 'gap') return item;
      if (item.kind === 'line') return { kind: 'line', label: words(item.text) };
      return { kind: 'act', act: item.act, label: words(item.text), enabled: item.enabled };
    }),
  };
}

function shortened(text: string): string {
  return text.length <= LONGEST_LINE ? text : `${text.slice(0, LONGEST_LINE - 1).trimEnd()}…`;
}

type MenuEntry = { type: 'separator' } | { label: string; enabled: boolean; click?: () => void };

/** A menu as `Menu.buildFromTemplate` takes it. */
export function menuTemplate({ items }: TrayView, act: (act: TrayAct) => void): MenuEntry[] {
  return items.map((item) => {
    if (item.kind === 'gap') return { type: 'separator' };
    // A single ampersand would vanish and underline the letter after it.
    const label = item.label.replaceAll('&', '&&');
    return item.kind === 'line' ? { label, enabled: false } : { label, enabled: item.enabled, click: () => act(item.act) };
  });
}

/** The file of the icon. Electron itself finds the one for fine screens beside it; launch/tray-icons.mjs draws them. */
export function trayImage(platform: string, icon: TrayView['icon'], isDark: boolean): string {
  const folder = join(assetsFolder(), 'tray');
  if (platform === 'darwin') return join(folder, 'mac', `${icon}Template.png`);
  if (platform !== 'win32') return join(folder, 'linux', `${icon}.png`);
  return join(folder, 'windows', `${icon}-${isDark ? 'dark' : 'light'}.png`);
}
