// The flows a contact is in, or was in, and where it stands.
import { Anchor, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ContactDetail, ContactInFlow } from '../../shared/api.ts';
import { addressOf } from '../app/routes.ts';
import { useFormats, useNow } from '../app/workspace.tsx';
import { useExitReason } from './exit-reasons.ts';

export function InFlows({ contact }: { contact: ContactDetail }) {
  const { t } = useTranslation('contacts');
  const formats = useFormats();
  const now = useNow();
  const exitReason = useExitReason();
  if (contact.flows.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('inNoFlow')}
      </Text>
    );
  }
  const where = (entry: ContactInFlow) => {
    if (entry.state === 'exited') return t('flow.exited', { reason: exitReason(entry.exitReason ?? '') });
    if (entry.state === 'active' && entry.dueAt !== null) return t('flow.waitsUntil', { step: entry.stepName ?? '', when: formats.soon(entry.dueAt, now) });
    return t(`flow.${entry.state}`, { step: entry.stepName ?? '' });
  };
  return (
    <Stack gap="sm">
      {contact.flows.map((entry) => (
        <div key={entry.enrollment}>
          <Anchor size="sm" fw={600} className="plain-link" href={addressOf({ screen: 'flow', id: entry.flow })}>
            {entry.flowName}
          </Anchor>
          <Text size="sm">{where(entry)}</Text>
          <Text fz="xs" c="dimmed">
            {t('enteredAt', { when: formats.dateTime(entry.enteredAt) })}
          </Text>
        </div>
      ))}
    </Stack>
  );
}
