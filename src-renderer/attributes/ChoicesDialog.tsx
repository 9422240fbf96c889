// The choices of an attribute: renamed, added, removed. Contacts follow: a removed choice that somebody has asks where they go.
import { useState } from 'react';
import { ActionIcon, Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { AttributeOverview } from '../../shared/api.ts';
import { useAct, useCall } from '../backend.ts';
import { tellDone } from '../bulk-edits/tell-done.ts';
import { DialogFoot } from '../ui/DialogFoot.tsx';
import { Loading } from '../ui/Loading.tsx';

type Row = { id: number; was: string | null; name: string; contacts: number; /** Removed: where its contacts go; '' is: no value. */ goes: string | null };
type Counted = { choice: string; contacts: number }[];
type Props = { attribute: AttributeOverview; onClose: () => void };

export function ChoicesDialog({ attribute, onClose }: Props) {
  const { t } = useTranslation('attributes');
  const counted = useCall('attributes.choices', { key: attribute.key });
  return (
    <Modal opened onClose={onClose} title={t('choicesOf', { attribute: attribute.label })} centered size="lg">
      {counted.data === undefined ? <Loading rows={4} /> : <Choices attribute={attribute} counted={counted.data} onClose={onClose} />}
    </Modal>
  );
}

function Choices({ attribute, counted, onClose }: Props & { counted: Counted }) {
  const { t } = useTranslation('attributes');
  const { act, busy } = useAct();
  const [rows, setRows] = useState<Row[]>(() => counted.map(({ choice, contacts }, id) => ({ id, was: choice, name: choice, contacts, goes: null })));
  const put = (changed: Row) => setRows(rows.map((row) => (row.id === changed.id ? changed : row)));
  const staying = rows.filter(({ goes }) => goes === null);
  const names = [...new Set(staying.map(({ name }) => name.trim()).filter((name) => name !== ''))];
  const isReady = staying.every(({ name }) => name.trim() !== '');

  async function save() {
    const answer = await act('attributes.setChoices', {
      key: attribute.key,
      choices: staying.map(({ was, name }) => ({ was, name })),
      gone: rows.flatMap(({ was, goes }) => (was === null || goes === null ? [] : [{ choice: was, to: goes === '' ? null : goes }])),
    });
    if (answer === undefined) return;
    if (answer.bulkEdit !== null) void tellDone(answer.bulkEdit, (count) => t('choicesDone', { count }));
    onClose();
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) void save();
      }}
    >
      <Stack gap="md">
        {attribute.usedBy.segments.length + attribute.usedBy.flows.length > 0 && (
          <Text size="sm" c="var(--kanal-amber)">
            {t('choicesUsed', { names: [...attribute.usedBy.segments, ...attribute.usedBy.flows].map(({ name }) => name).join(', ') })}
          </Text>
        )}
        <Stack gap="xs" mah={380} style={{ overflow: 'auto' }}>
          {rows.map((row) => (
            <Group key={row.id} gap="sm" wrap="nowrap" role="group" aria-label={row.name === '' ? t('newChoice') : row.name}>
              <TextInput flex={1} aria-label={t('choiceName')} maxLength={200} disabled={row.goes !== null} value={row.name} onChange={(event) => put({ ...row, name: event.currentTarget.value })} />
              <Text size="sm" c="dimmed" w={110}>
                {t('choiceHas', { count: row.contacts })}
              </Text>
              {row.goes !== null && (
                <Select w={200} aria-label={t('choiceGoes')} allowDeselect={false} data={[{ value: '', label: t('goesNowhere') }, ...names.map((name) => ({ value: name, label: t('goesTo', { choice: name }) }))]} value={row.goes} onChange={(goes) => put({ ...row, goes: goes ?? '' })} />
              )}
              {row.goes === null ? (
                <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('dropChoice', { choice: row.name })} onClick={() => (row.was === null ? setRows(rows.filter(({ id }) => id !== row.id)) : put({ ...row, name: row.was, goes: '' }))}>
                  <IconTrash size={16} stroke={1.6} />
                </ActionIcon>
              ) : (
                <Button variant="subtle" size="compact-sm" onClick={() => put({ ...row, goes: null })}>
                  {t('keepChoice')}
                </Button>
              )}
            </Group>
          ))}
        </Stack>
        <Button variant="subtle" size="xs" leftSection={<IconPlus size={15} />} style={{ alignSelf: 'flex-start' }} onClick={() => setRows([...rows, { id: Math.max(-1, ...rows.map(({ id }) => id)) + 1, was: null, name: '', contacts: 0, goes: null }])}>
          {t('addChoice')}
        </Button>
        <DialogFoot verb={t('save')} busy={busy} disabled={!isReady} onClose={onClose} />
      </Stack>
    </form>
  );
}
