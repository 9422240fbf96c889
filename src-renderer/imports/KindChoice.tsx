// What the rows of the file are: people, their orders, or what they have done.
import { SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { IMPORT_KINDS } from '../../shared/contacts/import-plan.ts';
import { setKind, useImport } from './import-store.ts';

export function KindChoice() {
  const { t } = useTranslation('imports');
  const { kind, busy } = useImport();
  return (
    <SegmentedControl
      aria-label={t('kindOfRows')}
      size="sm"
      disabled={busy}
      style={{ alignSelf: 'flex-start' }}
      data={IMPORT_KINDS.map((value) => ({ value, label: t(`kind.${value}`) }))}
      value={kind}
      onChange={(value) => setKind(IMPORT_KINDS.find((each) => each === value) ?? 'contacts')}
    />
  );
}
