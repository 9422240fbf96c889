// What comes together besides the values: tags, consents, passages through flows, and all that happened.
import { Badge, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ContactRow } from '../../shared/api.ts';
import type { MergePreview } from '../../shared/contacts/merge.ts';
import { useTopicName } from '../contacts/topics.ts';

export function Consequences({ preview }: { preview: MergePreview<ContactRow> }) {
  const { t } = useTranslation('duplicates');
  const topicName = useTopicName();
  const { tags, consents, flows, belongings, survivor, other } = preview;
  const { events, orders, messages } = belongings.other;
  return (
    <dl className="merge-consequences">
      {tags.length > 0 && (
        <>
          <dt>{t('tags')}</dt>
          <dd>
            <Group gap={6}>
              {tags.map((tag) => (
                <Badge key={tag} variant="light" color="gray" radius="sm" tt="none">
                  {tag}
                </Badge>
              ))}
            </Group>
          </dd>
        </>
      )}
      <dt>{t('consents')}</dt>
      <dd>
        {consents.length === 0 && <Text size="sm">{t('noConsents')}</Text>}
        {consents.map(({ channel, topic, state }) => (
          <Text key={`${channel} ${topic}`} size="sm">
            {`${t(channel === 'sms' ? 'sms' : 'email')}${topic === '' ? '' : ` (${topicName(topic)})`}: ${t(`state.${state}`)}`}
          </Text>
        ))}
        {(survivor.suppressed || other.suppressed) && (
          <Text size="sm" c="var(--kanal-red)">
            {t('suppressedOne')}
          </Text>
        )}
      </dd>
      {flows.length > 0 && (
        <>
          <dt>{t('flows')}</dt>
          <dd>
            {flows.map(({ flow, name, keeps }) => (
              <Text key={flow} size="sm">
                {t(keeps === 'survivor' ? 'keepsSurvivor' : 'keepsOther', { flow: name })}
              </Text>
            ))}
          </dd>
        </>
      )}
      <dt>{t('history')}</dt>
      <dd>
        <Text size="sm">{t('moves', { events, orders, messages })}</Text>
      </dd>
    </dl>
  );
}
