// What people may ask of those who keep their data: topics to agree to, a list of whom never to write to, how long to keep them.
import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Retention } from './Retention.tsx';
import { Suppressions } from './Suppressions.tsx';
import { Topics } from './Topics.tsx';

export function PrivacySettings() {
  const { t } = useTranslation('privacy');
  return (
    <Stack gap={40}>
      <Part title={t('topics.title')} help={t('topics.help')}>
        <Topics />
      </Part>
      <Part title={t('suppressions.title')} help={t('suppressions.help')}>
        <Suppressions />
      </Part>
      <Part title={t('retention.title')} help={t('retention.help')}>
        <Retention />
      </Part>
    </Stack>
  );
}

function Part({ title, help, children }: { title: string; help: string; children: ReactNode }) {
  return (
    <section>
      <Title order={2} fz="md" mb={4}>
        {title}
      </Title>
      <Text size="sm" c="dimmed" mb="md">
        {help}
      </Text>
      {children}
    </section>
  );
}
