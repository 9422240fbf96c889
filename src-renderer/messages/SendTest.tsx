// Sends the message to an address of the user's own, to see it where it will be read.
import { useTranslation } from 'react-i18next';
import type { Message } from '../../shared/flow/flow.ts';
import { useAct } from '../backend.ts';
import { TestMail } from './TestMail.tsx';

type Props = { opened: boolean; message: Message; contact: number | null; onClose: () => void };

export function SendTest({ opened, message, contact, onClose }: Props) {
  const { t } = useTranslation('messages');
  const { act, busy } = useAct();
  return <TestMail opened={opened} help={t('testHelp')} busy={busy} send={(to) => act('messages.sendTest', { key: message.key, to, contact })} onClose={onClose} />;
}
