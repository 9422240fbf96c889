// Says in words what an edit, an undo or a redo has done, for those who do not see it.
import { VisuallyHidden } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useText } from '../app/i18n.ts';
import { useFlowState } from './editor-context.tsx';

export function Announcer() {
  const { t } = useTranslation('editor');
  const text = useText();
  const last = useFlowState((state) => state.lastEdit);
  return (
    <VisuallyHidden role="status" aria-live="polite">
      {last === null ? '' : t(`said.${last.kind}`, { what: text(last.label) })}
    </VisuallyHidden>
  );
}
