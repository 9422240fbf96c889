export type TrayIcon = { path: string; size: number; pixels: Buffer };
export function trayIcons(): TrayIcon[];
