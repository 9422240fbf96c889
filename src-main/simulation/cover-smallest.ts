// The smallest choice of sets that together contain everything that all of them contain.

/** How far is looked before the best choice found so far is taken. */
const MOST_LOOKS = 200_000;

/** Which of the sets, by their places; `proven` tells that no fewer would do. The same sets give the same answer. */
export function smallestCover(sets: readonly ReadonlySet<string>[]): { chosen: number[]; proven: boolean } {
  const all = [...new Set(sets.flatMap((set) => [...set]))].sort();
  // A set that another contains need not be looked at.
  const places = sets.map((_, place) => place).filter((place) => sets[place]!.size > 0 && !sets.some((other, at) => at !== place && contains(other, sets[place]!) && (other.size > sets[place]!.size || at < place)));
  let best = greedy(sets, places, all);
  let looks = 0;
  const holders = new Map(all.map((each) => [each, places.filter((place) => sets[place]!.has(each))]));
  const largest = Math.max(1, ...places.map((place) => sets[place]!.size));

  function look(chosen: readonly number[], missing: ReadonlySet<string>): void {
    if (missing.size === 0) {
      if (chosen.length < best.length) best = [...chosen];
      return;
    }
    if (chosen.length + Math.ceil(missing.size / largest) >= best.length || ++looks > MOST_LOOKS) return;
    const rarest = [...missing].reduce((one, other) => (holders.get(other)!.length < holders.get(one)!.length ? other : one));
    for (const place of holders.get(rarest)!) look([...chosen, place], new Set([...missing].filter((each) => !sets[place]!.has(each))));
  }

  look([], new Set(all));
  return { chosen: best.sort((a, b) => a - b), proven: looks <= MOST_LOOKS };
}

function greedy(sets: readonly ReadonlySet<string>[], places: readonly number[], all: readonly string[]): number[] {
  const missing = new Set(all);
  const chosen: number[] = [];
  while (missing.size > 0) {
    const gain = (place: number) => [...sets[place]!].filter((each) => missing.has(each)).length;
    const next = places.reduce((one, other) => (gain(other) > gain(one) ? other : one));
    chosen.push(next);
    for (const each of sets[next]!) missing.delete(each);
  }
  return chosen;
}

function contains(outer: ReadonlySet<string>, inner: ReadonlySet<string>): boolean {
  return inner.size <= outer.size && [...inner].every((each) => outer.has(each));
}
