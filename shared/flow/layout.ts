// Where the cards of a flow stand in the Tree view, and how its lines run. The ways out of a step are columns side by side; a
// card that several ways lead to stands below the whole block of its immediate dominator, the card where those ways parted.
// Each way keeps a lane of its own, an empty one too, so no line runs through a card. Lines that would (back to a card above,
// or across between ways) are `goTo` lines: they get a stub of a lane, and no part in where cards stand. The same flow always
// looks the same, and what is not connected with a change keeps its place.
import { dominators, walk, type Walk } from './graph.ts';
import { crossingLines, routeOf, type Placed, type Point } from './routes.ts';

export type LayoutCard = { id: string; width: number; height: number };
/** Lines of one source in the order of its outlets, from left to right. */
export type LayoutLine = { id: string; from: string; to: string };
export type LayoutOptions = { gapX?: number; gapY?: number; laneWidth?: number };

export type Layout = {
  /** The upper left corner of each card; that of the entry's middle is x = 0. */
  positions: Map<string, Point>;
  /** The corners of each line, from the lower edge of its source to the upper edge of its target. */
  routes: Map<string, Point[]>;
  /** Where the name of a way out and the `+` stand: on the line's own lane. */
  marks: Map<string, { label: Point; plus: Point }>;
  /** Lines that are better shown as "go to" than drawn. */
  goTo: Set<string>;
};

/** Height of a lane without cards: room for a name and a `+`. */
const EMPTY_LANE = 24;
/** Between the flow and the cards that nobody comes to. */
const PARK_GAP = 200;
const MOST_PASSES = 8;

/**
 * Lays cards out from the one named `entry`; what cannot be come to from there stands to the right. Lines between cards that
 * are not there are left out. Time is nearly linear in cards and lines.
 */
export function layoutFlow(cards: readonly LayoutCard[], lines: readonly LayoutLine[], entry: string, options: LayoutOptions = {}): Layout {
  const { gapX = 48, gapY = 64, laneWidth = 120 } = options;
  const index = new Map(cards.map(({ id }, number) => [id, number]));
  const drawn = lines.flatMap(({ id, from, to }): Drawn[] => {
    const source = index.get(from);
    const target = index.get(to);
    return source === undefined || target === undefined ? [] : [{ id, source, target }];
  });
  const spacing = { gapX, gapY, laneWidth };
  const loose = new Set<Drawn>();
  let placed = place(cards, drawn, loose, index.get(entry), spacing);
  for (let pass = 0; pass < MOST_PASSES; pass++) {
    const crossing = crossingLines(placed.cards, placed.joining, placed.lanes, gapY);
    if (crossing.length === 0) break;
    // Of the lines to one card, one at the least must stay to hold it in its place; it cannot cross anything alone.
    for (const line of crossing) loose.add(line);
    placed = place(cards, drawn, loose, index.get(entry), spacing);
  }
  for (const line of crossingLines(placed.cards, placed.joining, placed.lanes, gapY)) placed.goTo.add(line);

  const layout: Layout = { positions: new Map(), routes: new Map(), marks: new Map(), goTo: new Set() };
  cards.forEach(({ id }, number) => layout.positions.set(id, { x: placed.cards[number]!.x, y: placed.cards[number]!.y }));
  let detours = 0;
  for (const line of drawn) {
    const isGoTo = placed.goTo.has(line);
    if (isGoTo) layout.goTo.add(line.id);
    const margin = isGoTo ? placed.right + gapX / 2 + (detours++ % 8) * 8 : null;
    const route = routeOf(placed.cards[line.source]!, placed.cards[line.target]!, placed.lanes.get(line), gapY, margin);
    layout.routes.set(line.id, route);
    const [, turn, corner] = route as [Point, Point, Point];
    const isOwnLane = corner.x !== turn.x || placed.sharesSource.has(line.source);
    layout.marks.set(
      line.id,
      isOwnLane ? { label: { x: corner.x, y: corner.y }, plus: { x: corner.x, y: corner.y + gapY / 2 - 12 } } : { label: turn, plus: turn },
    );
  }
  return layout;
}

export type Drawn = { id: string; source: number; target: number };

type Spacing = { gapX: number; gapY: number; laneWidth: number };
/** How far a card and all that hangs below it reach to the left and right of its middle, and down from its upper edge. */
type Block = { left: number; right: number; height: number };
/** A way out: the card that heads it (`null`: none of its own) and how far its middle is from that of the card above. */
type Lane = { line: Drawn; head: number | null; offset: number };

type Placement = {
  cards: Placed[];
  /** The x of each line's lane. */
  lanes: Map<Drawn, number>;
  goTo: Set<Drawn>;
  /** Lines to cards that other lines lead to as well: the only ones that can cross anything. */
  joining: Drawn[];
  sharesSource: Set<number>;
  right: number;
};

/** One pass: puts the tree of the entry, and then those of the cards that are left, side by side. */
function place(
  cards: readonly LayoutCard[],
  lines: readonly Drawn[],
  loose: ReadonlySet<Drawn>,
  entry: number | undefined,
  spacing: Spacing,
): Placement {
  const out: Drawn[][] = cards.map(() => []);
  for (const line of lines) out[line.source]!.push(line);
  const result: Placement = {
    cards: cards.map(({ width, height }) => ({ x: 0, y: 0, width, height })),
    lanes: new Map(),
    goTo: new Set(loose),
    joining: [],
    sharesSource: new Set(out.flatMap((list, number) => (list.length > 1 ? [number] : []))),
    right: 0,
  };
  const isPlaced: boolean[] = cards.map(() => false);
  const ways = { out, firm: out.map((list) => list.filter((line) => !loose.has(line))), before: cards.map((): number[] => []), loose };
  const graph = ways.firm.map((list) => list.map(({ target }) => target));
  let offset: number | null = null;
  for (const root of rootsOf(cards.length, lines, entry)) {
    if (isPlaced[root]) continue;
    const tree = treeOf(
      walk(graph, root, (node) => isPlaced[node]!),
      ways,
      isPlaced,
    );
    const blocks = blocksOf(tree, result.cards, spacing);
    const own = blocks.blocks.get(root)!;
    const axis: number = offset === null ? 0 : offset + own.left;
    standCards(tree, blocks, axis, result, spacing);
    for (const node of tree.order) isPlaced[node] = true;
    for (const line of tree.goTo) result.goTo.add(line);
    result.joining.push(...tree.joining);
    result.right = Math.max(result.right, axis + own.right);
    offset = axis + own.right + (offset === null ? PARK_GAP : spacing.gapX);
  }
  return result;
}

/** The entry, then cards that no line leads to, then all others: whoever is not come to from one before begins a tree. */
function rootsOf(count: number, lines: readonly Drawn[], entry: number | undefined): number[] {
  const hasWayIn: boolean[] = Array.from({ length: count }, () => false);
  for (const { source, target } of lines) if (source !== target) hasWayIn[target] = true;
  const all = hasWayIn.map((_, number) => number);
  return [...(entry === undefined ? [] : [entry]), ...all.filter((number) => !hasWayIn[number]), ...all];
}

type Tree = {
  order: number[];
  /** The ways out of each card that shape the tree, and those that only get a stub. */
  out: ReadonlyMap<number, readonly Drawn[]>;
  waysIn: ReadonlyMap<number, number>;
  /** Below each card, those that stand under its whole block, from above. */
  joins: ReadonlyMap<number, readonly number[]>;
  goTo: Set<Drawn>;
  joining: Drawn[];
};

/** `before` is filled as trees are made: each card belongs to one. */
type Ways = { out: readonly (readonly Drawn[])[]; firm: readonly (readonly Drawn[])[]; before: number[][]; loose: ReadonlySet<Drawn> };

function treeOf({ order, isBack }: Walk, { out, firm, before, loose }: Ways, isPlaced: readonly boolean[]): Tree {
  const goTo = new Set<Drawn>();
  const shaping = new Map<number, readonly Drawn[]>();
  for (const node of order) {
    firm[node]!.forEach((line, number) => {
      if (isBack[node]?.[number] === true || isPlaced[line.target]) goTo.add(line);
      else before[line.target]!.push(node);
    });
    for (const line of out[node]!) if (loose.has(line)) goTo.add(line);
    shaping.set(node, out[node]!);
  }
  const dominator = dominators(order, before);
  const joins = new Map<number, number[]>();
  for (const node of order.slice(1)) {
    if (before[node]!.length < 2) continue;
    const above = dominator.get(node)!;
    joins.set(above, [...(joins.get(above) ?? []), node]);
  }
  const waysIn = new Map(order.map((node) => [node, before[node]!.length]));
  const joining = order.flatMap((node) => firm[node]!.filter((line) => !goTo.has(line) && waysIn.get(line.target)! > 1));
  return { order, out: shaping, waysIn, joins, goTo, joining };
}

/** One lane for each way out; a card whose only way leads to a join needs none, as the join stands below by itself. */
function lanesOf(tree: Tree, node: number): Omit<Lane, 'offset'>[] {
  const lines = tree.out.get(node)!;
  const isHead = (line: Drawn) => !tree.goTo.has(line) && tree.waysIn.get(line.target) === 1;
  const only = lines.length === 1 ? lines[0]! : null;
  if (only !== null && !tree.goTo.has(only) && !isHead(only)) return [];
  return lines.map((line) => ({ line, head: isHead(line) ? line.target : null }));
}

/** The blocks of all cards, from the last up. */
function blocksOf(
  tree: Tree,
  cards: readonly Placed[],
  { gapX, gapY, laneWidth }: Spacing,
): { blocks: Map<number, Block>; lanes: Map<number, Lane[]> } {
  const blocks = new Map<number, Block>();
  const lanes = new Map<number, Lane[]>();
  for (const node of tree.order.toReversed()) {
    const card = cards[node]!;
    const ways = lanesOf(tree, node);
    const widths = ways.map(({ head }) =>
      head === null ? { left: laneWidth / 2, right: laneWidth / 2, height: EMPTY_LANE } : blocks.get(head)!,
    );
    let edge = 0;
    const middles = widths.map((block, number) => {
      const middle = edge + (number > 0 ? gapX : 0) + block.left;
      edge = middle + block.right;
      return middle;
    });
    const axis = middles.length === 0 ? 0 : (middles[0]! + middles.at(-1)!) / 2;
    lanes.set(
      node,
      ways.map((way, number) => ({ ...way, offset: middles[number]! - axis })),
    );
    const block = { left: Math.max(card.width / 2, axis), right: Math.max(card.width / 2, edge - axis), height: card.height };
    if (widths.length > 0) block.height += gapY + Math.max(...widths.map(({ height }) => height));
    for (const join of tree.joins.get(node) ?? []) {
      const below = blocks.get(join)!;
      block.left = Math.max(block.left, below.left);
      block.right = Math.max(block.right, below.right);
      block.height += gapY + below.height;
    }
    blocks.set(node, block);
  }
  return { blocks, lanes };
}

/** Gives every card of a tree its place, its root in the middle of `axis`. */
function standCards(tree: Tree, { blocks, lanes }: ReturnType<typeof blocksOf>, axis: number, result: Placement, { gapY }: Spacing): void {
  const open = [{ node: tree.order[0]!, middle: axis, top: 0 }];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, middle, top } = next;
    const card = result.cards[node]!;
    card.x = middle - card.width / 2;
    card.y = top;
    let below = top + card.height + gapY;
    let tallest = 0;
    for (const { line, head, offset } of lanes.get(node)!) {
      result.lanes.set(line, middle + offset);
      tallest = Math.max(tallest, head === null ? EMPTY_LANE : blocks.get(head)!.height);
      if (head !== null) open.push({ node: head, middle: middle + offset, top: below });
    }
    if (lanes.get(node)!.length > 0) below += tallest + gapY;
    for (const join of tree.joins.get(node) ?? []) {
      open.push({ node: join, middle, top: below });
      below += blocks.get(join)!.height + gapY;
    }
  }
}
