// Why an import cannot go on yet, and what to do about it.
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Attributes } from '../contacts/attributes.ts';
import type { Obstacle } from './plan-obstacles.ts';

export function ObstacleText({ obstacle, attributes }: { obstacle: Obstacle; attributes: Attributes }) {
  const { t } = useTranslation('imports');
  const sentence = {
    noKey: () => t('obstacle.noKey', { attribute: attributes.labelOf('key' in obstacle ? obstacle.key : 'email') }),
    twice: () => t('obstacle.twice', { attribute: attributes.labelOf('attribute' in obstacle ? obstacle.attribute : '') }),
    twoConsents: () => t('obstacle.twoConsents'),
    needs: () => t(`obstacle.needs.${'field' in obstacle && obstacle.kind === 'needs' ? obstacle.field : 'at'}`),
    fieldTwice: () => t('obstacle.fieldTwice'),
    noSource: () => t('consentSourceMissing'),
  }[obstacle.kind];
  return (
    <Text role="alert" c="var(--kanal-red)">
      {sentence()}
    </Text>
  );
}
