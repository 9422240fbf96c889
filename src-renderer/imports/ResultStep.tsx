// What the import did, with the same counts as the forecast, and where the rejected rows are.
import { Button, Code, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { go } from '../app/routes.ts';
import { Counts } from './Counts.tsx';
import { forgetImport, useImport } from './import-store.ts';

export function ResultStep() {
  const { t } = useTranslation('imports');
  const result = useImport((state) => state.result);
  if (result === null) return null;
  return (
    <Stack gap="xl" maw={760}>
      <Text fw={600} role="status">
        {result.state === 'done' ? t('done', { count: result.counts.rows }) : t(`state.${result.state}`)}
      </Text>
      <Counts counts={result.counts} />
      {result.counts.rejected > 0 && result.rejectsFile !== null && (
        <div>
          <Text size="sm" mb={6}>
            {t('rejectsIn')}
          </Text>
          <Code block>{result.rejectsFile}</Code>
          <Button mt="sm" size="compact-sm" variant="default" onClick={() => void navigator.clipboard.writeText(result.rejectsFile ?? '')}>
            {t('copyPath')}
          </Button>
        </div>
      )}
      <Group gap="sm">
        <Button
          onClick={() => {
            forgetImport();
            go({ screen: 'contacts' });
          }}
        >
          {t('showContacts')}
        </Button>
        <Button variant="default" onClick={forgetImport}>
          {t('another')}
        </Button>
      </Group>
    </Stack>
  );
}
