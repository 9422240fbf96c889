// The widget that chooses a message: from the list, or a new one; its subject can be changed on the spot, the rest in a drawer.
import { lazy, Suspense, useState } from 'react';
import { Button, Drawer, Group, Loader, Select, Stack, TextInput } from '@mantine/core';
import { IconPencil, IconPlus } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Message } from '../../shared/flow/flow.ts';
import { useAct } from '../backend.ts';
import { inputProps, type FieldProps } from './field.ts';
import { asText } from './simple.tsx';
import { useSources } from './sources.tsx';

const MessageEditor = lazy(() => import('../messages/MessageEditor.tsx').then(({ MessageEditor: component }) => ({ default: component })));

export function MessageField(props: FieldProps) {
  const { t } = useTranslation('editor');
  const { messages } = useSources();
  const { act, busy } = useAct();
  const [open, setOpen] = useState(false);
  const [created, setCreated] = useState<Message | null>(null);
  const key = asText(props.value);
  const message = messages.find((each) => each.key === key) ?? (created?.key === key ? created : undefined);
  const options = messages.map((each) => ({ value: each.key, label: each.name }));
  if (key !== '' && !options.some((option) => option.value === key)) options.push({ value: key, label: message?.name ?? key });

  async function create() {
    const made = await act('messages.create', { name: t('fields.newMessageName', { number: messages.length + 1 }) });
    if (made === undefined) return;
    setCreated(made);
    props.onChange(made.key);
    setOpen(true);
  }

  return (
    <Stack gap="sm">
      <Select
        {...inputProps(props)}
        searchable
        clearable={props.meta.required !== true}
        placeholder={t('fields.chooseMessage')}
        nothingFoundMessage={t('fields.nothingFound')}
        data={options}
        value={key === '' ? null : key}
        onChange={(next) => props.onChange(next)}
      />
      <Group gap="sm">
        <Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} loading={busy} onClick={() => void create()}>
          {t('fields.newMessage')}
        </Button>
        {message !== undefined && (
          <Button size="compact-sm" variant="default" leftSection={<IconPencil size={14} />} onClick={() => setOpen(true)}>
            {t('fields.editMessage')}
          </Button>
        )}
      </Group>
      {message !== undefined && <SubjectInput key={`${message.key} ${message.subject}`} message={message} />}
      <Drawer
        opened={open && key !== ''}
        onClose={() => setOpen(false)}
        position="right"
        size="min(1080px, 92vw)"
        title={message?.name ?? t('fields.editMessage')}
        closeButtonProps={{ 'aria-label': t('close') }}
      >
        <Suspense fallback={<Loader />}>{open && <MessageEditor messageKey={key} />}</Suspense>
      </Drawer>
    </Stack>
  );
}

/** The subject, saved when the field is left. The message belongs to the workspace, so this is no edit of the flow. */
function SubjectInput({ message }: { message: Message }) {
  const { t } = useTranslation('editor');
  const { act } = useAct();
  const [subject, setSubject] = useState(message.subject);

  async function save() {
    if (subject === message.subject) return;
    const latest = await act('messages.get', { key: message.key });
    if (latest !== undefined) await act('messages.save', { ...latest, subject });
  }

  return (
    <TextInput
      label={t('fields.subject')}
      value={subject}
      maxLength={1000}
      placeholder={t('fields.subjectPlaceholder')}
      onChange={(event) => setSubject(event.currentTarget.value)}
      onBlur={() => void save()}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
      }}
    />
  );
}
