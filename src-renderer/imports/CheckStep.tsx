// Reads the whole file without writing anything, and shows which rows would not come in, each with its line and the reason.
import { useEffect, useState } from 'react';
import { Button, Chip, Group, Stack, Table, Text } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useText } from '../app/i18n.ts';
import { useFormats } from '../app/workspace.tsx';
import { FileProgress } from './FileProgress.tsx';
import { previewImport, useImport } from './import-store.ts';

type Kind = 'rejected' | 'skipped' | 'suppressed';
type Row = { line: number; name: string; kind: Kind; reasons: string[] };

const TONES: Record<Kind, string> = { rejected: 'var(--kanal-red)', skipped: 'var(--kanal-amber)', suppressed: 'var(--kanal-caption)' };

/** Starts a preview unless there is one; what was stopped or has failed is begun again by hand. */
export function usePreview() {
  const { preview, previewing } = useImport();
  useEffect(() => void previewImport(), []);
  return { preview, previewing };
}

export function CheckStep() {
  const { t } = useTranslation('imports');
  const text = useText();
  const formats = useFormats();
  const { preview, previewing } = usePreview();
  const [kind, setKind] = useState<Kind | 'all'>('all');
  if (previewing !== null) return <FileProgress title={t('checking')} progress={previewing.progress} />;
  if (preview === null) {
    return (
      <Button variant="default" onClick={() => void previewImport()}>
        {t('checkAgain')}
      </Button>
    );
  }
  const { counts, notTaken, suppressed } = preview;
  const rows: Row[] = [
    ...notTaken.map(({ line, name, outcome, reasons }) => ({ line, name, kind: outcome, reasons: reasons.map(text) })),
    ...suppressed.map(({ line, name }) => ({ line, name, kind: 'suppressed' as const, reasons: [t('suppressedRow')] })),
  ].toSorted((a, b) => a.line - b.line);
  const kinds = (['rejected', 'skipped', 'suppressed'] as const).filter((each) => counts[each] > 0);
  const shown = rows.filter((row) => kind === 'all' || row.kind === kind);
  const all = counts.rejected + counts.skipped + counts.suppressed;

  return (
    <Stack gap="lg">
      <Text fw={600}>{t('checked', { count: counts.rows, good: counts.rows - counts.rejected - counts.skipped })}</Text>
      {all === 0 ? (
        <Group gap={8}>
          <IconCircleCheck size={18} stroke={1.7} color="var(--kanal-green)" aria-hidden />
          <Text>{t('nothingWrong')}</Text>
        </Group>
      ) : (
        <>
          <Chip.Group value={kind} onChange={(value) => typeof value === 'string' && setKind(value as Kind | 'all')}>
            <Group gap={6} role="group" aria-label={t('problemRows')}>
              <Chip value="all" size="xs" radius="sm">
                {t('kindOf.all', { count: all })}
              </Chip>
              {kinds.map((each) => (
                <Chip key={each} value={each} size="xs" radius="sm">
                  {t(`kindOf.${each}`, { count: counts[each] })}
                </Chip>
              ))}
            </Group>
          </Chip.Group>
          <div className="preview-table" tabIndex={0} role="region" aria-label={t('problemRows')}>
            <Table verticalSpacing={7}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th w={80}>{t('line')}</Table.Th>
                  <Table.Th w="26%">{t('who')}</Table.Th>
                  <Table.Th w={130}>{t('outcome')}</Table.Th>
                  <Table.Th>{t('reason')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {shown.map((row, index) => (
                  <Table.Tr key={index}>
                    <Table.Td>{formats.number(row.line)}</Table.Td>
                    <Table.Td style={{ overflowWrap: 'anywhere' }}>{row.name}</Table.Td>
                    <Table.Td c={TONES[row.kind]}>{t(`outcomeOf.${row.kind}`)}</Table.Td>
                    <Table.Td>{row.reasons.join(' ')}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </div>
          {rows.length < all && (
            <Text size="sm" c="dimmed">
              {t('firstOnly', { shown: rows.length, all })}
            </Text>
          )}
          {counts.rejected > 0 && (
            <Text size="sm" c="dimmed">
              {t('rejectsWill')}
            </Text>
          )}
        </>
      )}
    </Stack>
  );
}
