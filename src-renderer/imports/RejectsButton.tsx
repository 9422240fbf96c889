// Hands the rejected rows to the user as a file, wherever the machine has put them.
import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ImportRow } from '../../shared/api.ts';
import { useAct } from '../backend.ts';
import { saveBase64 } from '../ui/save-text.ts';

export function RejectsButton({ row }: { row: ImportRow }) {
  const { t } = useTranslation('imports');
  const { act, busy } = useAct();
  async function save() {
    const file = await act('imports.rejects', { import: row.id });
    if (file !== undefined) saveBase64(file.name, file.base64);
  }
  return (
    <Button size="compact-sm" variant="default" leftSection={<IconDownload size={15} stroke={1.7} />} loading={busy} onClick={() => void save()}>
      {t('saveRejects')}
    </Button>
  );
}
