// Going through the problems of a flow: the order of the list, and the jump to the step and field of one.
import type { Problem } from '../../shared/problem.ts';
import { START } from '../../shared/flow/flow.ts';
import { flowProblems } from '../../shared/flow/problems.ts';
import type { Names } from '../../shared/steps/step.ts';
import type { Editor } from './editor-context.tsx';
import { nothingSelected, selectStep } from './selection.ts';

const GRAVITY = { error: 0, warning: 1, hint: 2 } as const;

/** Errors first; within the same gravity in the order of the flow. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((a, b) => GRAVITY[a.severity] - GRAVITY[b.severity]);
}

type Walk = { names: Names; at: number };
const walks = new WeakMap<Editor, Walk>();

/** Tells by which names problems are found, so that F8 can go through them. */
export function keepNames(editor: Editor, names: Names): void {
  walks.set(editor, { names, at: walks.get(editor)?.at ?? -1 });
}

/** Goes to the next problem, or back, of the flow as it is at this very moment: the list on the screen may be a moment late. */
export function nextProblem(editor: Editor, by: 1 | -1): void {
  const walk = walks.get(editor);
  if (walk === undefined) return;
  const problems = inOrder(flowProblems(editor.store.getState().flow, walk.names));
  const { length } = problems;
  if (length === 0) return;
  walk.at = walk.at < 0 && by < 0 ? length - 1 : (Math.min(walk.at, length - 1) + by + length) % length;
  goToProblem(editor, problems[walk.at]!);
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
