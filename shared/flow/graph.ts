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
