// How tasks speak: outcomes, when they are due, why they were closed.
import { useTranslation } from 'react-i18next';
import { CLOSED_BY_USER, CLOSED_MOVED, CLOSED_STEP_DISABLED, CLOSED_STEP_REMOVED, CLOSED_TIMED_OUT, DONE, type Task, type TaskOutcome } from '../../shared/contacts/task.ts';
import { useFormats, useNow } from '../app/workspace.tsx';
import { useExitReason } from '../contacts/exit-reasons.ts';

/** What can be answered: the outcomes of the card, or that it is done. */
export function answersOf({ outcomes }: Pick<Task, 'outcomes'>): TaskOutcome[] {
  return outcomes.length === 0 ? [{ id: DONE, label: '' }] : outcomes;
}

/** Whether nobody has decided it in time. */
export function isOverdue({ state, dueAt }: Task, now: number): boolean {
  return state === 'open' && dueAt !== null && dueAt <= now;
}

const CLOSED = [CLOSED_TIMED_OUT, CLOSED_STEP_REMOVED, CLOSED_STEP_DISABLED, CLOSED_MOVED, CLOSED_BY_USER] as const;

export type TaskWords = {
  /** The label of an outcome of the card, by its id. */
  outcome(task: Pick<Task, 'outcomes'>, id: string): string;
  /** "Due …", "Overdue since …", "Decided …: outcome", "Closed …: reason". */
  state(task: Task): string;
  /** Why a card was closed. */
  closed(reason: string): string;
};

export function useTaskWords(): TaskWords {
  const { t } = useTranslation('tasks');
  const formats = useFormats();
  const now = useNow();
  const exitReason = useExitReason();
  const closed = (reason: string) => {
    const known = CLOSED.find((each) => each === reason);
    return known === undefined ? exitReason(reason) : t(`closed.${known}`);
  };
  const outcome = ({ outcomes }: Pick<Task, 'outcomes'>, id: string) => {
    const index = outcomes.findIndex((each) => each.id === id);
    const label = outcomes[index]?.label ?? '';
    // A new step starts with these two; they are shown in the reader's language.
    if (label === 'Yes') return t('yes');
    if (label === 'No') return t('no');
    if (label !== '') return label;
    return index < 0 ? t('done') : t('outcomeNumber', { number: index + 1 });
  };
  return {
    outcome,
    closed,
    state(task) {
      const when = formats.soon(task.settledAt ?? task.dueAt ?? task.createdAt, now);
      if (task.state === 'done') return t('decidedAt', { when, outcome: outcome(task, task.outcome ?? '') });
      if (task.state === 'closed') return t('closedAt', { when, reason: closed(task.closedReason ?? '') });
      if (task.dueAt === null) return t('noDue');
      return isOverdue(task, now) ? t('overdueSince', { when }) : t('dueAt', { when });
    },
  };
}
