// What the import would do to people, before it does it: how many, and some of them with their values before and after.
import { Group, Stack, Table, Text, Title } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { consentChannels, type FieldChange, type PreviewRow } from '../../shared/contacts/import-plan.ts';
import { useFormats } from '../app/workspace.tsx';
import { useAttributes, type Attributes } from '../contacts/attributes.ts';
import { useTopicName } from '../contacts/topics.ts';
import { NotRead, usePreview } from './CheckStep.tsx';
import { Counts } from './Counts.tsx';
import { FileProgress } from './FileProgress.tsx';
import { useImport } from './import-store.ts';
import { StartedFlows } from './RulesStep.tsx';

export function EffectStep() {
  const { t } = useTranslation('imports');
  const formats = useFormats();
  const attributes = useAttributes();
  const topicName = useTopicName();
  const plan = useImport((state) => state.plan);
  const { preview, previewing } = usePreview();
  if (plan === null) return null;
  if (previewing !== null) return <FileProgress title={t('checking')} progress={previewing.progress} />;
  if (preview === null) return <NotRead />;
  const channels = formats.list(consentChannels(plan).map((channel) => t(`channel.${channel}`)));
  return (
    <Stack gap="xl">
      <Stack gap="sm" maw={760}>
        <Text fw={600}>{t('forecast', { count: preview.counts.rows })}</Text>
        <Counts counts={preview.counts} kind={plan.kind} />
        {preview.fields > 0 && <Text size="sm">{t('fieldsChange', { count: preview.fields })}</Text>}
      </Stack>
      <Stack gap={4} maw={760}>
        {plan.kind === 'contacts' && (
          <Text size="sm" c="dimmed">
            {plan.consent === null ? t('willNotConsent') : plan.consent.topic === undefined ? t('willConsent', { channels, source: plan.consent.source }) : t('willConsentTopic', { channels, topic: topicName(plan.consent.topic), source: plan.consent.source })}
          </Text>
        )}
        {plan.tags.length > 0 && (
          <Text size="sm" c="dimmed">
            {t('willTag', { tags: formats.list(plan.tags) })}
          </Text>
        )}
        {plan.segment !== null && (
          <Text size="sm" c="dimmed">
            {t(plan.segment.mode === 'replace' ? 'willBeSegment' : 'willJoin', { segment: plan.segment.name })}
          </Text>
        )}
        {plan.startFlows ? (
          <StartedFlows />
        ) : (
          <Text size="sm" c="dimmed">
            {t('willNotStart')}
          </Text>
        )}
      </Stack>
      {preview.updated.length > 0 && <People title={t(plan.kind === 'orders' ? 'updatedSample.orders' : 'updatedSample', { count: preview.updated.length })} rows={preview.updated} attributes={attributes} showsBefore />}
      {preview.added.length > 0 && <People title={t('addedSample', { count: preview.added.length })} rows={preview.added} attributes={attributes} showsBefore={false} />}
    </Stack>
  );
}

type PeopleProps = { title: string; rows: PreviewRow[]; attributes: Attributes; showsBefore: boolean };

function People({ title, rows, attributes, showsBefore }: PeopleProps) {
  const { t } = useTranslation('imports');
  return (
    <section>
      <Title order={2} fz="sm" mb="sm">
        {title}
      </Title>
      <div className="preview-table" tabIndex={0} role="region" aria-label={title}>
        <Table verticalSpacing={7}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={80}>{t('line')}</Table.Th>
              <Table.Th w="26%">{t('who')}</Table.Th>
              <Table.Th>{showsBefore ? t('beforeAfter') : t('newValues')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={row.line} style={{ verticalAlign: 'top' }}>
                <Table.Td>{row.line}</Table.Td>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>{row.name}</Table.Td>
                <Table.Td>
                  <Stack gap={3}>
                    {row.changes.map((change) => (
                      <Change key={change.attribute} change={change} attributes={attributes} showsBefore={showsBefore} />
                    ))}
                    {row.tags.length > 0 && <Text size="sm">{t('getsTags', { tags: row.tags.join(', ') })}</Text>}
                    {row.consents.map(({ channel, given }) => (
                      <Text key={channel} size="sm">
                        {t(given ? 'consentGiven' : 'consentWithdrawn', { channel: t(`channel.${channel}`) })}
                      </Text>
                    ))}
                  </Stack>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </section>
  );
}

type ChangeProps = { change: FieldChange; attributes: Attributes; showsBefore: boolean };

function Change({ change, attributes, showsBefore }: ChangeProps) {
  const { t } = useTranslation('imports');
  const known = attributes.list.find(({ key }) => key === change.attribute);
  const worded = (value: string | null) => {
    if (value === null) return t('emptyValue');
    return known?.kind === 'yesNo' || value === 'true' || value === 'false' ? attributes.show(change.attribute, value === 'true') : value;
  };
  return (
    <Group gap={6} wrap="nowrap" align="baseline">
      <Text size="sm" c="dimmed" w={190} flex="none" style={{ overflowWrap: 'anywhere' }}>
        {known?.label ?? change.label}
      </Text>
      {showsBefore && (
        <>
          <Text size="sm" c={change.before === null ? 'dimmed' : undefined} td={change.before === null ? undefined : 'line-through'} style={{ overflowWrap: 'anywhere' }}>
            {worded(change.before)}
          </Text>
          <IconArrowRight size={13} style={{ flex: 'none', alignSelf: 'center' }} aria-label={t('becomes')} />
        </>
      )}
      <Text size="sm" fw={showsBefore ? 600 : undefined} style={{ overflowWrap: 'anywhere' }}>
        {worded(change.after)}
      </Text>
    </Group>
  );
}
