// The state of one open flow: the document, its history, what is selected, and how far it is saved. Knows no React, so tests
// drive it directly. Every change of the document goes through one door, `edit`.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CallInput, CallName, CallOutput, FlowDetail, FlowState } from '../../shared/api.ts';
import type { Flow } from '../../shared/flow/flow.ts';
import { ProblemError, type Problem } from '../../shared/problem.ts';
import type { Text } from '../../shared/text.ts';
import { sameValue } from './changes.ts';
import { changedElsewhere } from './edit-labels.ts';
import { emptyHistory, record, redo, undo, type History } from './history.ts';
import { nothingSelected, stillThere, type Selection } from './selection.ts';

/** The draft is saved this many milliseconds after the last edit. */
export const SAVE_AFTER = 1000;
/** Whoever goes on editing without a rest is saved all the same: a window that crashes loses five seconds at the most (FAULTS F47). */
export const SAVE_AT_LATEST = 4000;
/** A save that failed is tried again after this many milliseconds. */
export const RETRY_AFTER = 5000;

/** The one thing the editor asks of the window: calls to the machine. Problems are thrown as ProblemError. */
export type Machine = { call<Name extends CallName>(method: Name, input: CallInput<Name>): Promise<CallOutput<Name>> };

export type Saving =
  { kind: 'saved' } | { kind: 'waiting' } | { kind: 'saving' } | { kind: 'failed'; problems: readonly Problem[] } | { kind: 'conflict' };

/** What happened last, for the live region and for bringing the changed card into view. `serial` grows with each. */
export type LastEdit = { kind: 'edit' | 'undo' | 'redo'; label: Text; serial: number };

export type EditOptions = {
  /** The field that is typed into: edits with the same value within a second are one step of the history. */
  burst?: string;
  /** What is selected afterwards; without it the selection stays, as far as it is still there. */
  select?: Selection;
};

export type EditorState = {
  readonly flowId: number;
  readonly flow: Flow;
  readonly revision: number;
  /** Instant of the last save. */
  readonly savedAt: number;
  readonly saving: Saving;
  readonly flowState: FlowState;
  /** Nobody comes in any more. */
  readonly draining: boolean;
  readonly live: FlowDetail['live'];
  readonly history: History;
  readonly selection: Selection;
  readonly lastEdit: LastEdit | null;

  /** The one door: applies a change under a name. A change that changes nothing is no edit. Returns whether there was one. */
  edit(label: Text, change: (flow: Flow) => Flow, options?: EditOptions): boolean;
  undo(): void;
  redo(): void;
  select(selection: Selection): void;
  /** Saves now what is not saved yet; ends when the machine has it, or has refused. */
  flush(): Promise<void>;
  /** Reads state and versions again; takes over a draft that was changed elsewhere when nothing of ours waits to be saved. */
  refresh(): Promise<void>;
  /** After a conflict: gives up the own version. It can be undone. */
  takeTheirs(): Promise<void>;
  /** After a conflict: keeps the own version as a flow of its own and shows theirs. Returns the copy's id. */
  keepMineAsCopy(name: string): Promise<number>;
  /** Saves, then makes the draft the live version. */
  /** `choices`: who comes in besides, and what becomes of those at steps that are taken away. */
  publish(choices?: Omit<CallInput<'flows.publish'>, 'flow'>): Promise<CallOutput<'flows.publish'>>;
};

export type EditorStore = StoreApi<EditorState>;

/** Reads a flow and opens it for editing. */
export async function openEditor(machine: Machine, flowId: number): Promise<EditorStore> {
  return createEditorStore(machine, await machine.call('flows.get', { flow: flowId }));
}

/** An editor for a flow as the machine told it. */
export function createEditorStore(machine: Machine, detail: FlowDetail): EditorStore {
  /** The document as the machine has it. */
  let saved = detail.draft;
  let timer: ReturnType<typeof setTimeout> | null = null;
  /** Runs from the first edit that is not saved. */
  let atLatest: ReturnType<typeof setTimeout> | null = null;
  let running: Promise<void> | null = null;
  let serial = 0;

  const store = createStore<EditorState>()((set, get) => {
    function schedule(after: number): void {
      if (timer !== null) clearTimeout(timer);
      timer = setTimeout(() => void save(), after);
    }

    async function save(): Promise<void> {
      for (const each of [timer, atLatest]) if (each !== null) clearTimeout(each);
      timer = atLatest = null;
      if (running !== null) {
        await running;
        return save();
      }
      const { flow, saving, revision, flowId } = get();
      if (saving.kind === 'conflict') return;
      if (flow === saved) {
        set({ saving: { kind: 'saved' } });
        return;
      }
      set({ saving: { kind: 'saving' } });
      running = send(flowId, flow, revision).finally(() => {
        running = null;
      });
      await running;
    }

    async function send(flowId: number, flow: Flow, revision: number): Promise<void> {
      try {
        const answer = await machine.call('flows.saveDraft', { flow: flowId, draft: flow, revision });
        saved = flow;
        const behind = get().flow !== flow;
        set({ ...answer, saving: behind ? { kind: 'waiting' } : { kind: 'saved' } });
        if (behind && timer === null) schedule(SAVE_AFTER);
      } catch (error) {
        const problems = error instanceof ProblemError ? error.problems : [];
        if (problems.some((each) => each.code === 'changed-elsewhere')) {
          set({ saving: { kind: 'conflict' } });
          return;
        }
        set({ saving: { kind: 'failed', problems } });
        schedule(RETRY_AFTER);
      }
    }

    /** Puts a document in place of the present one. */
    function show(flow: Flow, selection: Selection, last: Omit<LastEdit, 'serial'>, history: History): void {
      const conflict = get().saving.kind === 'conflict';
      set({
        flow,
        selection,
        history,
        lastEdit: { ...last, serial: ++serial },
        ...(!conflict && { saving: flow === saved ? { kind: 'saved' } : { kind: 'waiting' } }),
      });
      if (conflict) return;
      schedule(SAVE_AFTER);
      atLatest ??= setTimeout(() => void save(), SAVE_AT_LATEST);
    }

    /** Shows a draft that somebody else saved. It is one entry of the history, so that the own work is never lost by it. */
    function takeOver(theirs: FlowDetail): void {
      const { flow, selection, history } = get();
      saved = theirs.draft;
      const after = stillThere(selection, theirs.draft);
      const entry = {
        label: changedElsewhere(),
        before: flow,
        after: theirs.draft,
        selectedBefore: selection,
        selectedAfter: after,
        burst: null,
        at: Date.now(),
      };
      set({
        flow: theirs.draft,
        selection: after,
        revision: theirs.revision,
        savedAt: theirs.savedAt,
        saving: { kind: 'saved' },
        history: sameValue(flow, theirs.draft) ? history : record(history, entry),
        flowState: theirs.state,
        draining: theirs.drain !== null,
        live: theirs.live,
      });
    }

    return {
      flowId: detail.id,
      flow: detail.draft,
      revision: detail.revision,
      savedAt: detail.savedAt,
      saving: { kind: 'saved' },
      flowState: detail.state,
      draining: detail.drain !== null,
      live: detail.live,
      history: emptyHistory,
      selection: nothingSelected,
      lastEdit: null,

      edit(label, change, options = {}) {
        const { flow, selection, history } = get();
        const after = change(flow);
        if (after === flow || sameValue(after, flow)) return false;
        const selectedAfter = stillThere(options.select ?? selection, after);
        const entry = {
          label,
          before: flow,
          after,
          selectedBefore: selection,
          selectedAfter,
          burst: options.burst ?? null,
          at: Date.now(),
        };
        show(after, selectedAfter, { kind: 'edit', label }, record(history, entry));
        return true;
      },

      undo() {
        const taken = undo(get().history);
        if (taken !== null) show(taken.entry.before, taken.entry.selectedBefore, { kind: 'undo', label: taken.entry.label }, taken.history);
      },

      redo() {
        const taken = redo(get().history);
        if (taken !== null) show(taken.entry.after, taken.entry.selectedAfter, { kind: 'redo', label: taken.entry.label }, taken.history);
      },

      select(selection) {
        set({ selection: stillThere(selection, get().flow) });
      },

      async flush() {
        while (get().flow !== saved && get().saving.kind !== 'conflict') {
          await save();
          if (get().saving.kind === 'failed') return;
        }
      },

      async refresh() {
        const theirs = await machine.call('flows.get', { flow: get().flowId });
        if (theirs.revision !== get().revision && get().flow === saved && running === null) takeOver(theirs);
        else set({ flowState: theirs.state, draining: theirs.drain !== null, live: theirs.live });
      },

      async takeTheirs() {
        takeOver(await machine.call('flows.get', { flow: get().flowId }));
      },

      async keepMineAsCopy(name) {
        const mine = get().flow;
        const { id } = await machine.call('flows.create', { name });
        const { revision } = await machine.call('flows.get', { flow: id });
        await machine.call('flows.saveDraft', { flow: id, draft: { ...mine, name }, revision });
        await get().takeTheirs();
        return id;
      },

      async publish(choices = {}) {
        await get().flush();
        const { saving, flowId } = get();
        if (saving.kind === 'failed') throw new ProblemError(...saving.problems);
        const answer = await machine.call('flows.publish', { flow: flowId, ...choices });
        await get().refresh();
        return answer;
      },
    };
  });
  return store;
}

/** Whether the draft differs from what runs; a flow that was never published always does. */
export function differsFromLive(state: Pick<EditorState, 'flow' | 'live'>): boolean {
  return state.live === null || !sameValue({ ...state.flow, layout: null }, { ...state.live.flow, layout: null });
}
