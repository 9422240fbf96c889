// For which channels the people of a file have consented: to all rows, or to those that say yes in a column; and only with a source.
import { Alert, Checkbox, Select, Stack, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { CHANNELS, type Channel } from '../../shared/contacts/contact.ts';
import { consentChannels, type ImportPlan } from '../../shared/contacts/import-plan.ts';
import { useCall } from '../backend.ts';
import { changePlan } from './import-store.ts';
import { consentColumns } from './plan-obstacles.ts';

export function ConsentForAll({ plan }: { plan: ImportPlan }) {
  const { t } = useTranslation('imports');
  const privacy = useTranslation('privacy').t;
  const topics = (useCall('topics.list', {}, ['settings']).data ?? []).filter(({ key, archived }) => !archived || key === plan.consent?.topic);
  const inColumns = consentColumns(plan);
  const { source = '', topic } = plan.consent ?? {};
  const chosen = consentChannels(plan);

  function choose(channels: Channel[], about: { source?: string; topic?: string } = { ...(topic !== undefined && { topic }) }) {
    const [channel, ...also] = CHANNELS.filter((each) => channels.includes(each));
    changePlan({ consent: channel === undefined ? null : { channel, ...(also.length > 0 && { also }), source, ...about } });
  }

  return (
    <Stack gap="sm">
      {inColumns.length > 0 && (
        <Alert color="canal" variant="light">
          {t('consentColumn')}
        </Alert>
      )}
      <Checkbox.Group label={t('consent')} description={t('consentHelp')} value={chosen} onChange={(channels) => choose(channels)}>
        <Stack gap={8} mt={8}>
          {CHANNELS.map((channel) => (
            <Checkbox key={channel} value={channel} label={t(inColumns.includes(channel) ? `consentYes.${channel}` : `consent.${channel}`)} />
          ))}
        </Stack>
      </Checkbox.Group>
      {plan.consent !== null && inColumns.length === 0 && topics.length > 0 && (
        <Select
          label={privacy('message.topic')}
          allowDeselect={false}
          data={[{ value: '', label: privacy('message.whole') }, ...topics.map(({ key, name }) => ({ value: key, label: name }))]}
          value={topic ?? ''}
          onChange={(next) => choose(chosen, next === null || next === '' ? {} : { topic: next })}
        />
      )}
      {plan.consent !== null && (
        <TextInput
          label={t('consentSource')}
          description={t('consentSourceHelp')}
          required
          withAsterisk={false}
          error={source.trim() === '' ? t('consentSourceMissing') : null}
          value={source}
          maxLength={500}
          onChange={(event) => choose(chosen, { source: event.currentTarget.value, ...(topic !== undefined && { topic }) })}
        />
      )}
    </Stack>
  );
}
