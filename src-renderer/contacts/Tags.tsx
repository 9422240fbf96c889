// Tags as pills. In a narrow place the first few are shown and the rest counted.
import { Group, Pill, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

export function Tags({ tags, most = 3 }: { tags: readonly string[]; most?: number }) {
  const { t } = useTranslation('contacts');
  const shown = tags.slice(0, most);
  return (
    <Group gap={4} wrap="nowrap" style={{ overflow: 'hidden' }}>
      {shown.map((tag) => (
        <Pill key={tag} size="sm" className="tag">
          {tag}
        </Pill>
      ))}
      {tags.length > shown.length && (
        <Text span fz="xs" c="dimmed" title={tags.slice(most).join(', ')}>
          {t('moreTags', { count: tags.length - shown.length })}
        </Text>
      )}
    </Group>
  );
}
