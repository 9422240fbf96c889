// What holds for all rows: existing values, tags, consent (only with a source), and whether flows start.
import { Alert, Checkbox, Radio, Stack, TagsInput, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ImportPlan } from '../../shared/contacts/import-plan.ts';
import { useCall } from '../backend.ts';
import { changePlan, useImport } from './import-store.ts';

export function RulesStep() {
  const { t } = useTranslation('imports');
  const plan = useImport((state) => state.plan);
  const tags = useCall('tags.list', {}, ['contacts']).data ?? [];
  if (plan === null) return null;
  const hasConsentColumn = plan.columns.some(({ target }) => target.kind === 'consent');
  const source = plan.consent?.source ?? '';
  const setSource = (text: string) => changePlan({ consent: { channel: 'email', source: text } });

  return (
    <Stack gap="xl" maw={620}>
      <Radio.Group label={t('existing')} value={plan.existing} onChange={(existing) => changePlan({ existing: existing as ImportPlan['existing'] })}>
        <Stack gap={8} mt={6}>
          <Radio value="update" label={t('existing.update')} description={t('existing.updateHelp')} />
          <Radio value="fill" label={t('existing.fill')} description={t('existing.fillHelp')} />
          <Radio value="skip" label={t('existing.skip')} description={t('existing.skipHelp')} />
        </Stack>
      </Radio.Group>
      <TagsInput label={t('tags')} description={t('tagsHelp')} data={tags.map((tag) => tag.name)} value={plan.tags} onChange={(list) => changePlan({ tags: list })} />
      <Stack gap="sm">
        {hasConsentColumn ? (
          <Alert color="canal" variant="light">
            {t('consentColumn')}
          </Alert>
        ) : (
          <Checkbox
            label={t('consent')}
            description={t('consentHelp')}
            checked={plan.consent !== null}
            onChange={(event) => changePlan({ consent: event.currentTarget.checked ? { channel: 'email', source: '' } : null })}
          />
        )}
        {(plan.consent !== null || hasConsentColumn) && (
          <TextInput
            label={t('consentSource')}
            description={t('consentSourceHelp')}
            required
            withAsterisk={false}
            error={source.trim() === '' ? t('consentSourceMissing') : null}
            value={source}
            maxLength={500}
            onChange={(event) => setSource(event.currentTarget.value)}
          />
        )}
      </Stack>
      <Checkbox label={t('startFlows')} description={t('startFlowsHelp')} checked={plan.startFlows} onChange={(event) => changePlan({ startFlows: event.currentTarget.checked })} />
    </Stack>
  );
}
