// Find and replace in one column of the whole file; what is replaced is listed, and can be taken back.
import { useState } from 'react';
import { ActionIcon, Anchor, Button, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { changeColumn, useImport } from './import-store.ts';

export function FindReplace() {
  const { t } = useTranslation('imports');
  const plan = useImport((state) => state.plan);
  const [opened, setOpened] = useState(false);
  const [chosen, setColumn] = useState<string | null>(null);
  const [find, setFind] = useState('');
  const [by, setBy] = useState('');
  if (plan === null) return null;
  // Of what is not imported nothing needs to be replaced.
  const choices = plan.columns.flatMap(({ header, target }, index) => (target.kind === 'ignore' ? [] : [{ value: String(index), label: header }]));
  const column = choices.some(({ value }) => value === chosen) ? chosen : (choices[0]?.value ?? null);
  const made = plan.columns.flatMap(({ header, replace = [] }, index) => replace.map((each, at) => ({ ...each, header, index, at })));

  function add() {
    if (find === '' || column === null) return;
    changeColumn(Number(column), (before) => ({ ...before, replace: [...(before.replace ?? []), { find, by }] }));
    setFind('');
    setBy('');
  }

  const remove = (index: number, at: number) =>
    changeColumn(index, ({ replace = [], ...before }) => {
      const rest = replace.filter((_, place) => place !== at);
      return rest.length === 0 ? before : { ...before, replace: rest };
    });

  return (
    <Stack gap="sm" align="flex-start">
      {!opened && (
        <Anchor component="button" type="button" size="sm" onClick={() => setOpened(true)}>
          {t('findReplace')}
        </Anchor>
      )}
      {opened && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            add();
          }}
          onKeyDown={(event) => {
            // Enter replaces; it does not go on to the next step.
            if (event.key !== 'Enter' || !(event.target instanceof HTMLInputElement) || event.target.getAttribute('aria-haspopup') !== null) return;
            event.preventDefault();
            add();
          }}
        >
          <Group gap="sm" align="flex-end">
            <Select size="xs" w={180} label={t('findColumn')} data={choices} allowDeselect={false} value={column} onChange={(value) => value !== null && setColumn(value)} />
            <TextInput size="xs" w={180} label={t('find')} value={find} maxLength={1000} onChange={(event) => setFind(event.currentTarget.value)} />
            <TextInput size="xs" w={180} label={t('replaceBy')} value={by} maxLength={1000} onChange={(event) => setBy(event.currentTarget.value)} />
            <Button size="xs" variant="default" type="submit" disabled={find === ''}>
              {t('replaceAll')}
            </Button>
          </Group>
        </form>
      )}
      {made.map(({ header, find: from, by: to, index, at }) => (
        <Group key={`${index} ${at}`} gap={6}>
          <Text size="sm">{to === '' ? t('replacedByNothing', { header, find: from }) : t('replaced', { header, find: from, by: to })}</Text>
          <ActionIcon size="sm" variant="subtle" color="gray" aria-label={t('replaceUndo', { find: from })} onClick={() => remove(index, at)}>
            <IconX size={14} stroke={1.7} />
          </ActionIcon>
        </Group>
      ))}
    </Stack>
  );
}
