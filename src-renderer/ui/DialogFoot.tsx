// The buttons below a dialog: away from it, and what it is for. Always in sight, also where the dialog is longer than the window.
import { Button, Group } from '@mantine/core';
import { useTranslation } from 'react-i18next';

type Props = {
  verb: string;
  busy?: boolean;
  disabled?: boolean;
  danger?: boolean;
  /** Which of the two Enter takes at first, where it is not a field that has the focus. */
  focus?: 'away' | 'verb';
  /** Other words for the way out than "Cancel". */
  away?: string;
  /** Without it, the button sends the form that it stands in. */
  onAnswer?: () => void;
  onClose: () => void;
};

export function DialogFoot({ verb, busy = false, disabled = false, danger = false, focus, away, onAnswer, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Group className="dialog-foot" justify="flex-end" gap="sm">
      <Button variant="default" onClick={onClose} data-autofocus={focus === 'away' || undefined}>
        {away ?? t('cancel')}
      </Button>
      <Button type={onAnswer === undefined ? 'submit' : 'button'} color={danger ? 'red' : undefined} loading={busy} disabled={disabled} onClick={onAnswer} data-autofocus={focus === 'verb' || undefined}>
        {verb}
      </Button>
    </Group>
  );
}
