// The rows with a problem, each with its reasons, what was most likely meant, and its cells to be typed anew.
import { useState, type KeyboardEvent } from 'react';
import { Button, Stack, Table, Text, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ImportPreview, ProblemGroup, ProblemRow, RowFinding } from '../../shared/contacts/import-plan.ts';
import { useText } from '../app/i18n.ts';
import { useFormats } from '../app/workspace.tsx';
import { mendCell, previewImport, useImport } from './import-store.ts';

/** More at once are slow to draw, and nobody mends them one by one. */
const MOST_SHOWN = 100;
const MOST_COLUMNS = 60;

type GridProps = { seen: ImportPreview; group: ProblemGroup | null };

const isOf = (group: ProblemGroup | null) => (finding: RowFinding) => group === null || (finding.severity === group.severity && finding.kind === group.kind && finding.column === group.column);

export function ProblemGrid({ seen, group }: GridProps) {
  const { t } = useTranslation('imports');
  const formats = useFormats();
  const plan = useImport((state) => state.plan);
  if (plan === null) return null;
  const rows = seen.problemRows.filter(({ findings }) => findings.some(isOf(group)));
  const shown = rows.slice(0, MOST_SHOWN);
  const all = group === null ? Math.max(rows.length, ...seen.problems.map(({ count }) => count)) : group.count;
  const width = Math.max(plan.columns.length, ...shown.map(({ cells }) => cells.length));
  // Of a very wide file the columns that come in, and those in which something is wrong.
  const isLooked = (position: number): boolean => width <= MOST_COLUMNS || plan.columns[position]?.target.kind !== 'ignore' || shown.some(({ findings }) => findings.some(({ column }) => column === position));
  const columns = Array.from({ length: width }, (_, position) => ({ position, header: plan.columns[position]?.header ?? t('columnBeyond', { number: position + 1 }) })).filter(({ position }) => isLooked(position)).slice(0, MOST_COLUMNS);
  return (
    <Stack gap={6}>
      <div className="preview-table problem-grid" tabIndex={0} role="region" aria-label={t('problemRows')}>
        <Table verticalSpacing={6} withColumnBorders>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={70}>{t('line')}</Table.Th>
              <Table.Th>{t('reason')}</Table.Th>
              {columns.map(({ position, header }) => (
                <Table.Th key={position}>{header}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((row) => (
              <GridRow key={row.line} row={row} columns={columns} expected={plan.columns.length} mends={plan.mends[row.line] ?? {}} group={group} />
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {shown.length < all && (
        <Text size="sm" c="dimmed">
          {t('firstOnly', { shown: shown.length, all })}
        </Text>
      )}
      <Text size="sm" c="dimmed">
        {t('mendHelp', { count: formats.number(shown.length) })}
      </Text>
    </Stack>
  );
}

type RowProps = { row: ProblemRow; columns: { position: number; header: string }[]; /** How many cells a row must have. */ expected: number; mends: Record<string, string>; group: ProblemGroup | null };

function GridRow({ row, columns, expected, mends, group }: RowProps) {
  const { t } = useTranslation('imports');
  const formats = useFormats();
  const text = useText();
  const { line, cells, findings } = row;
  return (
    <Table.Tr data-mended={Object.keys(mends).length > 0 || undefined}>
      <Table.Td>{formats.number(line)}</Table.Td>
      <Table.Td className="problem-reason">
        <Stack gap={4} align="flex-start">
          {findings.filter((finding) => group === null || isOf(group)(finding)).map((finding, index) => {
            const { severity, column, suggestion } = finding;
            const isTaken = column !== null && suggestion !== null && mends[column] === suggestion.text;
            return (
              <div key={index}>
                <Text size="sm" c={severity === 'error' ? 'var(--kanal-red)' : 'var(--kanal-amber)'}>
                  {text(finding.text)}
                </Text>
                {suggestion !== null && column !== null && !isTaken && (
                  <Button mt={2} size="compact-xs" variant="default" onClick={() => mendCell(line, column, suggestion.text)}>
                    {t('takeSuggestion', { text: suggestion.text })}
                  </Button>
                )}
              </div>
            );
          })}
        </Stack>
      </Table.Td>
      {columns.map(({ position, header }) => (
        <Table.Td key={position}>
          <Cell line={line} position={position} header={header} cell={cells[position] ?? ''} mended={mends[position]} isWrong={findings.some(({ column, severity }) => column === position && severity === 'error') || (cells.length < expected ? position >= cells.length && position < expected : position >= expected && position < cells.length)} />
        </Table.Td>
      ))}
    </Table.Tr>
  );
}

type CellProps = { line: number; position: number; header: string; cell: string; mended: string | undefined; isWrong: boolean };

/** A cell that is typed anew: Enter or leaving it keeps what was typed, Escape forgets it, Ctrl+Enter looks at the whole file again. */
function Cell({ line, position, header, cell, mended, isWrong }: CellProps) {
  const { t } = useTranslation('imports');
  const [draft, setDraft] = useState<string | null>(null);
  const value = draft ?? mended ?? cell;

  function keep() {
    if (draft !== null && draft !== (mended ?? cell)) mendCell(line, position, draft === cell && mended !== undefined ? null : draft);
    setDraft(null);
  }

  function press(event: KeyboardEvent) {
    if (event.key === 'Escape' && draft !== null) {
      event.stopPropagation();
      setDraft(null);
    }
    if (event.key !== 'Enter') return;
    // Enter keeps the cell here, and does not go on to the next step.
    event.preventDefault();
    keep();
    if (event.ctrlKey || event.metaKey) void previewImport();
  }

  return (
    <TextInput
      size="xs"
      variant={isWrong ? 'default' : 'unstyled'}
      className="problem-cell"
      data-wrong={isWrong || undefined}
      data-mended={mended !== undefined || undefined}
      aria-label={t('cellOf', { header, line })}
      aria-invalid={(isWrong && mended === undefined) || undefined}
      maxLength={10_000}
      title={value}
      value={value}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={keep}
      onKeyDown={press}
    />
  );
}

/** The rows that are left out on purpose, or whose people are never written to: nothing is to be mended there. */
export function LeftOut({ seen, kind }: { seen: ImportPreview; kind: 'skipped' | 'suppressed' }) {
  const { t } = useTranslation('imports');
  const text = useText();
  const formats = useFormats();
  const rows =
    kind === 'suppressed'
      ? seen.suppressed.map(({ line, name }) => ({ line, name, reasons: [t('suppressedRow')] }))
      : seen.notTaken.filter(({ outcome }) => outcome === 'skipped').map(({ line, name, reasons }) => ({ line, name, reasons: reasons.map(text) }));
  return (
    <Stack gap={6}>
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
            {rows.map((row, index) => (
              <Table.Tr key={index}>
                <Table.Td>{formats.number(row.line)}</Table.Td>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>{row.name}</Table.Td>
                <Table.Td c={kind === 'skipped' ? 'var(--kanal-amber)' : 'var(--kanal-caption)'}>{t(`outcomeOf.${kind}`)}</Table.Td>
                <Table.Td>{row.reasons.join(' ')}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {rows.length < seen.counts[kind] && (
        <Text size="sm" c="dimmed">
          {t('firstOnly', { shown: rows.length, all: seen.counts[kind] })}
        </Text>
      )}
    </Stack>
  );
}
