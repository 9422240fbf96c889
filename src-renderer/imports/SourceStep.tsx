// Where the contacts come from: a dropped file, a chosen one, or a path; and what was imported before.
import { useState } from 'react';
import { Button, Code, Group, Stack, Table, Text, Title } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import { IconFileTypeCsv } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ImportRow } from '../../shared/api.ts';
import { bringFile, fileDialog, useCall } from '../backend.ts';
import { showFailure } from '../app/notices.tsx';
import { useFormats } from '../app/workspace.tsx';
import { FilePath } from '../ui/FilePath.tsx';
import { readFile, useImport } from './import-store.ts';

export function SourceStep() {
  const { t } = useTranslation('imports');
  const busy = useImport((state) => state.busy);
  const [path, setPath] = useState('');
  const [bringing, setBringing] = useState(false);

  async function take(file: File) {
    setBringing(true);
    try {
      await readFile(await bringFile(file), {}, fileDialog() === null);
    } catch (error) {
      showFailure(error);
    } finally {
      setBringing(false);
    }
  }

  async function choose() {
    const chosen = await fileDialog()?.({ kind: 'open', extensions: ['csv', 'txt', 'tsv'] });
    if (chosen != null) await readFile(chosen, {}, false);
  }

  return (
    <Stack gap="xl" maw={720}>
      <Dropzone multiple={false} loading={bringing || busy} aria-label={t('drop')} onDrop={(files) => files[0] !== undefined && void take(files[0])}>
        <Stack align="center" gap={6} py={32}>
          <IconFileTypeCsv size={36} stroke={1.2} color="var(--kanal-line-drawing)" aria-hidden />
          <Text fw={600}>{t('drop')}</Text>
          <Text size="sm" c="dimmed">
            {t('dropKinds')}
          </Text>
        </Stack>
      </Dropzone>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (path.trim() !== '') void readFile(path.trim(), {}, false);
        }}
      >
        <Group align="flex-end" gap="sm" wrap="nowrap">
          {fileDialog() === null ? (
            <>
              <div style={{ flex: 1 }}>
                <FilePath label={t('path')} value={path} kind="open" extensions={['csv']} onChange={setPath} />
              </div>
              <Button type="submit" variant="default" loading={busy} disabled={path.trim() === ''}>
                {t('readFile')}
              </Button>
            </>
          ) : (
            <Button onClick={() => void choose()}>{t('choose')}</Button>
          )}
        </Group>
      </form>
      <Text size="sm" c="dimmed">
        {t('privacy')}
      </Text>
      <Past />
    </Stack>
  );
}

function Past() {
  const { t } = useTranslation('imports');
  const formats = useFormats();
  const { data } = useCall('imports.list', {}, ['imports']);
  if (data === undefined || data.length === 0) return null;
  const counts = (row: ImportRow) => t('pastCounts', { added: row.counts.added, updated: row.counts.updated, rejected: row.counts.rejected });
  return (
    <section aria-labelledby="past">
      <Title order={2} id="past" fz="sm" mb="sm">
        {t('past')}
      </Title>
      <Table>
        <Table.Tbody>
          {data.map((row) => (
            <Table.Tr key={row.id}>
              <Table.Td>
                <Text size="sm" fw={600}>
                  {row.fileName}
                </Text>
                {row.rejectsFile !== null && row.counts.rejected > 0 && <Code>{row.rejectsFile}</Code>}
              </Table.Td>
              <Table.Td>{row.state === 'done' ? counts(row) : t(`state.${row.state}`)}</Table.Td>
              <Table.Td ta="right">
                <Text size="sm" c="dimmed">
                  {formats.dateTime(row.startedAt)}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
