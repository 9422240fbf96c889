// From the flow to the canvas: which cards and lines are drawn, how the arrow keys walk them, where the focus goes when one is gone.
import { describe, expect, it } from 'vitest';
import { removeStep } from '../../shared/flow/edits.ts';
import { flowSchema, type Flow } from '../../shared/flow/flow.ts';
import { draw, pathOf } from '../../src-renderer/flow-editor/to-canvas.ts';
import { neighbourOf, walk } from '../../src-renderer/flow-editor/walk.ts';

function flowOf(steps: [id: string, type: string][], edges: string[]): Flow {
  return flowSchema.parse({
    name: 'Test',
    steps: steps.map(([id, type]) => ({ id, type })),
    edges: edges.map((edge) => {
      const [from, outlet, to] = edge.split(' ');
      return { from, outlet, to };
    }),
  });
}

/** start > mail > branch; yes > tag > join, no > nothing; join = exit. */
const branching = flowOf(
  [
    ['mail', 'sendEmail'],
    ['branch', 'branch'],
    ['tag', 'addTag'],
    ['exit', 'exit'],
  ],
  ['start next mail', 'mail next branch', 'branch yes tag', 'tag next exit'],
);
const looks = { figures: false, suggestions: 5 };

describe('the drawing', () => {
  it('has a card for the start, each step, and each end without a step', () => {
    const { cards } = draw(branching, looks);
    expect(cards.map((card) => card.id).toSorted()).toEqual(['branch', 'end:branch:else', 'exit', 'mail', 'start', 'tag']);
  });

  it('offers a place on every line, and names the ways of a branch only', () => {
    const { lines } = draw(branching, looks);
    expect(lines.map(({ id, label }) => [id, label?.text ?? null])).toEqual([
      ['start:next', null],
      ['mail:next', null],
      ['branch:yes', 'Yes'],
      ['branch:else', 'No'],
      ['tag:next', null],
    ]);
  });

  it('shows where the first step goes in an empty flow', () => {
    expect(draw(flowOf([], []), looks).cards.map((card) => card.kind)).toEqual(['start', 'ghost']);
  });

  it('never lets cards overlap, and keeps room for figures', () => {
    for (const figures of [false, true]) {
      const { cards } = draw(branching, { figures, suggestions: 0 });
      for (const a of cards) {
        for (const b of cards) {
          const apart = a === b || a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
          expect(apart, `${a.id} and ${b.id}`).toBe(true);
        }
      }
    }
    expect(draw(branching, { figures: true, suggestions: 0 }).byId.get('mail')!.height).toBeGreaterThan(draw(branching, looks).byId.get('mail')!.height);
  });

  it('draws a step of an unknown type with the ways that its edges use', () => {
    const strange = flowOf([['a', 'teleport'], ['b', 'wait']], ['start next a', 'a mars b']);
    expect(draw(strange, looks).lines.map((line) => line.id)).toContain('a:mars');
  });

  it('draws a thousand steps quickly enough to type', () => {
    const steps = Array.from({ length: 1000 }, (_, n): [string, string] => [`s${n}`, n % 10 === 5 ? 'branch' : 'wait']);
    const edges = steps.map(([id], n) => (n === 0 ? `start next ${id}` : `s${n - 1} ${(n - 1) % 10 === 5 ? 'yes' : 'next'} ${id}`));
    expect(draw(flowOf(steps, edges), looks).cards.filter((card) => card.kind === 'step')).toHaveLength(1000);
  });
});

describe('walking', () => {
  const drawing = draw(branching, looks);
  const table: [from: string, direction: 'down' | 'up' | 'left' | 'right' | 'last', to: string][] = [
    ['start', 'down', 'mail'],
    ['mail', 'up', 'start'],
    ['branch', 'down', 'tag'],
    ['tag', 'right', 'end:branch:else'],
    ['end:branch:else', 'left', 'tag'],
    ['end:branch:else', 'up', 'branch'],
    ['exit', 'down', 'exit'],
    ['start', 'up', 'start'],
    ['mail', 'left', 'mail'],
    ['start', 'last', 'exit'],
  ];
  it.each(table)('from %s %s is %s', (from, direction, to) => {
    expect(walk(drawing, from, direction, new Map())).toBe(to);
  });

  it('comes back down to the branch that was left', () => {
    expect(walk(drawing, 'branch', 'down', new Map([['branch', 'end:branch:else']]))).toBe('end:branch:else');
  });

  it('gives the focus to what stood above a card that is gone', () => {
    expect(neighbourOf(drawing, 'tag', draw(removeStep(branching, 'tag'), looks))).toBe('branch');
  });
});

describe('a line as a path', () => {
  it('rounds its corners, and leaves out points that are the same', () => {
    expect(pathOf([{ x: 0, y: 0 }, { x: 0, y: 0 }, { x: 0, y: 40 }])).toBe('M0,0L0,40');
    expect(pathOf([{ x: 0, y: 0 }, { x: 0, y: 20 }, { x: 40, y: 20 }])).toBe('M0,0L0,12Q0,20 8,20L40,20');
    expect(pathOf([])).toBe('');
  });
});
