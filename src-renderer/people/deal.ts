// What a person does by hand with some people inside flows, in one flow or in several, and how it is told for how many it was possible.
import { useTranslation } from 'react-i18next';
import type { RemovedChoice } from '../../shared/flow/removed.ts';
import { showNote, showSuccess } from '../app/notices.tsx';
import { useAct } from '../backend.ts';

/** Some of those inside a flow; or with `enrollments` null everybody at a step. */
export type Who = { flow: number; enrollments: number[] | null; step?: string | null };
export type What = { kind: 'retry' | 'skip' | 'restart' } | { kind: 'remove'; reason: string } | { kind: 'move'; to: string } | { kind: 'follow'; removed: RemovedChoice[] };

/** `deal` answers whether it could be asked of all of these; failures are shown. */
export function useDeal() {
  const { t } = useTranslation('people');
  const { act, busy } = useAct();
  const ask = (who: Who, what: What) => {
    switch (what.kind) {
      case 'move':
        return act('enrollments.move', { ...who, to: what.to });
      case 'remove':
        return act('enrollments.remove', { ...who, reason: what.reason });
      case 'follow':
        return act('enrollments.follow', { ...who, removed: what.removed });
      default:
        return act(`enrollments.${what.kind}`, who);
    }
  };
  const deal = async (whom: readonly Who[], what: What): Promise<boolean> => {
    let done = 0;
    let skipped = 0;
    let isAsked = true;
    for (const who of whom) {
      const result = await ask(who, what);
      isAsked &&= result !== undefined;
      done += result?.done ?? 0;
      skipped += result?.skipped ?? 0;
    }
    if (done > 0) showSuccess(t('done', { count: done }));
    if (skipped > 0) showNote(t('notPossible', { count: skipped }));
    return isAsked;
  };
  return { deal, busy };
}

/** As many as are dealt with at once. */
export const MOST_SELECTED = 10_000;
