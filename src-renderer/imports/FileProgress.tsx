// How far the reading of a file is: rows, rows per second, the time left, and a way to stop.
import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ImportProgress } from '../../shared/contacts/import-plan.ts';
import { Counts } from './Counts.tsx';
import { cancelImport } from './import-store.ts';

type Props = { title: string; progress: ImportProgress | null };

export function FileProgress({ title, progress }: Props) {
  const { t } = useTranslation('imports');
  const paceText = ({ checking, counts: { rows }, rowsPerSecond, secondsLeft }: ImportProgress): string[] => [
    t(checking ? 'rowsChecked' : 'rowsDone', { rows }),
    ...(rowsPerSecond === null ? [] : [t('speed', { rows: rowsPerSecond })]),
    ...(secondsLeft === null ? [] : [secondsLeft < 90 ? t('left', { seconds: secondsLeft }) : t('leftMinutes', { minutes: Math.round(secondsLeft / 60) })]),
  ];
  const share = progress === null || progress.bytesTotal === 0 ? 0 : progress.bytesRead / progress.bytesTotal;
  return (
    <Stack gap="sm" maw={760}>
      <Text fw={600}>{title}</Text>
      <Progress value={share * 100} aria-label={title} transitionDuration={120} />
      <Group justify="space-between">
        <Text size="sm" c="dimmed" role="status">
          {progress === null ? t('starting') : paceText(progress).join(' · ')}
        </Text>
        <Button size="compact-sm" variant="default" disabled={progress === null} onClick={() => void cancelImport()}>
          {t('cancel')}
        </Button>
      </Group>
      {progress !== null && !progress.checking && <Counts counts={progress.counts} />}
    </Stack>
  );
}
