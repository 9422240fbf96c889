// The editor's store without a browser: the one door, undo and redo, typing bursts, autosave, conflicts.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FlowDetail } from '../../shared/api.ts';
import { flowSchema, type Flow } from '../../shared/flow/flow.ts';
import { problem, ProblemError } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { createEditorStore, differsFromLive, RETRY_AFTER, SAVE_AFTER, SAVE_AT_LATEST, type Machine } from '../../src-renderer/flow-editor/editor-store.ts';
import { selectedStep, selectStep } from '../../src-renderer/flow-editor/selection.ts';

/** A machine that keeps one flow and can be made to fail, to be slow, or to change the flow behind the editor's back. */
function fakeMachine(draft: Flow) {
  let detail: FlowDetail = { id: 1, state: 'draft', drain: null, halted: null, draft, revision: 1, savedAt: 0, live: null };
  const saved: Flow[] = [];
  const created: string[] = [];
  let failure: Error | null = null;
  let gate: Promise<void> | null = null;
  const machine: Machine = {
    async call(method, input) {
      const asked = input as { flow: number; draft: Flow; revision: number; name: string };
      const answer = async () => {
        if (method === 'flows.get') return asked.flow === 1 ? detail : { ...detail, id: asked.flow, revision: 1 };
        if (method === 'flows.create') {
          created.push(asked.name);
          return { id: 2 };
        }
        if (method === 'flows.publish') {
          detail = { ...detail, state: 'live', live: { version: (detail.live?.version ?? 0) + 1, publishedAt: 5, flow: detail.draft } };
          return { version: detail.live!.version, existing: 0, warnings: [] };
        }
        if (method !== 'flows.saveDraft') throw new Error(`unexpected ${method}`);
        if (gate !== null) await gate;
        if (failure !== null) throw failure;
        if (asked.flow === 1 && asked.revision !== detail.revision) throw new ProblemError(problem('changed-elsewhere', say('changed')));
        saved.push(asked.draft);
        if (asked.flow !== 1) return { revision: 2, savedAt: 9 };
        detail = { ...detail, draft: asked.draft, revision: detail.revision + 1, savedAt: 100 };
        return { revision: detail.revision, savedAt: detail.savedAt };
      };
      return (await answer()) as never;
    },
  };
  return {
    machine,
    saved,
    created,
    detail: () => detail,
    fail: (error: Error | null) => (failure = error),
    hold: (until: Promise<void> | null) => {
      gate = until;
    },
    changeElsewhere: (flow: Flow) => (detail = { ...detail, draft: flow, revision: detail.revision + 1 }),
  };
}

const start = flowSchema.parse({ name: 'Welcome', steps: [{ id: 'a', type: 'wait' }, { id: 'b', type: 'wait' }], edges: [] });
const label = say('change');
const named = (name: string) => (flow: Flow) => ({ ...flow, name });
const withoutA = (flow: Flow) => ({ ...flow, steps: flow.steps.filter((step) => step.id !== 'a') });

function open() {
  const fake = fakeMachine(start);
  const store = createEditorStore(fake.machine, fake.detail());
  return { ...fake, store, state: () => store.getState() };
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the one door', () => {
  it('undoes and redoes ten edits to the very same documents', () => {
    const { state } = open();
    const documents = [state().flow];
    for (let n = 1; n <= 10; n++) {
      state().edit(label, named(`Name ${n}`));
      documents.push(state().flow);
    }
    for (let n = 9; n >= 0; n--) {
      state().undo();
      expect(state().flow).toBe(documents[n]);
    }
    for (let n = 1; n <= 10; n++) {
      state().redo();
      expect(state().flow).toBe(documents[n]);
    }
    state().redo();
    expect(state().flow).toBe(documents[10]);
  });

  it('keeps the names of edits in order', () => {
    const { state } = open();
    state().edit(say('one'), named('1'));
    state().edit(say('two'), named('2'));
    state().undo();
    expect(state().history.past.map((entry) => entry.label.text)).toEqual(['one']);
    expect(state().history.future.map((entry) => entry.label.text)).toEqual(['two']);
    expect(state().lastEdit).toMatchObject({ kind: 'undo', label: { text: 'two' } });
  });

  it('knows an edit that changes nothing', () => {
    const { state } = open();
    expect(state().edit(label, (flow) => ({ ...flow }))).toBe(false);
    expect(state().history.past).toEqual([]);
    expect(state().saving.kind).toBe('saved');
  });

  it('clears redo by an edit, not by a selection', () => {
    const { state } = open();
    state().edit(label, named('1'));
    state().undo();
    state().select(selectStep('b'));
    expect(state().history.future).toHaveLength(1);
    expect(state().history.past).toHaveLength(0);
    state().edit(label, named('2'));
    expect(state().history.future).toHaveLength(0);
  });

  it('keeps two hundred edits', () => {
    const { state } = open();
    for (let n = 0; n < 205; n++) state().edit(label, named(`Name ${n}`));
    expect(state().history.past).toHaveLength(200);
    for (let n = 0; n < 300; n++) state().undo();
    expect(state().flow.name).toBe('Name 4');
  });

  it('selects again what was selected, and drops what is gone', () => {
    const { state } = open();
    state().select(selectStep('a'));
    state().edit(label, withoutA);
    expect(selectedStep(state().selection)).toBe(null);
    state().undo();
    expect(selectedStep(state().selection)).toBe('a');
  });
});

describe('typing', () => {
  const table: [what: string, pauses: number[], bursts: string[], entries: number][] = [
    ['quick typing into one field is one entry', [200, 900, 1000], ['s.x', 's.x', 's.x'], 1],
    ['a pause of more than a second begins a new one', [200, 1001, 200], ['s.x', 's.x', 's.x'], 2],
    ['another field begins a new one', [100, 100, 100], ['s.x', 's.y', 's.x'], 3],
  ];
  it.each(table)('%s', (_what, pauses, bursts, entries) => {
    const { state } = open();
    pauses.forEach((pause, n) => {
      vi.advanceTimersByTime(pause);
      state().edit(label, named(`typed ${n}`), { burst: bursts[n]! });
    });
    expect(state().history.past).toHaveLength(entries);
    for (let n = 0; n < entries; n++) state().undo();
    expect(state().flow).toBe(start);
  });

  it('does not join an edit before an undo', () => {
    const { state } = open();
    state().edit(label, named('1'), { burst: 's.x' });
    state().undo();
    state().redo();
    state().edit(label, named('2'), { burst: 's.x' });
    expect(state().history.past).toHaveLength(2);
  });
});

describe('saving', () => {
  it('saves once after a second of rest', async () => {
    const { state, saved } = open();
    state().edit(label, named('1'));
    await vi.advanceTimersByTimeAsync(SAVE_AFTER - 1);
    state().edit(label, named('2'));
    await vi.advanceTimersByTimeAsync(SAVE_AFTER - 1);
    expect(saved).toEqual([]);
    expect(state().saving.kind).toBe('waiting');
    await vi.advanceTimersByTimeAsync(1);
    expect(saved.map((flow) => flow.name)).toEqual(['2']);
    expect(state()).toMatchObject({ revision: 2, savedAt: 100, saving: { kind: 'saved' } });
  });

  it('has nothing to save after an undo back to what is saved', async () => {
    const { state, saved } = open();
    state().edit(label, named('1'));
    state().undo();
    expect(state().saving.kind).toBe('saved');
    await vi.advanceTimersByTimeAsync(SAVE_AFTER * 2);
    expect(saved).toEqual([]);
  });

  it('F47: saves in the middle of editing without a rest, so that a crash loses five seconds at the most', async () => {
    const { store, saved } = open();
    for (let n = 1; n <= 40; n++) {
      store.getState().edit(label, named(`Name ${n}`));
      await vi.advanceTimersByTimeAsync(SAVE_AFTER / 4);
    }
    expect(saved.map(({ name }) => name)).toEqual(['Name 16', 'Name 32']);
    await vi.advanceTimersByTimeAsync(SAVE_AT_LATEST);
    expect(saved.map(({ name }) => name)).toEqual(['Name 16', 'Name 32', 'Name 40']);
  });

  it('keeps the history over a save, and saves an undo', async () => {
    const { state, saved } = open();
    state().edit(label, named('1'));
    await state().flush();
    state().undo();
    await state().flush();
    expect(saved.map((flow) => flow.name)).toEqual(['1', 'Welcome']);
  });

  it('saves what was edited while a save was under way, in order', async () => {
    const { state, saved, hold } = open();
    let release = () => {};
    hold(new Promise((resolve) => (release = resolve)));
    state().edit(label, named('1'));
    await vi.advanceTimersByTimeAsync(SAVE_AFTER);
    expect(state().saving.kind).toBe('saving');
    state().edit(label, named('2'));
    hold(null);
    release();
    await state().flush();
    expect(saved.map((flow) => flow.name)).toEqual(['1', '2']);
    expect(state().saving.kind).toBe('saved');
  });

  it('tries again after a failure and loses nothing', async () => {
    const { state, saved, fail } = open();
    fail(new Error('no answer'));
    state().edit(label, named('1'));
    await vi.advanceTimersByTimeAsync(SAVE_AFTER);
    expect(state().saving.kind).toBe('failed');
    fail(null);
    await vi.advanceTimersByTimeAsync(RETRY_AFTER);
    expect(saved.map((flow) => flow.name)).toEqual(['1']);
    expect(state().saving.kind).toBe('saved');
  });
});

describe('another window', () => {
  it('has its draft taken over quietly when nothing of ours waits', async () => {
    const { state, changeElsewhere } = open();
    changeElsewhere(named('Theirs')(start));
    await state().refresh();
    expect(state()).toMatchObject({ flow: { name: 'Theirs' }, revision: 2 });
    state().undo();
    expect(state().flow.name).toBe('Welcome');
  });

  it('is a conflict when both have changed; taking theirs can be undone', async () => {
    const { state, changeElsewhere, saved } = open();
    changeElsewhere(named('Theirs')(start));
    state().edit(label, named('Mine'));
    await state().flush();
    expect(state().saving.kind).toBe('conflict');
    state().edit(label, named('Mine 2'));
    await vi.advanceTimersByTimeAsync(SAVE_AFTER * 10);
    expect(saved).toEqual([]);
    await state().takeTheirs();
    expect(state()).toMatchObject({ flow: { name: 'Theirs' }, saving: { kind: 'saved' } });
    state().undo();
    expect(state().flow.name).toBe('Mine 2');
    await state().flush();
    expect(saved.map((flow) => flow.name)).toEqual(['Mine 2']);
  });

  it('can be left alone by keeping the own version as a copy', async () => {
    const { state, changeElsewhere, saved, created } = open();
    changeElsewhere(named('Theirs')(start));
    state().edit(label, named('Mine'));
    await state().flush();
    expect(await state().keepMineAsCopy('Mine (copy)')).toBe(2);
    expect(created).toEqual(['Mine (copy)']);
    expect(saved.at(-1)).toMatchObject({ name: 'Mine (copy)' });
    expect(state()).toMatchObject({ flow: { name: 'Theirs' }, saving: { kind: 'saved' } });
  });
});

describe('publishing', () => {
  it('saves first, and compares with what is live afterwards', async () => {
    const { state, saved } = open();
    expect(differsFromLive(state())).toBe(true);
    state().edit(label, named('1'));
    expect(await state().publish()).toEqual({ version: 1, existing: 0, warnings: [] });
    expect(saved.map((flow) => flow.name)).toEqual(['1']);
    expect(state()).toMatchObject({ flowState: 'live', live: { version: 1 } });
    expect(differsFromLive(state())).toBe(false);
    state().edit(label, named('2'));
    expect(differsFromLive(state())).toBe(true);
    state().undo();
    expect(differsFromLive(state())).toBe(false);
  });
});
