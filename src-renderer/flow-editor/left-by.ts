// By which ways people have left a step, as rows of figures. Ways that the step has no more have no name any more either: they are
// counted together.

/** Ways in which a visit ends that are no outlets of a step. */
const NO_OUTLETS = ['exit', 'moved', 'goal', 'joined'] as const;
type NoOutlet = (typeof NO_OUTLETS)[number];

export type LeftBy = { way: { outlet: string } | { end: NoOutlet } | 'gone'; people: number };

/** `left` is by outlet, as it is counted; `labels` are those of the outlets that the step has, in its draft or as it runs. */
export function leftBy(left: Readonly<Record<string, number>>, labels: ReadonlyMap<string, string>): LeftBy[] {
  const rows: LeftBy[] = [];
  let gone = 0;
  for (const [id, people] of Object.entries(left)) {
    const label = labels.get(id);
    const end = NO_OUTLETS.find((each) => each === id);
    if (label !== undefined) rows.push({ way: { outlet: label }, people });
    else if (end !== undefined) rows.push({ way: { end }, people });
    else gone += people;
  }
  return gone === 0 ? rows : [...rows, { way: 'gone', people: gone }];
}
