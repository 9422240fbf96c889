// Narrows the list by a rule, beside the list, which follows while the rule is written.
import { ActionIcon, Button, Group, ScrollArea, Title } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Rule } from '../../shared/contacts/rule.ts';
import { FieldSources } from '../fields/sources.tsx';
import { RuleBuilder } from '../fields/rule-builder.tsx';

type Props = { rule: Rule | null; onChange: (rule: Rule | null) => void; onClose: () => void };

export function FilterPanel({ rule, onChange, onClose }: Props) {
  const { t } = useTranslation('contact-list');
  return (
    <aside className="filter-panel" aria-label={t('filter')} onKeyDown={(event) => event.key === 'Escape' && !event.defaultPrevented && onClose()}>
      <Group justify="space-between" px="md" py="xs" wrap="nowrap">
        <Title order={2} fz="sm">
          {t('filterTitle')}
        </Title>
        <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t('closeFilter')} onClick={onClose}>
          <IconX size={15} />
        </ActionIcon>
      </Group>
      <ScrollArea flex={1} px="md" pb="md">
        <FieldSources>
          <RuleBuilder value={rule} onChange={onChange} />
        </FieldSources>
        {rule !== null && (
          <Button mt="md" size="xs" variant="default" onClick={() => onChange(null)}>
            {t('clearFilter')}
          </Button>
        )}
      </ScrollArea>
    </aside>
  );
}
