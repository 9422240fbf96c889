// Graph algorithms on plain lists of numbers, each in time linear in nodes and edges (dominators: nearly), none recursive:
// a flow may be a chain of thousands of steps.

/** `successors[n]` are the nodes that edges lead to from node n. */
export type Graph = readonly (readonly number[])[];

/** Marks every node that can be come to from the given ones, themselves included. */
export function reached(graph: Graph, starts: readonly number[]): boolean[] {
  const seen: boolean[] = Array.from({ length: graph.length }, () => false);
  const open = [...starts];
  for (const start of starts) seen[start] = true;
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const next of graph[node]!) {
      if (seen[next]) continue;
      seen[next] = true;
      open.push(next);
    }
  }
  return seen;
}

/** The same graph with every edge turned round. */
export function reversed(graph: Graph): number[][] {
  const result: number[][] = graph.map(() => []);
  graph.forEach((successors, node) => {
    for (const next of successors) result[next]!.push(node);
  });
  return result;
}

/** The circles of a graph: each largest set of nodes that can all be come to from each other (Tarjan 1972), nodes ascending. */
export function circles(graph: Graph): number[][] {
  const order: number[] = Array.from({ length: graph.length }, () => -1);
  const low = [...order];
  const onStack: boolean[] = Array.from({ length: graph.length }, () => false);
  const stack: number[] = [];
  const found: number[][] = [];
  let count = 0;
  for (let root = 0; root < graph.length; root++) {
    if (order[root] !== -1) continue;
    const path: { node: number; edge: number }[] = [{ node: root, edge: 0 }];
    while (path.length > 0) {
      const top = path.at(-1)!;
      const { node } = top;
      if (top.edge === 0) {
        order[node] = low[node] = count++;
        stack.push(node);
        onStack[node] = true;
      }
      const next = graph[node]![top.edge++];
      if (next !== undefined) {
        if (order[next] === -1) path.push({ node: next, edge: 0 });
        else if (onStack[next]) low[node] = Math.min(low[node]!, order[next]!);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) low[parent.node] = Math.min(low[parent.node]!, low[node]!);
      if (low[node] === order[node]) {
        const members = stack.splice(stack.lastIndexOf(node));
        for (const member of members) onStack[member] = false;
        if (members.length > 1 || graph[node]!.includes(node)) found.push(members.sort((a, b) => a - b));
      }
    }
  }
  return found.sort((a, b) => a[0]! - b[0]!);
}

/** The order in which a walk from a root first has all its ways behind it (reverse postorder), and the edges that lead back up. */
export type Walk = {
  /** Nodes that the walk came to; each stands after all that lead to it, apart from edges that lead back. */
  order: number[];
  /** `isBack[n][i]`: the i-th edge from node n leads to a node above it, so closes a circle. */
  isBack: (boolean | undefined)[][];
};

/** Walks a graph depth first, the first edge of a node taking the first place below it; never into nodes of `barred`. */
export function walk(graph: Graph, root: number, barred: (node: number) => boolean): Walk {
  const OPEN = 1;
  const DONE = 2;
  const state = new Map([[root, OPEN]]);
  const postorder: number[] = [];
  const isBack: (boolean | undefined)[][] = [];
  // The last edge is walked first: so, turned round, the first edge's part comes first.
  const path = [{ node: root, left: graph[root]!.length }];
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const { node } = top;
    if (top.left === 0) {
      state.set(node, DONE);
      postorder.push(node);
      path.pop();
      continue;
    }
    top.left -= 1;
    const next = graph[node]![top.left]!;
    if (barred(next)) continue;
    if (state.get(next) === OPEN) (isBack[node] ??= [])[top.left] = true;
    else if (!state.has(next)) {
      state.set(next, OPEN);
      path.push({ node: next, left: graph[next]!.length });
    }
  }
  return { order: postorder.reverse(), isBack };
}

/**
 * For each node of a walk, its immediate dominator: the nearest node that every way from the root goes through (Cooper,
 * Harvey, Kennedy: A Simple, Fast Dominance Algorithm). `before[n]` are the nodes with edges to n, without those that lead back.
 */
export function dominators(order: readonly number[], before: Graph): Map<number, number> {
  const place = new Map(order.map((node, index) => [node, index]));
  const root = order[0]!;
  const dominator = new Map([[root, root]]);
  for (const node of order.slice(1)) {
    dominator.set(
      node,
      before[node]!.reduce((one, other) => {
        let [a, b] = [one, other];
        while (a !== b) {
          while (place.get(a)! > place.get(b)!) a = dominator.get(a)!;
          while (place.get(b)! > place.get(a)!) b = dominator.get(b)!;
        }
        return a;
      }),
    );
  }
  return dominator;
}
