// What holds for the whole workspace: its name, time zone, way of writing dates and numbers, currency and postal address.
import { Group, Select, Stack, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../../shared/api.ts';
import { useAct, useCall } from '../backend.ts';
import { currentLanguage } from '../app/i18n.ts';
import { useKeptFields } from '../app/kept-form.ts';
import { localeChoices, timeZones } from '../app/locales.ts';
import { Failed } from '../ui/Failed.tsx';
import { FormFoot } from '../ui/FormFoot.tsx';
import { Loading } from '../ui/Loading.tsx';

export function WorkspaceSettings() {
  const settings = useCall('settings.get', {}, ['settings']);
  if (settings.state === 'loading') return <Loading />;
  if (settings.data === undefined) return <Failed error={settings.error} again={settings.again} />;
  return <SettingsForm settings={settings.data} />;
}

/** The currencies of the regions that are offered first; the list has all that the system knows. */
function currencies(language: string): { value: string; label: string }[] {
  const names = new Intl.DisplayNames(language, { type: 'currency' });
  const first = ['EUR', 'DKK', 'SEK', 'PLN', 'NOK', 'GBP', 'USD', 'CHF'];
  return [...first, ...Intl.supportedValuesOf('currency').filter((code) => !first.includes(code))].map((value) => ({ value, label: `${value} · ${names.of(value) ?? value}` }));
}

function SettingsForm({ settings }: { settings: Settings }) {
  const { t } = useTranslation('settings');
  const { act, busy } = useAct();
  const { name, timeZone, locale, currency, postalAddress } = settings;
  const { form, isChanged, discard } = useKeptFields('workspace', { name, timeZone, locale, currency, postalAddress }, { name: (typed) => (typed.trim() === '' ? t('nameMissing') : null) });
  async function save(values: typeof form.values) {
    const trimmed = { ...values, name: values.name.trim() };
    if ((await act('settings.save', { ...settings, ...trimmed }, t('saved'))) !== undefined) form.setValues(trimmed);
  }

  return (
    <form onSubmit={form.onSubmit((values) => void save(values))}>
      <Stack gap="lg">
        <TextInput label={t('name')} description={t('nameHelp')} maxLength={200} {...form.getInputProps('name')} />
        <Group grow align="flex-start">
          <Select label={t('timeZone')} description={t('timeZoneHelp')} searchable data={timeZones(settings.timeZone)} nothingFoundMessage={t('nothingFound')} {...form.getInputProps('timeZone')} />
          <Select label={t('locale')} description={t('localeHelp')} searchable data={localeChoices(currentLanguage(), settings.locale)} nothingFoundMessage={t('nothingFound')} {...form.getInputProps('locale')} />
        </Group>
        <Select label={t('currency')} searchable w="50%" limit={60} data={currencies(currentLanguage())} nothingFoundMessage={t('nothingFound')} {...form.getInputProps('currency')} />
        <Textarea label={t('postalAddress')} description={t('postalAddressHelp')} autosize minRows={3} maxLength={1000} {...form.getInputProps('postalAddress')} />
        <FormFoot isChanged={isChanged} busy={busy} onDiscard={discard} />
      </Stack>
    </form>
  );
}
