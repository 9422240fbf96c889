// Draws the icons of the tray into assets/tray: the K of the program, plain while flows run, with a stop sign while they do not.
// Run it by hand after a change (node src-main/launch/tray-icons.mjs); tests/packaging compares what is there with what it draws.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { pathToFileURL } from 'node:url';

const TEAL = [0x0e, 0x7c, 0x86];
const WHITE = [0xff, 0xff, 0xff];
const BLACK = [0, 0, 0];
const RED = [0xd6, 0x33, 0x2a];
const LIGHT_RED = [0xff, 0x8a, 0x80];

/**
 * The looks, one for each place: macOS colours a template itself, Windows has a light and a dark taskbar, and what colour a panel
 * of Linux has nobody knows, so there the K stands on its own tile.
 */
const LOOKS = [
  { name: (state) => `mac/${state}Template`, size: 16, ink: BLACK, sign: BLACK, tile: null },
  { name: (state) => `windows/${state}-light`, size: 16, ink: TEAL, sign: RED, tile: null },
  { name: (state) => `windows/${state}-dark`, size: 16, ink: WHITE, sign: LIGHT_RED, tile: null },
  { name: (state) => `linux/${state}`, size: 24, ink: WHITE, sign: LIGHT_RED, tile: TEAL },
];

/** All icons: their paths below assets/tray, their sizes in pixels, and the colours as bytes (red, green, blue, opacity) row by row. */
export function trayIcons() {
  return LOOKS.flatMap((look) =>
    ['running', 'stopped'].flatMap((state) =>
      [1, 2].map((scale) => ({
        path: `${look.name(state)}${scale === 1 ? '' : `@${scale}x`}.png`,
        size: look.size * scale,
        pixels: draw(look, state === 'stopped', look.size * scale),
      })),
    ),
  );
}

/** The strokes of the K in a square of 1: a stem, and two arms that leave it as a flow leaves its first step. */
function strokes(hasTile) {
  const [top, middle, bottom, left, right] = hasTile ? [0.2, 0.5, 0.8, 0.3, 0.7] : [0.12, 0.5, 0.88, 0.22, 0.8];
  const bow = (left + right) / 2;
  const arm = (end) =>
    Array.from({ length: 33 }, (_, n) => {
      const t = n / 32;
      const [a, b, c, d] = [(1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t ** 2, t ** 3];
      return [a * left + (b + c) * bow + d * right, (a + b) * middle + (c + d) * end];
    });
  return [[[left, top], [left, bottom]], arm(top), arm(bottom)];
}

function draw({ ink, sign, tile }, isStopped, size) {
  const lines = strokes(tile !== null);
  const half = tile === null ? 0.075 : 0.06;
  const pixels = Buffer.alloc(size * size * 4);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const [x, y] = [(column + 0.5) / size, (row + 0.5) / size];
      /** How much of this pixel lies within a shape whose edge is `distance` away (negative: inside). */
      const share = (distance) => Math.min(1, Math.max(0, 0.5 - distance * size));
      const layers = [];
      if (tile !== null) layers.push([tile, share(roundedSquare(x, y, 0.5, 0.5, 0.5, 0.22))]);
      let letter = share(Math.min(...lines.map((points) => distanceTo(points, x, y))) - half);
      if (isStopped) {
        const distance = roundedSquare(x, y, 0.76, 0.76, 0.2, 0.04);
        // A gap keeps the sign apart from the letter.
        letter *= 1 - share(distance - 0.07);
        layers.push([ink, letter], [sign, share(distance)]);
      } else layers.push([ink, letter]);
      put(pixels, (row * size + column) * 4, layers);
    }
  }
  return pixels;
}

/** The distance of a point from a square with round corners: `reach` from its middle to its sides. */
function roundedSquare(x, y, middleX, middleY, reach, corner) {
  const [dx, dy] = [Math.abs(x - middleX) - reach + corner, Math.abs(y - middleY) - reach + corner];
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - corner;
}

function distanceTo(points, x, y) {
  let nearest = Infinity;
  for (let n = 1; n < points.length; n++) {
    const [[ax, ay], [bx, by]] = [points[n - 1], points[n]];
    const [dx, dy] = [bx - ax, by - ay];
    const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
    nearest = Math.min(nearest, Math.hypot(x - ax - along * dx, y - ay - along * dy));
  }
  return nearest;
}

/** Lays the layers over each other, the last on top. */
function put(pixels, at, layers) {
  let [red, green, blue, opacity] = [0, 0, 0, 0];
  for (const [colour, cover] of layers) {
    const all = cover + opacity * (1 - cover);
    if (all === 0) continue;
    const mix = (over, under) => (over * cover + under * opacity * (1 - cover)) / all;
    [red, green, blue, opacity] = [mix(colour[0], red), mix(colour[1], green), mix(colour[2], blue), all];
  }
  pixels.set([red, green, blue, opacity * 255].map(Math.round), at);
}

function png(size, pixels) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 6, 0, 0, 0], 8);
  const rows = Array.from({ length: size }, (_, row) => Buffer.concat([Buffer.from([0]), pixels.subarray(row * size * 4, (row + 1) * size * 4)]));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name, data) {
  const content = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(content), 4);
  return Buffer.concat([frame.subarray(0, 4), content, frame.subarray(4)]);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const folder = join(import.meta.dirname, '..', '..', 'assets', 'tray');
  for (const { path, size, pixels } of trayIcons()) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), png(size, pixels));
  }
}
