// The widget for a list of entries that each ask the same few things: the events that a step waits for, conditions on properties.
import { ActionIcon, Button, Group, Stack, Text } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Labelled } from './attributes.tsx';
import { ConfigForm } from './ConfigForm.tsx';
import type { FieldProps } from './field.ts';

type Entry = Readonly<Record<string, unknown>>;

export function FormsField(props: FieldProps) {
  const { t } = useTranslation('editor');
  const { item, ids = false } = props.meta;
  if (item === undefined) throw new Error('A list of entries without the form of its entries');
  const entries = (Array.isArray(props.value) ? props.value : []) as Entry[];
  const add = () => props.onChange([...entries, { ...item.parse({}), ...(ids && { id: freeId(entries) }) }]);
  return (
    <Labelled field={props}>
      <Stack gap="sm">
        {entries.map((entry, index) => (
          <div key={typeof entry['id'] === 'string' ? entry['id'] : index} className="kanal-branch">
            <Group justify="space-between" mb={4} wrap="nowrap">
              <Text size="xs" c="dimmed" className="kanal-figures">
                {t('fields.entry', { number: index + 1 })}
              </Text>
              <ActionIcon
                className="kanal-quiet"
                variant="subtle"
                color="gray"
                size="sm"
                aria-label={t('fields.removeEntry', { number: index + 1 })}
                onClick={() => props.onChange(entries.toSpliced(index, 1))}
              >
                <IconTrash size={14} aria-hidden />
              </ActionIcon>
            </Group>
            <ConfigForm
              name={`${props.id}-${index}`}
              config={item}
              values={entry}
              problems={[]}
              inFlow={props.inFlow === true}
              onChange={(field, value, _meta, typing) => props.onChange(entries.with(index, { ...entry, [field]: value }), typing)}
            />
          </div>
        ))}
        <Group>
          <Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} onClick={add}>
            {t('fields.addEntry')}
          </Button>
        </Group>
      </Stack>
    </Labelled>
  );
}

/** The smallest "e1", "e2" ... that no entry has. */
function freeId(entries: readonly Entry[]): string {
  const taken = new Set(entries.map((each) => each['id']));
  let number = 1;
  while (taken.has(`e${number}`)) number++;
  return `e${number}`;
}
