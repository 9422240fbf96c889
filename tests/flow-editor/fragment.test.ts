// Copying, pasting, putting before, swapping: parts of flows as text, and what the list before publishing says of a difference.
import { describe, expect, it } from 'vitest';
import { flowSchema, type Flow } from '../../shared/flow/flow.ts';
import { addStepBefore, fragmentOf, fragmentText, pasteFragment, readFragment, swapOutlets } from '../../shared/flow/fragment.ts';
import { ProblemError } from '../../shared/problem.ts';
import { changesBetween, sameValue } from '../../src-renderer/flow-editor/changes.ts';

function flowOf(steps: [id: string, type: string][], edges: string[]): Flow {
  return flowSchema.parse({ name: 'Test', steps: steps.map(([id, type]) => ({ id, type })), edges: edges.map(edge) });
}

function edge(text: string) {
  const [from, outlet, to] = text.split(' ');
  return { from, outlet, to };
}

const edgesOf = (flow: Flow) => flow.edges.map(({ from, outlet, to }) => `${from} ${outlet} ${to}`).toSorted();
const counting = () => {
  let n = 0;
  return () => `n${++n}`;
};

const chain = flowOf([['a', 'wait'], ['b', 'wait'], ['c', 'wait']], ['start next a', 'a next b', 'b next c']);

describe('a fragment', () => {
  it('is readable text that comes back as it was', () => {
    const fragment = fragmentOf(chain, ['a', 'b'])!;
    expect(fragment.edges).toEqual([edge('a next b')]);
    expect(fragmentText(fragment)).toContain('"kind": "flow-steps"');
    expect(readFragment(fragmentText(fragment))).toEqual(fragment);
    expect(fragmentOf(chain, ['x'])).toBe(null);
  });

  it('is not seen in any other text', () => {
    for (const text of ['', 'hello', '[]', 'null', '{"kind":"flow"}']) expect(readFragment(text)).toBe(null);
  });

  const broken: [string, string][] = [
    ['{"kind":"flow-steps","version":1,"steps":[]}', 'fragment-broken'],
    ['{"kind":"flow-steps","version":1,"steps":[{"id":"a"}],"edges":[]}', 'fragment-broken'],
    ['{"kind":"flow-steps","version":2,"steps":[{"id":"a","type":"wait"}],"edges":[]}', 'fragment-newer'],
  ];
  it.each(broken)('says what is wrong with %s', (text, code) => {
    expect(() => readFragment(text)).toThrow(ProblemError);
    try {
      readFragment(text);
    } catch (error) {
      expect((error as ProblemError).problems[0]!.code).toBe(code);
    }
  });
});

describe('pasting', () => {
  it('puts a chain into a line, and what stood there behind it', () => {
    const pasted = pasteFragment(chain, fragmentOf(chain, ['a', 'b'])!, { from: 'b', outlet: 'next' }, counting());
    expect(pasted.ids).toEqual(['n1', 'n2']);
    expect(edgesOf(pasted.flow)).toEqual(['a next b', 'b next n1', 'n1 next n2', 'n2 next c', 'start next a']);
  });

  it('leaves the flow that it came from alone', () => {
    const before = structuredClone(chain);
    pasteFragment(chain, fragmentOf(chain, ['a'])!, { from: 'start', outlet: 'next' }, counting());
    expect(chain).toEqual(before);
  });

  it('lets a pasted exit end the way', () => {
    const source = flowOf([['w', 'wait'], ['x', 'exit']], ['w next x']);
    const { flow } = pasteFragment(chain, fragmentOf(source, ['w', 'x'])!, { from: 'c', outlet: 'next' }, counting());
    expect(edgesOf(flow)).toContain('n1 next n2');
    expect(flow.edges.filter((each) => each.from === 'n2')).toEqual([]);
  });

  it('keeps both ways of a pasted branch', () => {
    const source = flowOf([['b', 'branch'], ['y', 'wait'], ['n', 'wait']], ['b yes y', 'b else n']);
    const { flow } = pasteFragment(chain, fragmentOf(source, ['b', 'y', 'n'])!, { from: 'a', outlet: 'next' }, counting());
    expect(edgesOf(flow)).toEqual(['a next n1', 'b next c', 'n1 else n3', 'n1 yes n2', 'n2 next b', 'start next a']);
  });
});

it('puts a step before one that several ways lead to', () => {
  const joined = flowOf([['b', 'branch'], ['j', 'wait']], ['start next b', 'b yes j', 'b else j']);
  const after = addStepBefore(joined, { id: 'w', type: 'wait', config: {} }, 'j');
  expect(edgesOf(after)).toEqual(['b else w', 'b yes w', 'start next b', 'w next j']);
});

it('swaps two branches, also where one is empty', () => {
  const one = flowOf([['b', 'branch'], ['y', 'wait']], ['start next b', 'b yes y']);
  expect(edgesOf(swapOutlets(one, 'b', 'yes', 'else'))).toEqual(['b else y', 'start next b']);
  expect(swapOutlets(swapOutlets(one, 'b', 'yes', 'else'), 'b', 'yes', 'else')).toEqual(one);
});

describe('what publishing changes', () => {
  it('is everything when nothing is live', () => {
    expect(changesBetween(null, chain).map((change) => change.kind)).toEqual(['stepAdded', 'stepAdded', 'stepAdded']);
  });

  it('names steps, fields, connections and settings', () => {
    const draft: Flow = { ...chain, name: 'Other', steps: [chain.steps[0]!, { ...chain.steps[1]!, config: { x: 1 }, note: 'n' }, { id: 'd', type: 'exit', config: {} }] };
    expect(changesBetween(chain, draft)).toMatchObject([
      { kind: 'stepChanged', step: { id: 'b' }, fields: ['note', 'x'] },
      { kind: 'stepAdded', step: { id: 'd' } },
      { kind: 'stepRemoved', step: { id: 'c' } },
      { kind: 'setting', setting: 'name' },
    ]);
    expect(changesBetween(chain, { ...chain, edges: chain.edges.slice(1) })).toEqual([{ kind: 'connections' }]);
    expect(changesBetween(chain, structuredClone(chain))).toEqual([]);
  });

  it('takes a property that is undefined for one that is missing', () => {
    expect(sameValue({ a: 1, b: undefined }, { a: 1 })).toBe(true);
    expect(sameValue({ a: [1, 2] }, { a: [2, 1] })).toBe(false);
    expect(sameValue([], {})).toBe(false);
  });
});
