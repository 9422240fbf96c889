// The merges of the past, each with a way to take it back, and what taking it back has left as it was.
import { Anchor, Button, List, Modal, Table, Text } from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { MergeRow } from '../../shared/contacts/merge.ts';
import { useText } from '../app/i18n.ts';
import { addressOf } from '../app/routes.ts';
import { useFormats } from '../app/workspace.tsx';
import { useAct, useCall } from '../backend.ts';

export function PastMerges({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation('duplicates');
  const merges = useCall(opened ? 'merges.list' : null, { limit: 200 }, ['contacts', 'duplicates']);
  return (
    <Modal opened={opened} onClose={onClose} size={760} centered title={t('past')}>
      {merges.data?.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('pastNone')}
        </Text>
      )}
      {merges.data !== undefined && merges.data.length > 0 && (
        <Table verticalSpacing={8}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={150}>{t('when')}</Table.Th>
              <Table.Th>{t('what')}</Table.Th>
              <Table.Td w={170} />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {merges.data.map((row) => (
              <PastMerge key={row.id} row={row} />
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Modal>
  );
}

function PastMerge({ row }: { row: MergeRow }) {
  const { t } = useTranslation('duplicates');
  const text = useText();
  const formats = useFormats();
  const { act, busy } = useAct();
  const isUndone = row.undoneAt !== null;
  return (
    <Table.Tr>
      <Table.Td style={{ verticalAlign: 'top' }}>{formats.dateTime(row.at)}</Table.Td>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>
        <Text size="sm">{t('into', { name: row.mergedName })}</Text>
        <Anchor size="sm" href={addressOf({ screen: 'contact', id: row.survivor })}>
          {row.survivorName}
        </Anchor>
        {isUndone && (
          <Text size="sm" c="dimmed">
            {t('undoneAt', { when: formats.dateTime(row.undoneAt ?? 0) })}
          </Text>
        )}
        {row.kept.length > 0 && (
          <List size="sm">
            {row.kept.map((kept, index) => (
              <List.Item key={index}>{text(kept)}</List.Item>
            ))}
          </List>
        )}
      </Table.Td>
      <Table.Td ta="right" style={{ verticalAlign: 'top' }}>
        {!isUndone && (
          <Button
            variant="default"
            size="compact-md"
            loading={busy}
            disabled={!row.canUndo}
            title={row.canUndo ? undefined : t('laterFirst')}
            leftSection={<IconArrowBackUp size={15} stroke={1.7} />}
            onClick={() => void act('merges.undo', { merge: row.id }, t('undone'))}
          >
            {t('undoThis')}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
