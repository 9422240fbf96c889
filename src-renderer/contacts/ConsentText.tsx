// Whether a contact may be written to, in words.
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ContactRow } from '../../shared/api.ts';

export function ConsentText({ row }: { row: Pick<ContactRow, 'emailConsent' | 'suppressed'> }) {
  const { t } = useTranslation('contacts');
  if (row.suppressed) {
    return (
      <Text span size="sm" c="var(--kanal-red)">
        {t('consent.suppressed')}
      </Text>
    );
  }
  return (
    <Text span size="sm" c={row.emailConsent === 'given' ? undefined : 'dimmed'}>
      {t(`consent.${row.emailConsent}`)}
    </Text>
  );
}
