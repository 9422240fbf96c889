// How the file is read: each guess is a small choice above a live preview, in which a wrong one is seen at once ("SÃ¸ren").
import { Alert, Group, NumberInput, Select, Stack, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { fileReadingSchema, type FileReading } from '../../shared/contacts/import-plan.ts';
import { useText } from '../app/i18n.ts';
import { useFormats } from '../app/workspace.tsx';
import { nameOf } from '../ui/paths.ts';
import { KindChoice } from './KindChoice.tsx';
import { decideReading, readFile, useImport, type ReadingOverride } from './import-store.ts';

/** So many columns are drawn: a file may have ten thousand of them. */
const MOST_COLUMNS = 100;
const ENCODINGS = fileReadingSchema.shape.encoding.options;
const ENCODING_NAMES: Record<FileReading['encoding'], string> = {
  utf8: 'UTF-8',
  utf16le: 'UTF-16 LE',
  utf16be: 'UTF-16 BE',
  windows1252: 'Windows-1252',
  windows1250: 'Windows-1250',
  macintosh: 'Mac OS Roman',
  cp850: 'DOS (CP850)',
};

export function ReadStep() {
  const { t } = useTranslation('imports');
  const text = useText();
  const formats = useFormats();
  const { inspection, plan, file, override, busy } = useImport();
  if (inspection === null || plan === null || file === null) return null;
  const { reading } = plan;
  const again = (change: ReadingOverride) => void readFile(file, { ...override, ...change });
  const uneven = inspection.rows.filter((row) => row.length !== inspection.columns.length);
  // The cells of workbooks and cards are given: nothing is guessed about their bytes.
  const isText = inspection.sheets.length === 0 && !/\.(vcf|vcard)$/i.test(file);
  const columns = inspection.columns.slice(0, MOST_COLUMNS);
  const separators = [
    { value: ';', label: t('separator.semicolon') },
    { value: ',', label: t('separator.comma') },
    { value: '\t', label: t('separator.tab') },
    { value: '|', label: t('separator.bar') },
  ];
  const quotes = [
    { value: '"', label: t('quote.double') },
    { value: "'", label: t('quote.single') },
  ];

  return (
    <Stack gap="lg">
      <Group justify="space-between" gap="sm">
        <Text fw={600}>{nameOf(file)}</Text>
        <KindChoice />
      </Group>
      {inspection.importedBefore !== null && (
        <Alert color="amber" variant="light">
          {t('importedBefore', { when: formats.dateTime(inspection.importedBefore.at) })}
        </Alert>
      )}
      {!reading.sure && (
        <Alert color="amber" variant="light">
          {t('unsure')}
        </Alert>
      )}
      {uneven.length > 0 && (
        <Alert color="amber" variant="light">
          {t('otherCounts', { count: uneven.length, text: uneven[0]!.join(' · ').slice(0, 120) })}
        </Alert>
      )}
      {inspection.fault !== null && (
        <Alert color="red" variant="light">
          {text(inspection.fault.text)}
        </Alert>
      )}
      {inspection.rows.length === 0 && inspection.fault === null && (
        <Alert color="amber" variant="light">
          {t('noRowsBelow')}
        </Alert>
      )}
      <Group gap="md" align="flex-end">
        {inspection.sheets.length > 1 && (
          <Select w={170} size="xs" label={t('sheet')} disabled={busy} data={inspection.sheets} value={reading.sheet ?? inspection.sheets[0]!} allowDeselect={false} onChange={(sheet) => sheet !== null && again({ sheet })} />
        )}
        {isText && (
          <>
            <Select
              w={140}
              size="xs"
              label={t('encoding')}
              disabled={busy}
              data={ENCODINGS.map((value) => ({ value, label: ENCODING_NAMES[value] }))}
              value={reading.encoding}
              onChange={(encoding) => encoding !== null && again({ encoding })}
            />
            <Select w={130} size="xs" label={t('separator')} disabled={busy} data={separators} value={reading.separator} onChange={(separator) => separator !== null && again({ separator })} />
            <Select w={150} size="xs" label={t('quote')} disabled={busy} data={quotes} value={reading.quote} onChange={(quote) => quote !== null && again({ quote })} />
          </>
        )}
        <NumberInput
          w={160}
          size="xs"
          label={t('headerLine')}
          disabled={busy}
          min={0}
          max={100}
          value={reading.headerLine}
          onChange={(value) => typeof value === 'number' && value !== reading.headerLine && again({ headerLine: value })}
        />
        <Select
          w={140}
          size="xs"
          label={t('decimal')}
          data={[
            { value: ',', label: t('decimal.comma') },
            { value: '.', label: t('decimal.point') },
          ]}
          value={reading.decimal}
          onChange={(decimal) => decimal !== null && decideReading({ decimal })}
        />
        <Select
          w={180}
          size="xs"
          label={t('dateOrder')}
          data={[
            { value: 'dmy', label: t('dateOrder.dmy') },
            { value: 'mdy', label: t('dateOrder.mdy') },
            { value: 'ymd', label: t('dateOrder.ymd') },
          ]}
          value={reading.dateOrder}
          onChange={(order) => order !== null && decideReading({ dateOrder: order })}
        />
      </Group>
      <Text size="sm" c="dimmed">
        {t('previewHelp')}
        {columns.length < inspection.columns.length && ` ${t('firstColumns', { shown: columns.length, all: inspection.columns.length })}`}
      </Text>
      <div className="preview-table" tabIndex={0} role="region" aria-label={t('preview')} data-busy={busy || undefined}>
        <Table withColumnBorders verticalSpacing={5} fz="sm">
          <Table.Thead>
            <Table.Tr>
              {columns.map((column, index) => (
                <Table.Th key={index}>{column.header}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {inspection.rows.slice(0, 20).map((row, index) => (
              <Table.Tr key={index}>
                {columns.map((_, column) => (
                  <Table.Td key={column}>{row[column] ?? ''}</Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </Stack>
  );
}
