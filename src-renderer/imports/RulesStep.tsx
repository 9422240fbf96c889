// What holds for all rows: by what people are found, existing values, tags, consent (only with a source), and whether flows start.
import { useEffect } from 'react';
import { Checkbox, MultiSelect, Radio, Stack, TagsInput, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { MATCH_KEYS, type ImportPlan } from '../../shared/contacts/import-plan.ts';
import { useCall } from '../backend.ts';
import { useAttributes } from '../contacts/attributes.ts';
import { changePlan, previewImport, useImport } from './import-store.ts';
import { SegmentTarget } from './SegmentTarget.tsx';
import { ObstacleText } from './ObstacleText.tsx';
import { ConsentForAll } from './ConsentForAll.tsx';
import { planObstacles } from './plan-obstacles.ts';

export function RulesStep() {
  const { t } = useTranslation('imports');
  const plan = useImport((state) => state.plan);
  const attributes = useAttributes();
  if (plan === null) return null;
  const obstacle = planObstacles(plan);

  return (
    <Stack gap="xl" maw={620}>
      <Stack gap={6}>
        <MultiSelect
          label={t('matchBy')}
          description={t('matchByHelp')}
          data={MATCH_KEYS.map((key) => ({ value: key, label: attributes.labelOf(key) }))}
          value={plan.match}
          onChange={(keys) => keys.length > 0 && changePlan({ match: keys })}
        />
        {obstacle?.kind === 'noKey' && <ObstacleText obstacle={obstacle} attributes={attributes} />}
      </Stack>
      {plan.kind === 'contacts' && <PeopleRules plan={plan} />}
      {plan.kind === 'events' && !plan.columns.some(({ target }) => target.kind === 'event' && target.field === 'type') && (
        <TextInput label={t('eventType')} description={t('eventTypeHelp')} error={plan.eventType === null ? t('obstacle.needs.type') : null} value={plan.eventType ?? ''} maxLength={63} onChange={(event) => changePlan({ eventType: event.currentTarget.value.trim() === '' ? null : typeNamed(event.currentTarget.value) })} />
      )}
      <Stack gap={6}>
        <Checkbox label={t('startFlows')} description={t('startFlowsHelp')} checked={plan.startFlows} onChange={(event) => changePlan({ startFlows: event.currentTarget.checked })} />
        {plan.startFlows && <StartedFlows />}
      </Stack>
    </Stack>
  );
}

/** "Visited the shop" is written `visited_the_shop`, as rules and triggers name it. */
function typeNamed(text: string): string {
  return text.trimStart().toLowerCase().normalize('NFKD').replace(/\p{M}/gu, '').replace(/[^a-z0-9]+/g, '_').replace(/^[^a-z]+/, '');
}

function PeopleRules({ plan }: { plan: ImportPlan }) {
  const { t } = useTranslation('imports');
  const tags = useCall('tags.list', {}, ['contacts']).data ?? [];
  return (
    <>
      <Radio.Group label={t('existing')} value={plan.existing} onChange={(existing) => changePlan({ existing })}>
        <Stack gap={8} mt={6}>
          <Radio value="update" label={t('existing.update')} description={t('existing.updateHelp')} />
          <Radio value="fill" label={t('existing.fill')} description={t('existing.fillHelp')} />
          <Radio value="skip" label={t('existing.skip')} description={t('existing.skipHelp')} />
        </Stack>
      </Radio.Group>
      <Radio.Group label={t('duplicates')} value={plan.duplicates} onChange={(duplicates) => changePlan({ duplicates })}>
        <Stack gap={8} mt={6}>
          <Radio value="merge" label={t('duplicates.merge')} />
          <Radio value="last" label={t('duplicates.last')} />
          <Radio value="first" label={t('duplicates.first')} />
        </Stack>
      </Radio.Group>
      <TagsInput label={t('tags')} description={t('tagsHelp')} data={tags.map((tag) => tag.name)} value={plan.tags} onChange={(list) => changePlan({ tags: list })} />
      <SegmentTarget plan={plan} />
      <ConsentForAll plan={plan} />
    </>
  );
}

/** How many mails it means to let flows start: the whole file is read for that. */
export function StartedFlows() {
  const { t } = useTranslation('imports');
  const { plan, preview, previewing, failure } = useImport();
  // Every change of the plan makes the numbers old; while somebody is still choosing, the file is not read again and again.
  useEffect(() => {
    const timer = setTimeout(() => void previewImport(), 600);
    return () => clearTimeout(timer);
  }, [plan]);
  return (
    <div role="status" className="started-flows">
      {preview === null ? (
        failure !== null ? (
          <Text size="sm" c="var(--kanal-red)">
            {t('notRead')}
          </Text>
        ) : previewing !== null && (
          <Text size="sm" c="dimmed">
            {t('countingMails')}
          </Text>
        )
      ) : preview.flows.length === 0 ? (
        <Text size="sm">{t('noFlowStarts')}</Text>
      ) : (
        preview.flows.map(({ flow, name, contacts, mails }) => (
          <Text key={flow} size="sm">
            {t('flowStarts', { name, contacts, mails })}
          </Text>
        ))
      )}
    </div>
  );
}
