// What an import does or did, in numbers and words.
import { SimpleGrid, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ImportCounts, ImportKind } from '../../shared/contacts/import-plan.ts';
import { useFormats } from '../app/workspace.tsx';

const SHOWN = ['added', 'updated', 'unchanged', 'skipped', 'rejected', 'more'] as const;

export function Counts({ counts, kind = 'contacts' }: { counts: ImportCounts; kind?: ImportKind }) {
  const { t } = useTranslation('imports');
  const formats = useFormats();
  return (
    <div className="import-counts">
      <SimpleGrid cols={{ base: 3, md: 5 }} spacing="lg">
        {SHOWN.filter((name) => (name === 'skipped' ? kind === 'contacts' : name !== 'more' || counts.more !== undefined)).map((name) => (
          <div key={name}>
            <Text data-count fz={24} fw={600} lh={1.3} c={name === 'rejected' && counts.rejected > 0 ? 'var(--kanal-red)' : undefined}>
              {formats.number(counts[name] ?? 0)}
            </Text>
            <Text size="sm" c="dimmed">
              {t(`counts.${name}`)}
            </Text>
          </div>
        ))}
      </SimpleGrid>
      {counts.suppressed > 0 && (
        <Text size="sm" mt="lg">
          {t('counts.suppressed', { count: counts.suppressed })}
          {(counts.erased ?? 0) > 0 && ` ${t('counts.erased', { count: counts.erased ?? 0 })}`}
        </Text>
      )}
    </div>
  );
}
