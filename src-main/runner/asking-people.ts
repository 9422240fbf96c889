// What steps ask of people, and tell them: cards, notes and notices, for all who stand at one step (FEATURES A4.9, A4.10, D32).
import { CLOSED_STEP_DISABLED, CLOSED_STEP_REMOVED, CLOSED_TIMED_OUT } from '../../shared/contacts/task.ts';
import { MOVED, type Advanced } from '../../shared/engine/advance.ts';
import type { Enrollment } from '../../shared/engine/enrollment.ts';
import type { Effect } from '../../shared/steps/step.ts';
import { shortTexts } from '../rendering/short-text.ts';
import { addNote } from '../store/notes.ts';
import { addNotice } from '../store/notices.ts';
import { ledgerKey } from '../store/planned-messages.ts';
import { askedBefore, askTask, closeTaskOf, escalateTask } from '../store/tasks.ts';
import type { Workspace } from '../workspace.ts';
import type { Published } from './published.ts';

type Of<Kind extends Effect['kind']> = Extract<Effect, { kind: Kind }>;
type Asker = { contactId: number; enrollmentId: number; stepId: string; visit: number };

/** Opens the cards, or brings them up to date. One that stands as the step asks for it is not touched. */
export function openTasks(workspace: Workspace, flowId: number, askers: readonly Asker[], effect: Of<'openTask'>): void {
  const asked = JSON.stringify(effect);
  const open = askers.filter((asker) => askedBefore(workspace, { flowId, ...asker }) !== asked);
  const texts = shortTexts(workspace, open.map(({ contactId }) => contactId), [effect.title, effect.text]);
  const { outcomes, assignee, priority, dueAt } = effect;
  for (const asker of open) {
    const [title, text] = texts.get(asker.contactId) as [string, string];
    askTask(workspace, { flowId, ...asker }, asked, { contactId: asker.contactId, title, text, outcomes, assignee, priority, dueAt });
  }
}

/** Raises the priority of cards that nobody has decided in time, and tells the user, once each. */
export function escalateTasks(workspace: Workspace, flowId: number, askers: readonly Asker[]): void {
  for (const asker of askers) {
    const card = escalateTask(workspace, { flowId, ...asker });
    if (card === null) continue;
    addNotice(workspace, { key: `overdue:${card.id}`, kind: 'overdue', contactId: card.contact, flowId, taskId: card.id, title: card.title, text: '' });
  }
}

export function writeNotes(workspace: Workspace, flowId: number, askers: readonly Asker[], effect: Of<'addNote'>): void {
  const texts = shortTexts(workspace, askers.map(({ contactId }) => contactId), [effect.text]);
  for (const { contactId, enrollmentId } of askers) {
    const [text] = texts.get(contactId) as [string];
    if (text !== '') addNote(workspace, { contactId, text, source: 'flow', flowId, enrollmentId });
  }
}

export function tellUser(workspace: Workspace, flowId: number, askers: readonly Asker[], effect: Of<'notify'>): void {
  const texts = shortTexts(workspace, askers.map(({ contactId }) => contactId), [effect.title, effect.text]);
  for (const asker of askers) {
    const [title, text] = texts.get(asker.contactId) as [string, string];
    addNotice(workspace, { key: ledgerKey({ flowId, ...asker }), kind: 'flow', contactId: asker.contactId, flowId, title, text });
  }
}

/** Closes the card of a visit that has ended without a decision, and says why (FEATURES D32). `before`: where the contact stood. */
export function closeCard(workspace: Workspace, flow: Published, before: Enrollment, { enrollment, visit }: Advanced): void {
  const step = flow.compiled.steps.get(before.stepId!);
  // Of a step that is gone nobody knows what it was.
  if (visit === null || (step !== undefined && step.type.asksPeople !== true)) return;
  const reason = visit.outlet === null ? (enrollment.exitReason ?? CLOSED_STEP_REMOVED) : visit.outlet === MOVED ? CLOSED_STEP_REMOVED : step?.disabled === true ? CLOSED_STEP_DISABLED : CLOSED_TIMED_OUT;
  closeTaskOf(workspace, { flowId: flow.flowId, enrollmentId: before.id, stepId: before.stepId!, visit: before.visit }, reason, 'flow');
}
