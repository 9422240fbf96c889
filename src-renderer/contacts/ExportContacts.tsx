// Writes the contacts to a CSV file: which columns, for Excel or plain, and where to.
import { useState } from 'react';
import { Button, Checkbox, Code, Group, Modal, Paper, Radio, ScrollArea, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Rule } from '../../shared/contacts/rule.ts';
import { localDate } from '../../shared/time.ts';
import { useAct } from '../backend.ts';
import { useNow, useWorkspace } from '../app/workspace.tsx';
import { ExportProfiles } from '../privacy/ExportProfiles.tsx';
import { DialogFoot } from '../ui/DialogFoot.tsx';
import { FilePath } from '../ui/FilePath.tsx';
import { folderOf, joinPath, safeFileName } from '../ui/paths.ts';
import type { Attributes } from './attributes.ts';
import { ColumnOrder, type Column } from './ColumnChoice.tsx';

/** What stands in the list is called otherwise in a file; when somebody was added is in none. */
const IN_A_FILE: Readonly<Record<string, string>> = { ':tags': 'tags', ':consent': 'email_consent' };

/** Whom the list shows, and who of them is selected. */
type Who = { rule: Rule | null; search: string; selected: ReadonlySet<number>; total: number };
type Props = { opened: boolean; attributes: Attributes; shown: string[]; who: Who; onClose: () => void };

export function ExportContacts({ opened, attributes, shown, who, onClose }: Props) {
  const { t } = useTranslation('contacts');
  const [isNaming, setNaming] = useState(false);
  return (
    // Escape in the dialog that asks for a profile's name leaves that one alone.
    <Modal opened={opened} onClose={onClose} closeOnEscape={!isNaming} title={t('export')} centered size="lg">
      <ExportForm attributes={attributes} shown={shown} who={who} isNaming={isNaming} onNaming={setNaming} onClose={onClose} />
    </Modal>
  );
}

type FormProps = Omit<Props, 'opened'> & { isNaming: boolean; onNaming: (isNaming: boolean) => void };

function ExportForm({ attributes, shown, who, isNaming, onNaming, onClose }: FormProps) {
  const { t } = useTranslation('contacts');
  const list = useTranslation('contact-list').t;
  const { act, busy } = useAct();
  const [whom, setWhom] = useState<'shown' | 'selected'>(who.selected.size > 0 ? 'selected' : 'shown');
  const workspace = useWorkspace();
  const now = useNow();
  const proposed = joinPath(folderOf(workspace.file), safeFileName(`${workspace.name} ${localDate(now, workspace.timeZone)}`) + '.csv');
  const [file, setFile] = useState(proposed);
  const [kind, setKind] = useState<'excel' | 'plain'>('excel');
  const [all, setAll] = useState(true);
  const [wanted, setColumns] = useState(() => shown.flatMap((key) => IN_A_FILE[key] ?? (key.startsWith(':') ? [] : [key])));
  const choices: Column[] = [
    ...attributes.list.map(({ key, label }) => ({ key, label })),
    { key: 'tags', label: t('column.tags') },
    { key: 'email_consent', label: list('exportConsent.email') },
    { key: 'sms_consent', label: list('exportConsent.sms') },
  ];
  // A profile, or a view, may outlive an attribute that it shows.
  const columns = wanted.filter((each) => choices.some(({ key }) => key === each));
  const [written, setWritten] = useState<{ rows: number; file: string } | null>(null);

  async function write() {
    const answer = await act('exports.contacts', { file: file.trim(), columns: all ? null : columns, for: kind, ...(whom === 'selected' ? { ids: [...who.selected] } : { rule: who.rule, search: who.search }) });
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
      {who.selected.size > 0 && (
        <Radio.Group label={list('exportWho')} value={whom} onChange={(value) => setWhom(value)}>
          <Stack gap={8} mt={6}>
            <Radio value="selected" label={list('exportSelected', { count: who.selected.size })} />
            <Radio value="shown" label={list('exportShown', { count: who.total })} />
          </Stack>
        </Radio.Group>
      )}
      <ExportProfiles
        now={{ columns: all ? null : columns, for: kind }}
        isNaming={isNaming}
        onNaming={onNaming}
        onChoose={(profile) => {
          setKind(profile.for);
          setAll(profile.columns === null);
          if (profile.columns !== null) setColumns(profile.columns);
        }}
      />
      <Radio.Group label={t('exportFor')} value={kind} onChange={(value) => setKind(value)}>
        <Stack gap={8} mt={6}>
          <Radio value="excel" label={t('exportExcel')} description={t('exportExcelHelp')} />
          <Radio value="plain" label={t('exportPlain')} description={t('exportPlainHelp')} />
        </Stack>
      </Radio.Group>
      <div>
        <Checkbox label={t('exportAll')} description={t('exportAllHelp')} checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />
        {!all && (
          <Paper withBorder mt="sm">
            <ScrollArea.Autosize mah={240} p="sm" offsetScrollbars="y">
              <ColumnOrder all={choices} chosen={columns} onChange={setColumns} />
            </ScrollArea.Autosize>
          </Paper>
        )}
      </div>
      <FilePath label={t('exportFile')} value={file} kind="save" extensions={['csv']} onChange={setFile} />
      <DialogFoot verb={t('exportDo')} busy={busy} disabled={file.trim() === '' || (!all && columns.length === 0)} onAnswer={() => void write()} onClose={onClose} />
    </Stack>
  );
}
