// Reads the whole file without writing, shows what would happen, and then does it.
import { useEffect } from 'react';
import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormats, useWorkspace } from '../app/workspace.tsx';
import { folderOf, joinPath, nameOf } from '../ui/paths.ts';
import { Counts } from './Counts.tsx';
import { cancelImport, goToStep, runImport, useImport } from './import-store.ts';

/** Where rejected rows of an uploaded file go: beside the workspace, named after the file. Others go beside the file. */
function rejectsPath(workspaceFile: string, file: string, word: string): string {
  const name = nameOf(file).replace(/\.[^.]*$/, '');
  return joinPath(folderOf(workspaceFile), `${name} ${word}.csv`);
}

export function CheckStep() {
  const { t } = useTranslation('imports');
  const workspace = useWorkspace();
  const formats = useFormats();
  const { forecast, running, busy, file, plan, uploaded } = useImport();
  // Once when the step is entered; a check that failed is repeated by hand.
  useEffect(() => {
    const state = useImport.getState();
    if (state.forecast === null && state.running === null && !state.busy) void runImport(true, null);
  }, []);
  if (file === null || plan === null) return null;

  const progress = running?.progress;
  const share = progress == null || progress.bytesTotal === 0 ? 0 : progress.bytesRead / progress.bytesTotal;
  const rest = progress == null || progress.rowsPerSecond === 0 || share === 0 ? null : Math.ceil((progress.counts.rows / share - progress.counts.rows) / progress.rowsPerSecond);

  return (
    <Stack gap="xl" maw={760}>
      {running !== null && (
        <Stack gap="sm">
          <Text fw={600}>{running.dryRun ? t('checking') : t('importing')}</Text>
          <Progress value={share * 100} aria-label={running.dryRun ? t('checking') : t('importing')} transitionDuration={120} />
          <Group justify="space-between">
            <Text size="sm" c="dimmed" role="status">
              {progress == null ? t('starting') : t('progress', { rows: progress.counts.rows, speed: Math.round(progress.rowsPerSecond) })}
              {rest !== null && ` · ${t('left', { seconds: rest })}`}
            </Text>
            <Button size="compact-sm" variant="default" onClick={() => void cancelImport()}>
              {t('cancel')}
            </Button>
          </Group>
          {progress != null && <Counts counts={progress.counts} />}
        </Stack>
      )}
      {running === null && forecast !== null && (
        <>
          <Text fw={600}>{t('forecast', { count: forecast.counts.rows })}</Text>
          <Counts counts={forecast.counts} />
          <Stack gap={4}>
            <Text size="sm" c="dimmed">
              {plan.consent === null ? t('willNotConsent') : t('willConsent', { source: plan.consent.source })}
            </Text>
            <Text size="sm" c="dimmed">
              {plan.startFlows ? t('willStart') : t('willNotStart')}
            </Text>
            {plan.tags.length > 0 && (
              <Text size="sm" c="dimmed">
                {t('willTag', { tags: formats.list(plan.tags) })}
              </Text>
            )}
          </Stack>
        </>
      )}
      {running === null && (
        <Group justify="flex-end" gap="sm">
          <Button variant="default" disabled={busy} onClick={() => goToStep('rules')}>
            {t('back')}
          </Button>
          {forecast === null ? (
            <Button loading={busy} onClick={() => void runImport(true, null)}>
              {t('checkAgain')}
            </Button>
          ) : (
            <Button data-autofocus loading={busy} disabled={forecast.counts.added + forecast.counts.updated + forecast.counts.unchanged === 0} onClick={() => void runImport(false, uploaded ? rejectsPath(workspace.file, file, t('rejectsWord')) : null)}>
              {t('importDo', { count: forecast.counts.rows - forecast.counts.rejected })}
            </Button>
          )}
        </Group>
      )}
    </Stack>
  );
}
