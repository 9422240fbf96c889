// From the flow to what React Flow draws: cards, lines, the ends of branches and the places where a step can be put. React
// Flow's nodes and edges are made anew from the document on every edit and never read back. Pure.
import { START, type Flow, type Step } from '../../shared/flow/flow.ts';
import { layoutFlow } from '../../shared/flow/layout.ts';
import { edgesBySource, FIRST_SPOT, type Spot } from '../../shared/flow/reading.ts';
import { NEXT } from '../../shared/steps/step.ts';
import type { Text } from '../../shared/text.ts';
import {
  CARD_WIDTH,
  END_HEIGHT,
  END_WIDTH,
  FIGURES_HEIGHT,
  GAP_X,
  GAP_Y,
  GHOST_HEIGHT,
  GHOST_WIDTH,
  START_WIDTH,
  startHeight,
  STEP_HEIGHT,
} from './card-size.ts';
import { drawnOutlets } from './describe.ts';
import { endId, spotId } from './selection.ts';

export type Point = { x: number; y: number };
export type Card = { id: string; x: number; y: number; width: number; height: number } & (
  | { kind: 'start' }
  | { kind: 'step'; step: Step }
  /** The end of a branch without a step. */
  | { kind: 'end'; spot: Spot }
  /** Where the first step will stand. */
  | { kind: 'ghost'; spot: Spot }
);

export type Line = {
  id: string;
  from: string;
  to: string;
  spot: Spot;
  /** The name of the way out; `null` for a step with one way. */
  label: Text | null;
  /** Corners of the line, from the source's lower edge to the target's upper edge. */
  route: readonly Point[];
  /** Where the label stands, and where the `+`. */
  labelAt: Point;
  plusAt: Point;
  /** Leads far away, or up: drawn faintly, with the name of where it goes. */
  isGoTo: boolean;
};

export type Drawing = { cards: Card[]; lines: Line[]; byId: ReadonlyMap<string, Card> };

/**
 * Lays a flow out. `figures`: the flow has run, so every card keeps room for its numbers. `suggestions`: how many triggers are
 * offered on the start card while it has none.
 */
export function draw(flow: Flow, { figures, suggestions }: { figures: boolean; suggestions: number }): Drawing {
  const used = edgesBySource(flow.edges);
  const stepHeight = STEP_HEIGHT + (figures ? FIGURES_HEIGHT : 0);
  const cards = new Map<string, Card>();
  const lines: Omit<Line, 'route' | 'labelAt' | 'plusAt' | 'isGoTo'>[] = [];

  const put = (card: Card) => cards.set(card.id, card);
  put({ kind: 'start', id: START, x: 0, y: 0, width: START_WIDTH, height: startHeight(flow.triggers.length, suggestions) });
  for (const step of flow.steps) put({ kind: 'step', step, id: step.id, x: 0, y: 0, width: CARD_WIDTH, height: stepHeight });

  const lead = (spot: Spot, label: Text | null, to: string | undefined, kind: 'end' | 'ghost') => {
    const target = to !== undefined && cards.has(to) ? to : endId(spot);
    const size = kind === 'ghost' ? { width: GHOST_WIDTH, height: GHOST_HEIGHT } : { width: END_WIDTH, height: END_HEIGHT };
    if (target !== to) put({ kind, spot, id: target, x: 0, y: 0, ...size });
    lines.push({ id: spotId(spot), from: spot.from, to: target, spot, label });
  };

  lead(FIRST_SPOT, null, used.get(START)?.[0]?.to, flow.steps.length === 0 ? 'ghost' : 'end');
  for (const step of flow.steps) {
    const edges = used.get(step.id) ?? [];
    const outlets = drawnOutlets(
      flow,
      step,
      edges.map((edge) => edge.outlet),
    );
    for (const outlet of outlets) {
      const isNamed = outlets.length > 1 || outlet.id !== NEXT;
      lead({ from: step.id, outlet: outlet.id }, isNamed ? outlet.label : null, edges.find((edge) => edge.outlet === outlet.id)?.to, 'end');
    }
  }

  const { positions, routes, marks, goTo } = layoutFlow(
    [...cards.values()].map(({ id, width, height }) => ({ id, width, height })),
    lines.map(({ id, from, to }) => ({ id, from, to })),
    START,
    { gapX: GAP_X, gapY: GAP_Y },
  );
  for (const card of cards.values()) Object.assign(card, positions.get(card.id));
  return {
    cards: inReadingOrder([...cards.values()]),
    lines: lines.map((line) => {
      const { label, plus } = marks.get(line.id) ?? { label: { x: 0, y: 0 }, plus: { x: 0, y: 0 } };
      return { ...line, route: routes.get(line.id) ?? [], labelAt: label, plusAt: plus, isGoTo: goTo.has(line.id) };
    }),
    byId: cards,
  };
}

/** The order in which a screen reader comes to the cards: from the top, from the left. */
function inReadingOrder(cards: Card[]): Card[] {
  return cards.sort((a, b) => a.y - b.y || a.x - b.x);
}

/** The path of a line with rounded corners, as SVG. */
export function pathOf(route: readonly Point[], radius = 8): string {
  const points = route.filter((point, index) => index === 0 || point.x !== route[index - 1]!.x || point.y !== route[index - 1]!.y);
  const [start, ...rest] = points;
  if (start === undefined) return '';
  let path = `M${start.x},${start.y}`;
  rest.forEach((point, index) => {
    const before = points[index]!;
    const after = points[index + 2];
    if (after === undefined) {
      path += `L${point.x},${point.y}`;
      return;
    }
    const reach = (other: Point) => Math.min(radius, Math.hypot(other.x - point.x, other.y - point.y) / 2);
    const towards = (other: Point, by: number) => {
      const length = Math.hypot(other.x - point.x, other.y - point.y);
      return `${point.x + ((other.x - point.x) / length) * by},${point.y + ((other.y - point.y) / length) * by}`;
    };
    const by = Math.min(reach(before), reach(after));
    path += `L${towards(before, by)}Q${point.x},${point.y} ${towards(after, by)}`;
  });
  return path;
}
