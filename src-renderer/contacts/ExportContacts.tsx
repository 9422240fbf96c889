// Writes the contacts to a CSV file: which columns, for Excel or plain, and where to.
import { useState } from 'react';
import { Button, Checkbox, Code, Group, Modal, Radio, ScrollArea, SimpleGrid, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Rule } from '../../shared/contacts/rule.ts';
import { localDate } from '../../shared/time.ts';
import { useAct } from '../backend.ts';
import { useNow, useWorkspace } from '../app/workspace.tsx';
import { FilePath } from '../ui/FilePath.tsx';
import { folderOf, joinPath, safeFileName } from '../ui/paths.ts';
import type { Attributes } from './attributes.ts';

type Props = { opened: boolean; attributes: Attributes; shown: string[]; rule: Rule | null; onClose: () => void };

export function ExportContacts({ opened, attributes, shown, rule, onClose }: Props) {
  const { t } = useTranslation('contacts');
  return (
    <Modal opened={opened} onClose={onClose} title={t('export')} centered size="lg">
      <ExportForm attributes={attributes} shown={shown} rule={rule} onClose={onClose} />
    </Modal>
  );
}

function ExportForm({ attributes, shown, rule, onClose }: Omit<Props, 'opened'>) {
  const { t } = useTranslation('contacts');
  const { act, busy } = useAct();
  const workspace = useWorkspace();
  const now = useNow();
  const proposed = joinPath(folderOf(workspace.file), safeFileName(`${workspace.name} ${localDate(now, workspace.timeZone)}`) + '.csv');
  const [file, setFile] = useState(proposed);
  const [kind, setKind] = useState<'excel' | 'plain'>('excel');
  const [all, setAll] = useState(true);
  const [columns, setColumns] = useState(() => shown.filter((key) => !key.startsWith(':')));
  const [written, setWritten] = useState<{ rows: number; file: string } | null>(null);

  async function write() {
    const answer = await act('exports.contacts', { file: file.trim(), columns: all ? null : columns, rule, for: kind });
    if (answer !== undefined) setWritten({ rows: answer.rows, file: file.trim() });
  }

  if (written !== null) {
    return (
      <Stack gap="md">
        <Text>{t('exported', { count: written.rows })}</Text>
        <Code block>{written.file}</Code>
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={() => void navigator.clipboard.writeText(written.file)}>
            {t('copyPath')}
          </Button>
          <Button onClick={onClose}>{t('close')}</Button>
        </Group>
      </Stack>
    );
  }
  return (
    <Stack gap="lg">
      <Radio.Group label={t('exportFor')} value={kind} onChange={(value) => setKind(value as 'excel' | 'plain')}>
        <Stack gap={8} mt={6}>
          <Radio value="excel" label={t('exportExcel')} description={t('exportExcelHelp')} />
          <Radio value="plain" label={t('exportPlain')} description={t('exportPlainHelp')} />
        </Stack>
      </Radio.Group>
      <div>
        <Checkbox label={t('exportAll')} description={t('exportAllHelp')} checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />
        {!all && (
          <ScrollArea.Autosize mah={180} mt="sm">
            <Checkbox.Group value={columns} onChange={setColumns} aria-label={t('columns')}>
              <SimpleGrid cols={2} spacing="xs">
                {attributes.list.map(({ key, label }) => (
                  <Checkbox key={key} size="xs" value={key} label={label} />
                ))}
              </SimpleGrid>
            </Checkbox.Group>
          </ScrollArea.Autosize>
        )}
      </div>
      <FilePath label={t('exportFile')} value={file} kind="save" extensions={['csv']} onChange={setFile} />
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button loading={busy} disabled={file.trim() === '' || (!all && columns.length === 0)} onClick={() => void write()}>
          {t('exportDo')}
        </Button>
      </Group>
    </Stack>
  );
}
