// What an edit would do before it is done: how many it changes, who is skipped because everything is so already, before and
// after of some, and the flows that would start.
import { Alert, Badge, Button, Checkbox, Group, List, Progress, Stack, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { BulkChange, BulkPreview, BulkProgress, BulkSample } from '../../shared/contacts/bulk-edit.ts';
import { useCall } from '../backend.ts';
import { useAttributes } from '../contacts/attributes.ts';
import { DialogFoot } from '../ui/DialogFoot.tsx';
import { useChangeWords } from './change-words.ts';

type Props = {
  changes: readonly BulkChange[];
  /** `null`: it is still being counted. */
  preview: BulkPreview | null;
  progress: BulkProgress | null;
  startFlows: boolean;
  onStartFlows: (on: boolean) => void;
  onBack: () => void;
  onApply: () => void;
};

export function PreviewStep({ changes, preview, progress, startFlows, onStartFlows, onBack, onApply }: Props) {
  const { t } = useTranslation('edits');
  const words = useChangeWords();
  if (preview === null) {
    return (
      <Stack gap="lg">
        <Progress value={progress === null || progress.total === 0 ? 100 : (100 * progress.done) / progress.total} animated aria-label={t('looking')} />
        <Group justify="space-between">
          <Text size="sm" role="status">
            {t('looking')}
          </Text>
          <Button variant="default" onClick={onBack}>
            {t('back')}
          </Button>
        </Group>
      </Stack>
    );
  }
  const { counts } = preview;
  return (
    <Stack gap="md">
      <Group gap="sm" role="status">
        <Badge size="lg" variant="light" tt="none">
          {t('changed', { count: counts.changed })}
        </Badge>
        <Badge size="lg" variant="light" color="gray" tt="none">
          {t('skipped', { count: counts.unchanged })}
        </Badge>
      </Group>
      {changes.length > 1 && (
        <List size="sm">
          {changes.map((change, index) => (
            <List.Item key={index}>{t('perChange', { change: words(change), count: preview.perChange[index] ?? 0 })}</List.Item>
          ))}
        </List>
      )}
      {preview.changed.length + preview.skipped.length > 0 && <Samples preview={preview} />}
      <Checkbox label={t('startFlows')} description={t('startFlowsHelp')} checked={startFlows} onChange={(event) => onStartFlows(event.currentTarget.checked)} />
      {startFlows && <Flows flows={preview.flows} />}
      <DialogFoot verb={t('apply', { count: counts.changed })} focus="verb" disabled={counts.changed === 0} away={t('back')} onAnswer={onApply} onClose={onBack} />
    </Stack>
  );
}

function Flows({ flows }: { flows: BulkPreview['flows'] }) {
  const { t } = useTranslation('edits');
  if (flows.length === 0) return <Text size="sm">{t('noFlows')}</Text>;
  return (
    <Alert color="amber" variant="light" p="sm">
      <List size="sm">
        {flows.map(({ flow, name, contacts, mails }) => (
          <List.Item key={flow}>{t('flowStarts', { name, contacts, mails })}</List.Item>
        ))}
      </List>
    </Alert>
  );
}

function Samples({ preview }: { preview: BulkPreview }) {
  const { t } = useTranslation('edits');
  return (
    <div className="preview-table" tabIndex={0} role="region" aria-label={t('samples')}>
      <Table verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('contact')}</Table.Th>
            <Table.Th>{t('effect')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {preview.changed.map((sample) => (
            <Table.Tr key={sample.contact}>
              <Table.Td w="38%" style={{ overflowWrap: 'anywhere', verticalAlign: 'top' }}>
                {sample.name}
              </Table.Td>
              <Table.Td>
                <Effect sample={sample} />
              </Table.Td>
            </Table.Tr>
          ))}
          {preview.skipped.map(({ contact, name }) => (
            <Table.Tr key={contact}>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{name}</Table.Td>
              <Table.Td c="dimmed">{t('skippedOne')}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function Effect({ sample }: { sample: BulkSample }) {
  const { t } = useTranslation('edits');
  const attributes = useAttributes();
  const segments = useCall('segments.list', { sizes: false }, ['segments']).data;
  const segment = (key: string) => segments?.find((each) => each.key === key)?.name ?? key;
  return (
    <Stack gap={2}>
      {Object.entries(sample.values).map(([key, [before, after]]) => (
        <Text key={key} size="sm" style={{ overflowWrap: 'anywhere' }}>
          {attributes.labelOf(key)}: <del className="value-before">{attributes.show(key, before) || t('empty')}</del> → <ins className="value-after">{attributes.show(key, after) || t('empty')}</ins>
        </Text>
      ))}
      {sample.addTags.map((tag) => (
        <Text key={`+${tag}`} size="sm">
          {t('words.addTag', { tag })}
        </Text>
      ))}
      {sample.removeTags.map((tag) => (
        <Text key={`-${tag}`} size="sm">
          {t('words.removeTag', { tag })}
        </Text>
      ))}
      {sample.enter.map((key) => (
        <Text key={`>${key}`} size="sm">
          {t('words.addToSegment', { segment: segment(key) })}
        </Text>
      ))}
      {sample.leave.map((key) => (
        <Text key={`<${key}`} size="sm">
          {t('words.removeFromSegment', { segment: segment(key) })}
        </Text>
      ))}
    </Stack>
  );
}
