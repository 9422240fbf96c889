// The icons of the tray are what their drawing says, and can be told apart.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { trayIcons } from '../../src-main/launch/tray-icons.mjs';

const folder = join(import.meta.dirname, '..', '..', 'assets', 'tray');
const icons = trayIcons();

/** The width, and the colours row by row, of a PNG that was written without filters. */
function read(file: string): { width: number; height: number; pixels: Buffer } {
  const bytes = readFileSync(file);
  expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n');
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const at = bytes.indexOf('IDAT', 0, 'latin1');
  const rows = inflateSync(bytes.subarray(at + 4, at + 4 + bytes.readUInt32BE(at - 4)));
  return { width, height, pixels: Buffer.concat(Array.from({ length: height }, (_, row) => rows.subarray(row * (width * 4 + 1) + 1, (row + 1) * (width * 4 + 1)))) };
}

/** How far two pictures differ, as a share of all that they could. */
function difference(one: Buffer, other: Buffer): number {
  return one.reduce((sum, value, at) => sum + Math.abs(value - other[at]!), 0) / (one.length * 255);
}

test.each(icons.map((icon) => [icon.path, icon] as const))('%s is as it is drawn', (path, { size, pixels }) => {
  const found = read(join(folder, path));
  expect([found.width, found.height]).toEqual([size, size]);
  // A processor may round the last digit of a curve otherwise.
  expect(Math.max(...found.pixels.map((value, at) => Math.abs(value - pixels[at]!)))).toBeLessThanOrEqual(2);
});

test('stopped can be told from running at a glance, everywhere', () => {
  for (const running of icons.filter(({ path }) => path.includes('running'))) {
    const stopped = icons.find(({ path }) => path === running.path.replace('running', 'stopped'))!;
    expect(difference(running.pixels, stopped.pixels), running.path).toBeGreaterThan(0.02);
  }
});

test('a template of macOS has no colour, only more and less of it', () => {
  for (const { path, pixels } of icons.filter((icon) => icon.path.startsWith('mac/'))) {
    const colours = new Set(Array.from({ length: pixels.length / 4 }, (_, at) => pixels.subarray(at * 4, at * 4 + 3).join()));
    expect([...colours], path).toEqual(['0,0,0']);
  }
});
