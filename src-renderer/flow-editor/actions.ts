// What one can do in the editor, whichever way it was asked for: key, button, menu or drop. Each goes through the one door
// with its name; what it does to the flow is said in shared/flow.
import {
  addStep,
  asksWhatToKeep,
  canMoveTo,
  connect,
  disconnect,
  duplicateStep,
  moveStep,
  removeStep,
  removeWithBelow,
  setDisabled,
  updateStepConfig,
  updateTrigger,
  addTrigger,
  removeTrigger,
  type Keep,
} from '../../shared/flow/edits.ts';
import { START, type Flow, type Step } from '../../shared/flow/flow.ts';
import { addStepBefore, fragmentOf, fragmentText, pasteFragment, readFragment, swapOutlets } from '../../shared/flow/fragment.ts';
import { endOfWay, FIRST_SPOT, nextOf, outletsOf, stepOf, titleOf, waysInto, type Spot } from '../../shared/flow/reading.ts';
import { stepType } from '../../shared/steps/index.ts';
import { triggerType } from '../../shared/triggers/index.ts';
import type { Text } from '../../shared/text.ts';
import { spotName, triggerTitle } from './describe.ts';
import * as labels from './edit-labels.ts';
import type { Editor } from './editor-context.tsx';
import { showSwap } from './undo-notice.tsx';
import { nothingSelected, selectedStep, selectStep } from './selection.ts';

/** Whether anything can follow a step of this type; what cannot is only put where nothing follows. */
function hasWayOut(type: string): boolean {
  const definition = stepType(type);
  return definition === undefined || definition.outlets(definition.config.parse({})).length > 0;
}

/** Whether a step of this type may be put at a spot. */
export function canInsert(flow: Flow, type: string, at: Spot): boolean {
  return hasWayOut(type) || nextOf(flow, at.from, at.outlet) === null;
}

/** Puts a new step at a spot, selects it and opens its settings. Answers its id. */
export function insertStep(editor: Editor, type: string, at: Spot): string | null {
  const { store, ui, newId } = editor;
  const { flow, edit } = store.getState();
  if (!canInsert(flow, type, at)) return null;
  const step: Step = { id: newId(), type, config: {} };
  const pushed = nextOf(flow, at.from, at.outlet) !== null;
  edit(labels.insertedStep(titleOf(step)), (before) => addStep(before, step, at), { select: selectStep(step.id) });
  ui.getState().set({ picker: null, inspectorOpen: true });
  // What stood here is now on the first way; it can be put on the second (UX 1.4.7).
  if (pushed && outletsOf(store.getState().flow, step).length > 1) showSwap(() => swapBranches(editor, step.id));
  return step.id;
}

/** Puts a new step after the selected one (of a branch: on its first way), or at the end of the flow. */
export function appendNewStep(editor: Editor, type: string): string | null {
  const { flow } = editor.store.getState();
  const spot = spotForNew(editor);
  if (canInsert(flow, type, spot)) return insertStep(editor, type, spot);
  const end = endOfWay(flow, spot.from) ?? endOfWay(flow, START);
  return end === null || !canInsert(flow, type, end) ? null : insertStep(editor, type, end);
}

/** The spot that "add" and "paste" mean: the selected end, behind the selected step, or the end of the flow. */
export function spotForNew({ store }: Editor): Spot {
  const { flow, selection } = store.getState();
  if (selection.kind === 'end') return selection.at;
  if (selection.kind === 'start') return FIRST_SPOT;
  const id = selectedStep(selection);
  const outlet = id === null ? undefined : outletsOf(flow, stepOf(flow, id))[0];
  if (id !== null && outlet !== undefined) return { from: id, outlet: outlet.id };
  return endOfWay(flow, START) ?? FIRST_SPOT;
}

/** Puts a new step before a step, on all ways that lead to it. Answers its id. */
export function insertBefore({ store, ui, newId }: Editor, type: string, id: string): string {
  const step: Step = { id: newId(), type, config: {} };
  store.getState().edit(labels.insertedStep(titleOf(step)), (flow) => addStepBefore(flow, step, id), { select: selectStep(step.id) });
  ui.getState().set({ picker: null, inspectorOpen: true });
  return step.id;
}

/** Takes the selected steps out and closes the chain; a step with several ways out asks first which side stays. */
export function deleteSelected(editor: Editor): Text | null {
  const { store, ui } = editor;
  const { flow, selection, edit } = store.getState();
  if (selection.kind === 'start' && selection.trigger !== null) return deleteTrigger(editor, selection.trigger);
  if (selection.kind !== 'steps') return null;
  const [only, ...others] = selection.ids;
  if (only === undefined) return null;
  if (others.length === 0) {
    if (asksWhatToKeep(flow, only)) {
      ui.getState().set({ dialog: { kind: 'keep', step: only } });
      return null;
    }
    return deleteStep(editor, only);
  }
  const label = labels.deletedSteps(selection.ids.length);
  edit(
    label,
    (before) =>
      selection.ids.reduce((result, id) => (result.steps.some((step) => step.id === id) ? removeStep(result, id) : result), before),
    { select: nothingSelected },
  );
  return label;
}

/** Takes one step out; of several ways on, `keep` is the one whose steps stay. What comes after is selected. */
export function deleteStep({ store }: Editor, id: string, keep?: Keep): Text {
  const { flow, edit } = store.getState();
  const label = labels.deletedStep(titleOf(stepOf(flow, id)));
  const outlet = keep ?? outletsOf(flow, stepOf(flow, id))[0]?.id;
  const next = outlet === undefined ? null : nextOf(flow, id, outlet);
  edit(label, (before) => removeStep(before, id, keep), { select: next === null ? nothingSelected : selectStep(next) });
  return label;
}

export function deleteWithBelow({ store }: Editor, id: string): Text {
  const { flow, edit } = store.getState();
  const label = labels.deletedBelow(titleOf(stepOf(flow, id)));
  edit(label, (before) => removeWithBelow(before, id), { select: nothingSelected });
  return label;
}

/** Moves a step to another spot; says whether anything moved. */
export function moveTo({ store }: Editor, id: string, at: Spot): boolean {
  const { flow, edit } = store.getState();
  if (!canMoveTo(flow, id, at)) return false;
  return edit(labels.movedStep(titleOf(stepOf(flow, id))), (before) => moveStep(before, id, at), { select: selectStep(id) });
}

/** Moves a step before the one above it, or behind the one below it (on its first way). Says whether anything moved. */
export function moveBy(editor: Editor, id: string, by: -1 | 1): boolean {
  const { flow } = editor.store.getState();
  const at = by === -1 ? spotBefore(flow, id) : spotBehind(flow, id);
  return at !== null && moveTo(editor, id, at);
}

function spotBefore(flow: Flow, id: string): Spot | null {
  const above = waysInto(flow, id)[0]?.from;
  return above === undefined || above === START ? null : (waysInto(flow, above)[0] ?? null);
}

function spotBehind(flow: Flow, id: string): Spot | null {
  const first = outletsOf(flow, stepOf(flow, id))[0];
  const below = first === undefined ? null : nextOf(flow, id, first.id);
  const onward = below === null ? undefined : outletsOf(flow, stepOf(flow, below))[0];
  return below === null || onward === undefined ? null : { from: below, outlet: onward.id };
}

/** Puts copies of the selected steps right after each. `copyName` makes the name of a copy. */
export function duplicateSelected({ store, newId, text }: Editor, copyName: (name: string) => string): void {
  const { flow, selection, edit } = store.getState();
  if (selection.kind !== 'steps') return;
  const copies = selection.ids.map((id) => ({ id, newId: newId(), name: copyName(text(titleOf(stepOf(flow, id)))).slice(0, 200) }));
  const only = copies.length === 1 ? copies[0] : undefined;
  const label = only === undefined ? labels.duplicatedSteps(copies.length) : labels.duplicatedStep(titleOf(stepOf(flow, only.id)));
  edit(label, (before) => copies.reduce((result, copy) => duplicateStep(result, copy.id, copy.newId, copy.name), before), {
    select: { kind: 'steps', ids: copies.map((copy) => copy.newId) },
  });
}

/** The selected steps as text for the clipboard; `null` when none is selected. */
export function copiedText({ store }: Editor): string | null {
  const { flow, selection } = store.getState();
  const fragment = selection.kind === 'steps' ? fragmentOf(flow, selection.ids) : null;
  return fragment === null ? null : fragmentText(fragment);
}

/** Puts copied text in. Answers how many steps came in; 0 when the text is no copied steps. Throws ProblemError when it is broken. */
export function pasteText(editor: Editor, text: string): number {
  const fragment = readFragment(text);
  if (fragment === null) return 0;
  const { flow, edit } = editor.store.getState();
  const pasted = pasteFragment(flow, fragment, spotForNew(editor), editor.newId);
  edit(labels.pastedSteps(pasted.ids.length), () => pasted.flow, { select: { kind: 'steps', ids: pasted.ids } });
  return pasted.ids.length;
}

/** Disables the selected steps, or enables them where all are disabled. */
export function toggleDisabled({ store }: Editor): void {
  const { flow, selection, edit } = store.getState();
  if (selection.kind !== 'steps' || selection.ids.length === 0) return;
  const steps = selection.ids.map((id) => stepOf(flow, id));
  const disable = steps.some((step) => step.disabled !== true);
  const title = titleOf(steps.at(-1)!);
  edit(disable ? labels.disabledStep(title) : labels.enabledStep(title), (before) =>
    selection.ids.reduce((result, id) => setDisabled(result, id, disable), before),
  );
}

/** Sets one field of a step. The start values of the other fields stay implied by the type. */
export function setField({ store }: Editor, id: string, field: string, value: unknown, name: Text, typing: boolean): void {
  const step = stepOf(store.getState().flow, id);
  store
    .getState()
    .edit(labels.changedField(name, titleOf(step)), (flow) => updateStepConfig(flow, id, { ...stepOf(flow, id).config, [field]: value }), {
      ...(typing && { burst: `${id}.${field}` }),
    });
}

export function setTriggerField({ store }: Editor, id: string, field: string, value: unknown, name: Text, typing: boolean): void {
  const trigger = store.getState().flow.triggers.find((each) => each.id === id);
  if (trigger === undefined) return;
  store
    .getState()
    .edit(
      labels.changedField(name, triggerTitle(trigger)),
      (flow) => updateTrigger(flow, id, { ...flow.triggers.find((each) => each.id === id)?.config, [field]: value }),
      {
        ...(typing && { burst: `${id}.${field}` }),
      },
    );
}

export function addNewTrigger({ store, ui, newId }: Editor, type: string): void {
  const definition = triggerType(type);
  if (definition === undefined) throw new Error(`There is no trigger type ${type}`);
  const id = newId();
  store.getState().edit(labels.addedTrigger(definition.label), (flow) => addTrigger(flow, { id, type, config: {} }), {
    select: { kind: 'start', trigger: id },
  });
  ui.getState().set({ inspectorOpen: true });
}

export function deleteTrigger({ store }: Editor, id: string): Text | null {
  const trigger = store.getState().flow.triggers.find((each) => each.id === id);
  if (trigger === undefined) return null;
  const label = labels.removedTrigger(triggerTitle(trigger));
  store.getState().edit(label, (flow) => removeTrigger(flow, id), { select: { kind: 'start', trigger: null } });
  return label;
}

/** Exchanges the first two ways out of a step. */
export function swapBranches({ store }: Editor, id: string): void {
  const { flow, edit } = store.getState();
  const [one, other] = outletsOf(flow, stepOf(flow, id));
  if (one === undefined || other === undefined) return;
  edit(labels.swappedBranches(titleOf(stepOf(flow, id))), (before) => swapOutlets(before, id, one.id, other.id), {
    select: selectStep(id),
  });
}

/** Lets a branch go on at a step that is there already. */
export function continueAt({ store, ui }: Editor, from: Spot, to: string): void {
  const { flow, edit } = store.getState();
  edit(labels.connectedBranch(spotName(flow, from), titleOf(stepOf(flow, to))), (before) => connect(before, from, to));
  ui.getState().set({ picker: null });
}

/** Lets a branch leave the flow instead of going on at a step. */
export function leaveHere({ store, ui }: Editor, from: Spot): void {
  const { flow, edit } = store.getState();
  edit(labels.disconnectedBranch(spotName(flow, from)), (before) => disconnect(before, from), { select: { kind: 'end', at: from } });
  ui.getState().set({ picker: null });
}
