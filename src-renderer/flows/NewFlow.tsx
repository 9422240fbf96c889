// Asks for the name of a new flow and opens it.
import { useTranslation } from 'react-i18next';
import { useAct } from '../backend.ts';
import { go } from '../app/routes.ts';
import { NameDialog } from '../ui/NameDialog.tsx';

export function NewFlow({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation('flows');
  const { act, busy } = useAct();

  async function create(name: string) {
    const made = await act('flows.create', { name });
    if (made === undefined) return;
    onClose();
    go({ screen: 'flow', id: made.id });
  }

  return <NameDialog opened={opened} onClose={onClose} busy={busy} onName={create} title={t('new')} label={t('column.name')} placeholder={t('namePlaceholder')} verb={t('create')} />;
}
