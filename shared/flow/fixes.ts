// What mends a problem at the press of a button, where there is something that nearly everybody would do.
import type { Problem } from '../problem.ts';
import { say, type Text } from '../text.ts';
import { waitBefore } from './asked-too-early.ts';
import type { Flow } from './flow.ts';

/** `label`: what the button says, and the history of edits. `apply` is given an id for a step that it may add. */
export type Fix = { label: Text; apply(flow: Flow, newId: string): Flow };

/** What mends a problem of this flow; `null`: that takes a person. */
export function fixOf({ code, place }: Problem, flow: Flow): Fix | null {
  const step = flow.steps.find(({ id }) => id === place?.step);
  if (step === undefined || code !== 'asked-too-early') return null;
  return { label: say('Wait up to 2 days for it'), apply: (before, newId) => waitBefore(before, step.id, newId) };
}
