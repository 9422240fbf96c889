// How many are in each segment, as far as that is known without counting anew: a screen gets the last sizes at once, and what
// may have changed since is counted in a reader thread meanwhile, so that nobody waits for a million contacts.
import { ProblemError, type Problem } from '../../shared/problem.ts';
import { HOUR } from '../../shared/time.ts';
import { stopwatch } from '../clock.ts';
import { changesSoFar } from '../store/database.ts';
import { sizesOf } from '../store/segments.ts';
import type { Workspace } from '../workspace.ts';
import { readersOf } from './readers.ts';

/** `size` null: not counted yet, or its rule cannot be asked any more, which `problems` then says. */
export type SegmentSize = { size: number | null; outdated: boolean; problems: readonly Problem[] };

/** What was found when; `cost` and `age` in milliseconds. */
type Known = Omit<SegmentSize, 'outdated'> & { mark: string; cost: number; age: () => number };

/** A segment is not counted again before so many times as long as that took has passed: while much happens, a fifth of a thread counts. */
const AS_OLD_AS = 5;

export type SegmentSizes = {
  /** Counted now, unless nothing has changed since. */
  exact(key: string): Promise<SegmentSize>;
  /** What is known; outdated sizes are counted afterwards, and the windows are told when they differ. */
  known(key: string): SegmentSize;
};

function createSizes(workspace: Workspace): SegmentSizes {
  const sizes = new Map<string, Known>();
  const counting = new Map<string, Promise<Known>>();

  /** The same as long as nothing was written and the hour is no other: rules may speak of time. */
  const markNow = (): string => `${changesSoFar(workspace.db)} ${Math.floor(workspace.clock.now() / HOUR)}`;

  async function counted(key: string, mark: string): Promise<Known> {
    const watch = stopwatch();
    const found = await asked(key);
    // The first count waits for its thread to begin, which tells nothing of how long the next one takes.
    const known: Known = { ...found, mark, cost: sizes.has(key) ? watch() : 0, age: stopwatch() };
    sizes.set(key, known);
    return known;
  }

  async function asked(key: string): Promise<Omit<SegmentSize, 'outdated'>> {
    try {
      const { matching } = await readersOf(workspace).read('count', { rule: { kind: 'segment', segment: key, member: true } });
      return { size: matching, problems: [] };
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      return { size: null, problems: error.problems };
    }
  }

  function begin(key: string, mark: string): void {
    const before = sizes.get(key);
    const count = counted(key, mark);
    counting.set(key, count);
    const tell = (known: Known): void => {
      if (before?.size !== known.size || before.problems.length !== known.problems.length) workspace.changed('segments');
    };
    // A count that fails is asked for again with the next look, and then says so where somebody waits for it.
    void count.then(tell, () => undefined).finally(() => counting.delete(key));
  }

  return {
    async exact(key) {
      const mark = markNow();
      const known = sizes.get(key);
      const { size, problems } = known?.mark === mark ? known : await counted(key, mark);
      return { size, problems, outdated: false };
    },
    known(key) {
      const mark = markNow();
      const known = sizes.get(key);
      if (known?.mark === mark) return { size: known.size, problems: known.problems, outdated: false };
      const mayCount = known === undefined || known.age() >= AS_OLD_AS * known.cost;
      if (mayCount && !counting.has(key)) begin(key, mark);
      return { size: known?.size ?? sizesOf(workspace, key, 1)[0]?.size ?? null, problems: known?.problems ?? [], outdated: true };
    },
  };
}

const opened = new WeakMap<Workspace, SegmentSizes>();

/** What is known of the sizes of a workspace's segments. */
export function segmentSizesOf(workspace: Workspace): SegmentSizes {
  let sizes = opened.get(workspace);
  if (sizes === undefined) opened.set(workspace, (sizes = createSizes(workspace)));
  return sizes;
}
