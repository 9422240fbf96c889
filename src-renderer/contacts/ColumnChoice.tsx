// Which columns the list has, and in which order: ticked, dragged, or moved with the arrow buttons.
import { useState } from 'react';
import { ActionIcon, Button, Checkbox, Group, Popover, ScrollArea, Stack, Text, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconColumns3, IconGripVertical } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { movedTo, useDraggedOrder } from './dragged-order.ts';

export type Column = { key: string; label: string };
type Props = { all: Column[]; chosen: string[]; onChange: (columns: string[]) => void };

/** Beyond so many, the list can be searched. */
const MANY = 12;

export function ColumnChoice({ all, chosen, onChange }: Props) {
  const { t } = useTranslation('contact-list');
  return (
    <Popover position="bottom-start" width={320} trapFocus>
      <Popover.Target>
        <Button variant="subtle" color="gray" size="xs" leftSection={<IconColumns3 size={16} stroke={1.7} />}>
          {t('columns')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p={0} aria-label={t('columns')}>
        <ScrollArea.Autosize mah={440} p="md">
          <ColumnOrder all={all} chosen={chosen} onChange={onChange} />
        </ScrollArea.Autosize>
      </Popover.Dropdown>
    </Popover>
  );
}

/** The chosen columns in their order, and below them those that may be chosen. */
export function ColumnOrder({ all, chosen, onChange }: Props) {
  const { t } = useTranslation('contact-list');
  const [typed, setTyped] = useState('');
  const byKey = new Map(all.map((column) => [column.key, column]));
  const shown = chosen.flatMap((key) => byKey.get(key) ?? []);
  const others = all.filter(({ key, label }) => !chosen.includes(key) && label.toLowerCase().includes(typed.trim().toLowerCase()));
  const keys = shown.map(({ key }) => key);
  const dragProps = useDraggedOrder(keys, (key, place) => onChange(movedTo(keys, key, place)));

  return (
    <>
      <Stack gap={2} component="ol" m={0} p={0} style={{ listStyle: 'none' }} aria-label={t('shownColumns')}>
        {shown.map(({ key, label }, index) => (
          <Group
            key={key}
            component="li"
            gap={6}
            wrap="nowrap"
            className="column-choice"
            {...dragProps(key)}
          >
            <IconGripVertical size={14} aria-hidden className="column-grip" />
            <Checkbox size="xs" flex={1} miw={0} label={label} checked disabled={shown.length === 1} onChange={() => onChange(keys.filter((each) => each !== key))} />
            <ActionIcon variant="subtle" color="gray" size="sm" disabled={index === 0} aria-label={t('moveBefore', { column: label })} onClick={() => onChange(movedTo(keys, key, index - 1))}>
              <IconArrowUp size={14} />
            </ActionIcon>
            <ActionIcon variant="subtle" color="gray" size="sm" disabled={index === shown.length - 1} aria-label={t('moveAfter', { column: label })} onClick={() => onChange(movedTo(keys, key, index + 1))}>
              <IconArrowDown size={14} />
            </ActionIcon>
          </Group>
        ))}
      </Stack>
      <Text size="xs" c="dimmed" fw={600} mt="md" mb={6}>
        {t('otherColumns')}
      </Text>
      {all.length - shown.length > MANY && <TextInput size="xs" mb="xs" type="search" aria-label={t('searchColumns')} placeholder={t('searchColumns')} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />}
      <Stack gap={8}>
        {others.map(({ key, label }) => (
          <Checkbox key={key} size="xs" label={label} checked={false} onChange={() => onChange([...keys, key])} />
        ))}
      </Stack>
    </>
  );
}
