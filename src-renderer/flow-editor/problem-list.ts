// Going through the problems of a flow: the order of the list, and the jump to the step and field of one.
import type { Problem } from '../../shared/problem.ts';
import { START } from '../../shared/flow/flow.ts';
import type { Editor } from './editor-context.tsx';
import { nothingSelected, selectStep } from './selection.ts';

const GRAVITY = { error: 0, warning: 1, hint: 2 } as const;

/** Errors first; within the same gravity in the order of the flow. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((a, b) => GRAVITY[a.severity] - GRAVITY[b.severity]);
}

type Shown = { problems: readonly Problem[]; at: number };
const shown = new WeakMap<Editor, Shown>();

/** Tells which problems there are, so that F8 can go through them. */
export function keepProblems(editor: Editor, problems: readonly Problem[]): void {
  const before = shown.get(editor);
  shown.set(editor, { problems: inOrder(problems), at: before === undefined ? -1 : Math.min(before.at, problems.length) });
}

export function nextProblem(editor: Editor, by: 1 | -1): void {
  const list = shown.get(editor);
  if (list === undefined || list.problems.length === 0) return;
  const { length } = list.problems;
  list.at = list.at < 0 && by < 0 ? length - 1 : (list.at + by + length) % length;
  goToProblem(editor, list.problems[list.at]!);
}

/** Selects the place of a problem, brings it into view, and puts the focus into its field. */
export function goToProblem(editor: Editor, problem: Problem): void {
  const { select, flow } = editor.store.getState();
  const { step, trigger, field } = problem.place ?? {};
  editor.ui.getState().set({ showAllProblems: true, inspectorOpen: true });
  if (step !== undefined && flow.steps.some((each) => each.id === step)) {
    select(selectStep(step));
    editor.canvas.current?.reveal(step);
  } else if (trigger !== undefined) {
    select({ kind: 'start', trigger });
    editor.canvas.current?.reveal(START);
  } else if (field === undefined || field === 'triggers' || field === 'steps') {
    select({ kind: 'start', trigger: null });
    editor.canvas.current?.focus(START);
    return;
  } else select(nothingSelected);
  editor.ui.getState().focusField(field ?? null);
}
