// Edits of a flow: what a person draws, as stories and at random.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as edits from '../../shared/flow/edits.ts';
import { START, type Flow } from '../../shared/flow/flow.ts';
import { endOfWay, joinBelow, nextOf, outletsOf, reachableFrom, stepsBelow } from '../../shared/flow/reading.ts';
import { stepTypes } from '../../shared/steps/index.ts';
import { brokenEdges, edgesOf, flowOf } from './flows.ts';

const step = (id: string, type = 'wait') => ({ id, type, config: {} });
const chain = () => flowOf({ a: 'sendEmail', b: 'wait', c: 'addTag' }, ['start next a', 'a next b', 'b next c']);
// a -> k (yes: y1 y2, no: n1) -> j -> z
const diamond = () =>
  flowOf({ a: 'wait', k: 'branch', y1: 'wait', y2: 'addTag', n1: 'addTag', j: 'sendEmail', z: 'exit' }, [
    'start next a',
    'a next k',
    'k yes y1',
    'y1 next y2',
    'y2 next j',
    'k else n1',
    'n1 next j',
    'j next z',
  ]);

describe('adding', () => {
  it('puts a step on a line and keeps the chain joined', () => {
    expect(edgesOf(edits.addStep(chain(), step('x'), { from: 'a', outlet: 'next' }))).toEqual([
      'a next x',
      'b next c',
      'start next a',
      'x next b',
    ]);
  });
  it('puts the first step into an empty flow', () => {
    expect(edgesOf(edits.addStep(flowOf({}, []), step('x'), { from: START, outlet: 'next' }))).toEqual(['start next x']);
  });
  it('asks where the rest goes when the new step branches', () => {
    const at = { from: 'a', outlet: 'next' };
    const k = step('k', 'branch');
    expect(edgesOf(edits.addStep(chain(), k, at))).toContain('k yes b');
    expect(edgesOf(edits.addStep(chain(), k, at, { outlet: 'else' }))).toEqual(expect.arrayContaining(['a next k', 'k else b']));
    expect(edgesOf(edits.addStep(chain(), k, at, 'every'))).toEqual(expect.arrayContaining(['k yes b', 'k else b']));
  });
  it('cuts off what stood behind an exit', () => {
    expect(edgesOf(edits.addStep(chain(), step('x', 'exit'), { from: 'a', outlet: 'next' }))).toEqual([
      'a next x',
      'b next c',
      'start next a',
    ]);
  });
  it('appends after a step, at the end, and before a closing exit', () => {
    expect(edgesOf(edits.appendStep(chain(), step('x'), 'a'))).toContain('x next b');
    expect(edgesOf(edits.appendStep(chain(), step('x')))).toContain('c next x');
    expect(edgesOf(edits.appendStep(diamond(), step('x')))).toEqual(expect.arrayContaining(['j next x', 'x next z']));
    expect(edgesOf(edits.appendStep(flowOf({}, []), step('x')))).toEqual(['start next x']);
  });
  it('refuses an id that is taken and an outlet that is not there', () => {
    expect(() => edits.addStep(chain(), step('a'), { from: 'b', outlet: 'next' })).toThrow('taken');
    expect(() => edits.addStep(chain(), step('start'), { from: 'b', outlet: 'next' })).toThrow('taken');
    expect(() => edits.addStep(chain(), step('x'), { from: 'b', outlet: 'yes' })).toThrow('no outlet');
  });
});

describe('removing', () => {
  it('closes the chain', () => {
    expect(edgesOf(edits.removeStep(chain(), 'b'))).toEqual(['a next c', 'start next a']);
    expect(edgesOf(edits.removeStep(chain(), 'a'))).toEqual(['b next c', 'start next b']);
    expect(edgesOf(edits.removeStep(chain(), 'c'))).toEqual(['a next b', 'start next a']);
  });
  it.each([
    ['yes', ['a', 'j', 'y1', 'y2', 'z'], 'a next y1'],
    ['else', ['a', 'j', 'n1', 'z'], 'a next n1'],
    [null, ['a', 'j', 'z'], 'a next j'],
    [undefined, ['a', 'j', 'y1', 'y2', 'z'], 'a next y1'],
  ] as const)('of a branch keeps the steps of %s', (keep, left, edge) => {
    const result = edits.removeStep(diamond(), 'k', keep);
    expect(result.steps.map((each) => each.id).sort()).toEqual(left);
    expect(edgesOf(result)).toContain(edge);
    expect(brokenEdges(result)).toEqual([]);
  });
  it('says beforehand what goes too', () => {
    expect(edits.stepsLostWith(diamond(), 'k', 'yes')).toEqual(['n1']);
    expect(edits.stepsLostWith(diamond(), 'a')).toEqual([]);
    expect(edits.asksWhatToKeep(diamond(), 'k')).toBe(true);
    expect(edits.asksWhatToKeep(diamond(), 'a')).toBe(false);
  });
  it('with everything below leaves what another way leads to', () => {
    expect(edits.removeWithBelow(diamond(), 'n1').steps.map((each) => each.id)).toEqual(['a', 'k', 'y1', 'y2', 'j', 'z']);
    expect(edits.removeWithBelow(diamond(), 'k').steps.map((each) => each.id)).toEqual(['a']);
  });
  it('of a step in a circle leaves no loose end', () => {
    const loop = flowOf({ a: 'wait', b: 'addTag' }, ['start next a', 'a next b', 'b next a']);
    expect(edgesOf(edits.removeStep(loop, 'b'))).toEqual(['a next a', 'start next a']);
    expect(edgesOf(edits.removeStep(edits.removeStep(loop, 'b'), 'a'))).toEqual([]);
  });
  it('a switch of the view changes nothing else', () => {
    const free = edits.setLayoutMode(edits.setPositions(chain(), { a: { x: 5, y: 5 } }), 'free');
    expect(edits.setLayoutMode(free, 'tree').layout).toEqual({ mode: 'tree', positions: { a: { x: 5, y: 5 } } });
    expect({ ...free, layout: null }).toEqual({ ...chain(), layout: null });
  });
  it('forgets positions', () => {
    const placed = edits.setPositions(chain(), { b: { x: 1, y: 2 }, ghost: { x: 0, y: 0 } });
    expect(placed.layout.positions).toEqual({ b: { x: 1, y: 2 } });
    expect(edits.removeStep(placed, 'b').layout.positions).toEqual({});
  });
});

describe('moving', () => {
  it('a step along the chain', () => {
    expect(edgesOf(edits.moveStep(chain(), 'a', { from: 'c', outlet: 'next' }))).toEqual(['b next c', 'c next a', 'start next b']);
    expect(edgesOf(edits.moveStep(chain(), 'c', { from: START, outlet: 'next' }))).toEqual(['a next b', 'c next a', 'start next c']);
  });
  it('a branch with all that hangs on it', () => {
    const result = edits.moveStep(diamond(), 'k', { from: START, outlet: 'next' });
    expect(edgesOf(result)).toEqual([
      'a next j',
      'j next z',
      'k else n1',
      'k yes y1',
      'n1 next a',
      'start next k',
      'y1 next y2',
      'y2 next a',
    ]);
  });
  it('is not offered where nothing would change, or inside itself', () => {
    expect(edits.canMoveTo(chain(), 'b', { from: 'a', outlet: 'next' })).toBe(false);
    expect(edits.canMoveTo(chain(), 'b', { from: 'b', outlet: 'next' })).toBe(false);
    expect(edits.canMoveTo(diamond(), 'k', { from: 'y1', outlet: 'next' })).toBe(false);
    expect(edits.canMoveTo(chain(), 'b', { from: 'c', outlet: 'next' })).toBe(true);
    const flow = chain();
    expect(edits.moveStep(flow, 'b', { from: 'a', outlet: 'next' })).toBe(flow);
  });
});

describe('changing a step', () => {
  it('drops the edges of outlets that vanish and keeps the others', () => {
    const branches = [{ id: 'one' }, { id: 'yes' }];
    const result = edits.updateStepConfig(diamond(), 'k', { branches });
    expect(edgesOf(result)).toEqual(edgesOf(diamond()));
    expect(edgesOf(edits.updateStepConfig(diamond(), 'k', { branches: [{ id: 'one' }] }))).toEqual(
      edgesOf(diamond()).filter((edge) => edge !== 'k yes y1'),
    );
  });
  it('keeps all edges while the configuration is not valid', () => {
    expect(edgesOf(edits.updateStepConfig(diamond(), 'k', { branches: 3 }))).toEqual(edgesOf(diamond()));
  });
  it('of another type keeps the place, the onward edge and what both know', () => {
    const tagged = edits.updateStepConfig(chain(), 'c', { tag: 'vip' });
    const replaced = edits.replaceType(tagged, 'c', 'removeTag');
    expect(replaced.steps.find((each) => each.id === 'c')).toEqual({ id: 'c', type: 'removeTag', config: { tag: 'vip' } });
    expect(edgesOf(edits.replaceType(chain(), 'b', 'branch'))).toEqual(['a next b', 'b yes c', 'start next a']);
    expect(edgesOf(edits.replaceType(chain(), 'b', 'exit'))).toEqual(['a next b', 'start next a']);
    expect(edgesOf(edits.replaceType(diamond(), 'k', 'wait'))).toContain('k next y1');
  });
  it('names, notes and switches off', () => {
    const named = edits.setNote(edits.setDisabled(edits.renameStep(chain(), 'b', ' Pause '), 'b', true), 'b', 'why');
    expect(named.steps[1]).toEqual({ id: 'b', type: 'wait', config: {}, name: 'Pause', disabled: true, note: 'why' });
    const plain = edits.setNote(edits.setDisabled(edits.renameStep(named, 'b', ''), 'b', false), 'b', '');
    expect(Object.keys(plain.steps[1]!)).toEqual(['id', 'type', 'config']);
  });
  it('copies', () => {
    const result = edits.duplicateStep(chain(), 'a', 'a2', 'Mail (copy)');
    expect(edgesOf(result)).toEqual(['a next a2', 'a2 next b', 'b next c', 'start next a']);
    expect(result.steps.at(-1)).toMatchObject({ id: 'a2', type: 'sendEmail', name: 'Mail (copy)' });
    expect(edgesOf(edits.duplicateStep(diamond(), 'z', 'z2'))).toEqual(edgesOf(diamond()));
  });
});

describe('reading', () => {
  it('finds joins, ends and what is below', () => {
    expect(joinBelow(diamond(), 'k')).toBe('j');
    expect(joinBelow(chain(), 'a')).toBeNull();
    expect(endOfWay(chain(), START)).toEqual({ from: 'c', outlet: 'next' });
    expect(endOfWay(diamond(), 'z')).toBeNull();
    expect(stepsBelow(diamond(), 'k')).toEqual(['y1', 'n1', 'y2', 'j', 'z']);
    expect(nextOf(diamond(), 'k', 'else')).toBe('n1');
    expect(nextOf(diamond(), 'k', 'nowhere')).toBeNull();
  });
});

describe('any sequence of edits', () => {
  type Act = { act: number; one: number; two: number; outlet: number };
  const acts = fc.array(fc.record({ act: fc.nat(11), one: fc.nat(), two: fc.nat(), outlet: fc.nat() }), { maxLength: 40 });

  function perform(flow: Flow, { act, one, two, outlet }: Act, fresh: string): Flow {
    const newStep = step(fresh, stepTypes[two % stepTypes.length]!.type);
    const id = flow.steps[one % Math.max(1, flow.steps.length)]?.id;
    const other = flow.steps[two % Math.max(1, flow.steps.length)]?.id;
    if (id === undefined || other === undefined) return edits.appendStep(flow, newStep);
    const sources = [START, ...flow.steps.map((each) => each.id)];
    const from = sources[two % sources.length]!;
    const outlets =
      from === START
        ? ['next']
        : outletsOf(
            flow,
            flow.steps.find((each) => each.id === from)!,
          ).map((each) => each.id);
    const spot = outlets.length === 0 ? { from: START, outlet: 'next' } : { from, outlet: outlets[outlet % outlets.length]! };
    const own = outletsOf(
      flow,
      flow.steps.find((each) => each.id === id)!,
    ).map((each) => each.id);
    switch (act) {
      case 0:
        return edits.addStep(flow, newStep, spot);
      case 1:
        return edits.addStep(flow, newStep, spot, 'every');
      case 2:
        return edits.appendStep(flow, newStep, one % 2 === 0 ? undefined : id);
      case 3:
        return edits.removeStep(flow, id, two % 3 === 0 ? null : own[outlet % Math.max(1, own.length)]);
      case 4:
        return edits.removeWithBelow(flow, id);
      case 5:
        return edits.moveStep(flow, id, spot);
      case 6:
        return edits.duplicateStep(flow, id, fresh);
      case 7:
        return edits.replaceType(flow, id, newStep.type);
      case 8:
        return edits.connect(flow, spot, id);
      case 9:
        return edits.disconnect(flow, spot);
      case 10:
        return edits.updateStepConfig(flow, id, { branches: [{ id: `b${outlet % 3}` }], shares: [{ id: 'a', weight: 100 }] });
      default:
        return edits.addStep(flow, newStep, spot, { outlet: 'else' });
    }
  }

  it('leaves no edge dangling, no outlet with two edges, no id twice, and the flow before untouched', () => {
    fc.assert(
      fc.property(acts, (list) => {
        let flow = diamond();
        list.forEach((each, index) => {
          const before = JSON.stringify(flow);
          const next = perform(flow, each, `new${index}`);
          expect(JSON.stringify(flow)).toBe(before);
          expect(brokenEdges(next)).toEqual([]);
          flow = next;
        });
      }),
      { numRuns: 400 },
    );
  });

  it('moving a reachable step loses nobody: what could be come to still can, unless a step without a way out stands before it', () => {
    fc.assert(
      fc.property(acts, fc.nat(), fc.nat(), (list, one, two) => {
        // Only acts that keep a flow structured.
        const flow = list
          .filter(({ act }) => act < 3 || act === 5)
          .reduce((result, each, index) => perform(result, each, `new${index}`), diamond());
        const moved = perform(flow, { act: 5, one, two, outlet: one }, 'unused');
        const id = flow.steps[one % flow.steps.length]!.id;
        const hasExit = [...edits.blockOf(flow, id)].some(
          (each) =>
            outletsOf(
              flow,
              flow.steps.find(({ id: own }) => own === each)!,
            ).length === 0,
        );
        if (hasExit || !reachableFrom(flow, [START]).has(id)) return;
        const sources = [START, ...flow.steps.map((each) => each.id)];
        if (!reachableFrom(flow, [START]).has(sources[two % sources.length]!)) return;
        expect(reachableFrom(moved, [START]).size).toBe(reachableFrom(flow, [START]).size);
      }),
      { numRuns: 300 },
    );
  });
});
