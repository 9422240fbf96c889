// What the rows of the file are: people, their orders, or what they have done.
import { SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { setKind, useImport } from './import-store.ts';

/** What shops send most comes before what programs send. */
const SHOWN = ['contacts', 'orders', 'events'] as const;

export function KindChoice() {
  const { t } = useTranslation('imports');
  const { kind, busy } = useImport();
  return (
    <SegmentedControl
      aria-label={t('kindOfRows')}
      size="sm"
      disabled={busy}
      style={{ alignSelf: 'flex-start' }}
      data={SHOWN.map((value) => ({ value, label: t(`kind.${value}`) }))}
      value={kind}
      onChange={(value) => setKind(SHOWN.find((each) => each === value) ?? 'contacts')}
    />
  );
}
