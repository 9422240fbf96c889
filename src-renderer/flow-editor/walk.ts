// Walking the graph with the arrow keys: down follows a line, up goes back, left and right go to the branches beside it.
import type { Drawing } from './to-canvas.ts';

export type Direction = 'down' | 'up' | 'left' | 'right' | 'first' | 'last';

/**
 * The card that a key leads to from another one; the same card where there is none. `lastBelow` remembers for each card the
 * one below it that was left last, so that going up and down again comes back to the same branch (UX 2.6).
 */
export function walk(drawing: Drawing, from: string, direction: Direction, lastBelow: ReadonlyMap<string, string>): string {
  const below = drawing.lines.filter((line) => line.from === from).map((line) => line.to);
  const above = drawing.lines.filter((line) => line.to === from).map((line) => line.from);
  switch (direction) {
    case 'down': {
      const remembered = lastBelow.get(from);
      return remembered !== undefined && below.includes(remembered) ? remembered : (below[0] ?? from);
    }
    case 'up': {
      const cameFrom = above.find((each) => lastBelow.get(each) === from);
      return cameFrom ?? above[0] ?? from;
    }
    case 'left':
    case 'right':
      return beside(drawing, from, direction);
    case 'first':
      return drawing.cards[0]?.id ?? from;
    case 'last':
      return drawing.cards.at(-1)?.id ?? from;
  }
}

/** The nearest card to the left or right at about the same height. */
function beside(drawing: Drawing, from: string, direction: 'left' | 'right'): string {
  const here = drawing.byId.get(from);
  if (here === undefined) return from;
  const middle = (card: { x: number; width: number }) => card.x + card.width / 2;
  const candidates = drawing.cards.filter((card) => {
    const isBeside = direction === 'left' ? middle(card) < middle(here) - 1 : middle(card) > middle(here) + 1;
    return isBeside && card.y < here.y + here.height && card.y + card.height > here.y;
  });
  const distance = (card: { x: number; width: number }) => Math.abs(middle(card) - middle(here));
  return candidates.sort((a, b) => distance(a) - distance(b))[0]?.id ?? from;
}

/** Where the focus goes when a card is gone: to what stood above it, or below, or the start. */
export function neighbourOf(before: Drawing, gone: string, after: Drawing): string {
  const seen = new Set([gone]);
  const queue = [gone];
  for (const id of queue) {
    if (after.byId.has(id)) return id;
    const above = before.lines.filter((line) => line.to === id).map((line) => line.from);
    const below = before.lines.filter((line) => line.from === id).map((line) => line.to);
    for (const next of [...above, ...below]) {
      if (!seen.has(next)) {
        seen.add(next);
        queue.push(next);
      }
    }
  }
  return 'start';
}
