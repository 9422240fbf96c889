// Why a contact left a flow: the codes that have words. A reason that the user has written is shown as it stands.
import { useTranslation } from 'react-i18next';

const EXIT_REASONS = ['goal', 'exit-rule', 'exit-step', 'step-removed', 'date-past', 'date-missing', 'contact-erased', 'opted-out', 'flow-archived', 'visit-cap', 'filtered', 'removed-by-hand', 'restarted', 'overdue-on-resume', 'merged', 'import-undone', 'edit-undone', 'goal-missed', 'control-group', 'left-segment', 'flow-closed', 'ended-by-flow', 'end'] as const;

/** The words of an exit reason. */
export function useExitReason(): (reason: string) => string {
  const { t } = useTranslation('contacts');
  return (reason) => {
    const known = EXIT_REASONS.find((each) => each === reason);
    return known === undefined ? reason : t(`exit.${known}`);
  };
}
