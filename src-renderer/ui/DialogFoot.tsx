// The buttons below a dialog: away from it, and what it is for. Always in sight, also where the dialog is longer than the window.
import type { ReactNode } from 'react';
import { Button, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';

type Props = {
  verb: ReactNode;
  busy?: boolean;
  disabled?: boolean;
  danger?: boolean;
  /** The way out is what Enter takes. */
  safe?: boolean;
  /** Other words for the way out than "Cancel". */
  away?: string;
  /** Without it, the button sends the form that it stands in. */
  onAnswer?: () => void;
  onClose: () => void;
  /** Before the two, on the left. */
  children?: ReactNode;
};

export function DialogFoot({ verb, busy = false, disabled = false, danger = false, safe = false, away, onAnswer, onClose, children }: Props) {
  const { t } = useTranslation();
  return (
    <Group className="dialog-foot" justify="flex-end" gap="sm">
      {children}
      <Button variant="default" onClick={onClose} data-autofocus={safe || undefined}>
        {away ?? t('cancel')}
      </Button>
      <Button type={onAnswer === undefined ? 'submit' : 'button'} color={danger ? 'red' : undefined} loading={busy} disabled={disabled} onClick={onAnswer}>
        {verb}
      </Button>
    </Group>
  );
}
