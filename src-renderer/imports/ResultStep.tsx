// The import under way, and then what it did: the same counts as the preview, where the rejected rows are, and Undo.
import { Button, Code, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { go } from '../app/routes.ts';
import { Counts } from './Counts.tsx';
import { FileProgress } from './FileProgress.tsx';
import { forgetImport, useImport } from './import-store.ts';
import { SaveRecipe } from './Recipes.tsx';
import { RejectsButton } from './RejectsButton.tsx';
import { UndoButton, UndoReport } from './UndoImport.tsx';

export function ResultStep() {
  const { t } = useTranslation('imports');
  const { running, result } = useImport();
  if (running !== null) return <FileProgress title={t('importing')} progress={running.progress} />;
  if (result === null) return null;
  return (
    <Stack gap="xl" maw={760}>
      <Text fw={600} role="status">
        {result.undo !== null ? t('takenBack') : result.state === 'done' ? t('done', { count: result.counts.rows }) : t(`state.${result.state}`)}
      </Text>
      {result.undo === null && <Counts counts={result.counts} kind={result.kind} />}
      {result.counts.rejected > 0 && result.rejectsFile !== null && (
        <div>
          <Text size="sm" mb={6}>
            {t('rejectsIn')}
          </Text>
          <Code block>{result.rejectsFile}</Code>
          <Group mt="sm" gap="sm">
            <RejectsButton row={result} />
            <Button size="compact-sm" variant="subtle" onClick={() => void navigator.clipboard.writeText(result.rejectsFile ?? '')}>
              {t('copyPath')}
            </Button>
          </Group>
        </div>
      )}
      {result.undo !== null && <UndoReport undo={result.undo} kind={result.kind} />}
      <Group gap="sm">
        <Button
          data-autofocus
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
        <SaveRecipe row={result} />
        <UndoButton row={result} />
      </Group>
    </Stack>
  );
}
