// The Tree layout, over thousands of random flows: cards never overlap, drawn lines never run through a card.
import { describe, expect, it } from 'vitest';
import { layoutFlow, type Layout, type LayoutCard, type LayoutLine } from '../../shared/flow/layout.ts';

type Drawing = { cards: LayoutCard[]; lines: LayoutLine[] };

/** Numbers that look random and are always the same (Park and Miller). */
function dice(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}

/** A flow with nested ways that come together again; `irregular` lines across. */
function structured(random: () => number, target: number, irregular = 0): Drawing {
  const cards: LayoutCard[] = [];
  const lines: LayoutLine[] = [];
  const add = (height = 72) => {
    const id = `n${cards.length}`;
    cards.push({ id, width: 260, height });
    return id;
  };
  const link = (from: string, to: string) => lines.push({ id: `e${lines.length}`, from, to });
  const chain = (from: string, steps: number, depth: number): string => {
    let [end, left] = [from, steps];
    while (left > 0) {
      if (random() < 0.22 && left > 6 && depth < 4) {
        const split = add(96);
        link(end, split);
        left--;
        const ends: string[] = [];
        for (let way = random() < 0.25 ? 3 : 2; way > 0; way--) {
          const length = Math.floor(left * 0.35 * random());
          ends.push(length > 0 ? chain(split, length, depth + 1) : split);
          left -= length;
        }
        end = add(40);
        for (const each of ends) link(each, end);
        left--;
      } else {
        const next = add(random() < 0.3 ? 110 : 72);
        link(end, next);
        end = next;
        left--;
      }
    }
    return end;
  };
  chain(add(), target - 1, 0);
  for (let i = 0; i < irregular; i++) {
    const from = Math.floor(random() * cards.length * 0.7);
    const to = from + 1 + Math.floor(random() * (cards.length - from - 1));
    if (to < cards.length) link(`n${from}`, `n${to}`);
  }
  return { cards, lines };
}

/** Anything at all: circles, self-loops, cards that nobody comes to. */
function wild(random: () => number): Drawing {
  const count = 1 + Math.floor(random() * 40);
  const cards = Array.from({ length: count }, (_, i) => ({
    id: `n${i}`,
    width: 100 + Math.floor(random() * 200),
    height: 30 + Math.floor(random() * 120),
  }));
  const lines = Array.from({ length: Math.floor(random() * count * 2) }, (_, i) => ({
    id: `e${i}`,
    from: `n${Math.floor(random() * count)}`,
    to: `n${Math.floor(random() * count)}`,
  }));
  return { cards, lines };
}

function overlaps({ cards }: Drawing, { positions }: Layout): string[] {
  return cards.flatMap((a, i) =>
    cards.slice(i + 1).flatMap((b) => {
      const [p, q] = [positions.get(a.id)!, positions.get(b.id)!];
      return p.x < q.x + b.width && q.x < p.x + a.width && p.y < q.y + b.height && q.y < p.y + a.height ? [`${a.id} and ${b.id}`] : [];
    }),
  );
}

/** Drawn lines (not the "go to" ones) that run through a card. */
function crossings({ cards }: Drawing, { positions, routes, goTo }: Layout): string[] {
  return [...routes].flatMap(([id, route]) =>
    goTo.has(id)
      ? []
      : route.slice(1).flatMap((end, i) => {
          const start = route[i]!;
          const [left, right, top, bottom] = [
            Math.min(start.x, end.x),
            Math.max(start.x, end.x),
            Math.min(start.y, end.y),
            Math.max(start.y, end.y),
          ];
          return cards.flatMap(({ id: card, width, height }) => {
            const { x, y } = positions.get(card)!;
            return right > x + 1 && left < x + width - 1 && bottom > y + 1 && top < y + height - 1 ? [`${id} through ${card}`] : [];
          });
        }),
  );
}

const lay = ({ cards, lines }: Drawing) => layoutFlow(cards, lines, 'n0');

describe('structured flows', () => {
  it('nothing overlaps, no line runs through a card, everything leads down', () => {
    const random = dice(7);
    for (let i = 0; i < 200; i++) {
      const drawing = structured(random, 5 + Math.floor(random() * 120));
      const layout = lay(drawing);
      expect(overlaps(drawing, layout)).toEqual([]);
      expect([...layout.goTo]).toEqual([]);
      expect(crossings(drawing, layout)).toEqual([]);
      for (const { from, to } of drawing.lines) expect(layout.positions.get(to)!.y).toBeGreaterThan(layout.positions.get(from)!.y);
    }
  });
});

describe('any flow', () => {
  it('with lines across: nothing overlaps, and what would cross a card is not drawn but named', () => {
    const random = dice(11);
    let drawn = 0;
    let named = 0;
    for (let i = 0; i < 200; i++) {
      const drawing = structured(random, 5 + Math.floor(random() * 120), 1 + Math.floor(random() * 6));
      const layout = lay(drawing);
      expect(overlaps(drawing, layout)).toEqual([]);
      expect(crossings(drawing, layout)).toEqual([]);
      drawn += drawing.lines.length;
      named += layout.goTo.size;
    }
    // Few lines pay for it.
    expect(named).toBeGreaterThan(0);
    expect(named).toBeLessThan(drawn * 0.05);
  });

  it('with circles and cards that nobody comes to: nothing overlaps, every card and line is there, always the same', () => {
    const random = dice(13);
    for (let i = 0; i < 2000; i++) {
      const drawing = wild(random);
      const layout = lay(drawing);
      expect(overlaps(drawing, layout)).toEqual([]);
      expect(crossings(drawing, layout)).toEqual([]);
      expect(layout.positions.size).toBe(drawing.cards.length);
      expect(layout.routes.size).toBe(drawing.lines.length);
      expect(layout.marks.size).toBe(drawing.lines.length);
      for (const { x, y } of [...layout.positions.values(), ...[...layout.routes.values()].flat()])
        expect(Number.isFinite(x) && Number.isFinite(y)).toBe(true);
      if (i % 10 === 0) expect(lay(drawing)).toEqual(layout);
    }
  });
});

describe('what a person sees', () => {
  const card = (id: string) => ({ id, width: 200, height: 80 });
  const line = (from: string, to: string) => ({ id: `${from}-${to}`, from, to });

  it('a chain stands straight below its start', () => {
    const { positions } = layoutFlow(['a', 'b', 'c'].map(card), [line('a', 'b'), line('b', 'c')], 'a', { gapY: 60 });
    expect(Object.fromEntries(positions)).toEqual({ a: { x: -100, y: 0 }, b: { x: -100, y: 140 }, c: { x: -100, y: 280 } });
  });

  it('the ways of a split stand side by side in the order of their outlets, and meet below its middle', () => {
    const { positions } = layoutFlow(
      ['k', 'yes', 'no', 'j'].map(card),
      [line('k', 'yes'), line('k', 'no'), line('yes', 'j'), line('no', 'j')],
      'k',
    );
    expect(positions.get('yes')!.x).toBeLessThan(positions.get('no')!.x);
    expect(positions.get('yes')!.y).toBe(positions.get('no')!.y);
    expect(positions.get('j')!.x).toBe(positions.get('k')!.x);
  });

  it('names and `+` of several ways stand apart, even where a way is empty', () => {
    const { marks, positions } = layoutFlow(
      ['k', 'j'].map(card),
      [
        { id: 'yes', from: 'k', to: 'j' },
        { id: 'no', from: 'k', to: 'j' },
      ],
      'k',
    );
    const [yes, no] = [marks.get('yes')!, marks.get('no')!];
    expect(no.label.x - yes.label.x).toBeGreaterThan(100);
    for (const { label, plus } of [yes, no]) {
      expect(plus.y).toBeGreaterThan(label.y);
      expect(plus.y).toBeLessThan(positions.get('j')!.y - 40);
    }
  });

  it('a line back up is a "go to"', () => {
    const { goTo } = layoutFlow(['a', 'b'].map(card), [line('a', 'b'), line('b', 'a')], 'a');
    expect([...goTo]).toEqual(['b-a']);
  });

  it('cards that nobody comes to stand to the right, joined as they are', () => {
    const { positions } = layoutFlow(['a', 'x', 'y'].map(card), [line('x', 'y')], 'a');
    expect(positions.get('x')!.x).toBeGreaterThan(200);
    expect(positions.get('y')).toEqual({ x: positions.get('x')!.x, y: 80 + 64 });
  });

  it('a new step moves no other way aside', () => {
    const cards = ['k', 'y1', 'y2', 'n1', 'n2'].map(card);
    const lines = [line('k', 'y1'), line('k', 'n1'), line('y1', 'y2'), line('n1', 'n2')];
    const before = layoutFlow(cards, lines, 'k').positions;
    const after = layoutFlow([...cards, card('y3')], [...lines, line('y2', 'y3')], 'k').positions;
    for (const { id } of cards) expect(after.get(id)).toEqual(before.get(id));
  });

  it('5,000 steps in a chain, and 5,000 that nobody comes to, do not exhaust the stack', () => {
    const cards = Array.from({ length: 5000 }, (_, i) => card(`n${i}`));
    const chain = cards.slice(1).map(({ id }, i) => line(`n${i}`, id));
    expect(layoutFlow(cards, chain, 'n0').positions.get('n4999')!.y).toBe(4999 * 144);
    expect(layoutFlow(cards, [], 'n0').positions.size).toBe(5000);
  });
});
