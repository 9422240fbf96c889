// How the lines of a flow run between its cards, and which of them would run through one.
import type { Drawn } from './layout.ts';

export type Point = { x: number; y: number };
export type Placed = { x: number; y: number; width: number; height: number };

/**
 * The corners of a line: down from the source, half a gap below it across to the line's own lane, down to half a gap above the
 * target, across and down to it. With `margin`, an x beside all cards, it goes round by there.
 */
export function routeOf(source: Placed, target: Placed, lane: number | undefined, gapY: number, margin: number | null): Point[] {
  const from = { x: source.x + source.width / 2, y: source.y + source.height };
  const to = { x: target.x + target.width / 2, y: target.y };
  const x = lane ?? from.x;
  const turn = from.y + gapY / 2;
  const arrive = to.y - gapY / 2;
  const start = [from, { x: from.x, y: turn }, { x, y: turn }];
  const end = [{ x: to.x, y: arrive }, to];
  if (margin === null) return [...start, { x, y: arrive }, ...end];
  const stub = from.y + gapY;
  return [...start, { x, y: stub }, { x: margin, y: stub }, { x: margin, y: arrive }, ...end];
}

/** Cards by the strips of height that they stand in, so that a line is compared with few of them. */
const STRIP = 400;

/** The lines that run through a card; for each target, all but one of them at the most. */
export function crossingLines(cards: readonly Placed[], lines: readonly Drawn[], lanes: ReadonlyMap<Drawn, number>, gapY: number): Drawn[] {
  const strips = new Map<number, Placed[]>();
  for (const card of cards) {
    for (let strip = Math.floor(card.y / STRIP); strip <= Math.floor((card.y + card.height) / STRIP); strip++) {
      const list = strips.get(strip);
      if (list === undefined) strips.set(strip, [card]);
      else list.push(card);
    }
  }
  const remaining = new Map<number, number>();
  for (const { target } of lines) remaining.set(target, (remaining.get(target) ?? 0) + 1);
  return lines.filter((line) => {
    if (remaining.get(line.target)! < 2) return false;
    const route = routeOf(cards[line.source]!, cards[line.target]!, lanes.get(line), gapY, null);
    const crosses = route.some((point, number) => number > 0 && runsThrough(route[number - 1]!, point, strips));
    if (crosses) remaining.set(line.target, remaining.get(line.target)! - 1);
    return crosses;
  });
}

function runsThrough(a: Point, b: Point, strips: ReadonlyMap<number, readonly Placed[]>): boolean {
  const [left, right] = a.x < b.x ? [a.x, b.x] : [b.x, a.x];
  const [top, bottom] = a.y < b.y ? [a.y, b.y] : [b.y, a.y];
  for (let strip = Math.floor(top / STRIP); strip <= Math.floor(bottom / STRIP); strip++) {
    for (const { x, y, width, height } of strips.get(strip) ?? []) {
      if (right > x + 1 && left < x + width - 1 && bottom > y + 1 && top < y + height - 1) return true;
    }
  }
  return false;
}
