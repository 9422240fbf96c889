// Goes through a long list page by page, and says which part of it is shown. Nothing where all of it is.
import { Button, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';

type Props = { offset: number; /** How many a page has at the most. */ page: number; shown: number; total: number; onGo(offset: number): void };

export function Pages({ offset, page, shown, total, onGo }: Props) {
  const { t } = useTranslation();
  if (total <= page && offset === 0) return null;
  return (
    <Group p="lg" gap="sm">
      <Button size="xs" variant="default" disabled={offset === 0} onClick={() => onGo(Math.max(0, offset - page))}>
        {t('page.before')}
      </Button>
      <Button size="xs" variant="default" disabled={offset + page >= total} onClick={() => onGo(offset + page)}>
        {t('page.after')}
      </Button>
      <Text size="sm" c="dimmed" role="status">
        {t('page.range', { from: offset + 1, to: offset + shown, total })}
      </Text>
    </Group>
  );
}
