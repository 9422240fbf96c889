// Asks what a new workspace needs: a name, where it lives, its time zone and its way of writing dates and numbers.
import { Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import { useAct } from '../backend.ts';
import { DialogFoot } from '../ui/DialogFoot.tsx';
import { FilePath } from '../ui/FilePath.tsx';
import { joinPath, safeFileName } from '../ui/paths.ts';
import { currentLanguage } from './i18n.ts';
import { localeChoices, ownTimeZone, proposedLocale, timeZones } from './locales.ts';

type Props = { opened: boolean; folder: string; onClose: () => void };

export function NewWorkspace({ opened, folder, onClose }: Props) {
  const { t } = useTranslation();
  const { act, busy } = useAct();
  const form = useForm({
    initialValues: { name: '', file: '', timeZone: ownTimeZone(), locale: proposedLocale(currentLanguage(), navigator.languages) },
    validate: { name: (name) => (name.trim() === '' ? t('start.nameMissing') : null) },
  });
  const { name, file } = form.values;
  const proposed = joinPath(folder, `${safeFileName(name)}.kanal`);

  return (
    <Modal opened={opened} onClose={onClose} title={t('start.new')} centered size="lg">
      <form
        onSubmit={form.onSubmit((values) =>
          void act('workspace.create', { name: values.name.trim(), file: file.trim() === '' || file === proposed ? null : file.trim(), timeZone: values.timeZone, locale: values.locale, sample: false }),
        )}
      >
        <Stack gap="md">
          <TextInput label={t('start.name')} description={t('start.nameHelp')} data-autofocus required withAsterisk={false} {...form.getInputProps('name')} />
          <Group grow align="flex-start">
            <Select label={t('start.timeZone')} data={timeZones(form.values.timeZone)} searchable nothingFoundMessage={t('nothingFound')} {...form.getInputProps('timeZone')} />
            <Select label={t('start.locale')} data={localeChoices(currentLanguage(), form.values.locale)} searchable nothingFoundMessage={t('nothingFound')} {...form.getInputProps('locale')} />
          </Group>
          <FilePath
            label={t('start.file')}
            description={t('start.fileHelp')}
            value={file === '' && name.trim() !== '' ? proposed : file}
            kind="save"
            extensions={['kanal']}
            onChange={(path) => form.setFieldValue('file', path)}
          />
          <DialogFoot verb={t('start.create')} busy={busy} onClose={onClose} />
        </Stack>
      </form>
    </Modal>
  );
}
