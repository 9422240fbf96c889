// One group of contacts that may be one person: who they are, and what speaks for it.
import { Anchor, Badge, Button, Group, Table, Text } from '@mantine/core';
import { IconArrowsJoin } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ContactRow } from '../../shared/api.ts';
import type { DuplicateGroup } from '../../shared/contacts/merge.ts';
import { useText } from '../app/i18n.ts';
import { addressOf } from '../app/routes.ts';
import { useFormats } from '../app/workspace.tsx';
import { useAct } from '../backend.ts';
import { contactTitle } from '../contacts/contact-name.ts';
import { ConsentText } from '../contacts/ConsentText.tsx';
import { showUndoable } from '../app/undo-notice.tsx';

const COLOURS = { certain: 'canal', likely: 'amber', possible: 'gray' } as const;

export function GroupCard({ group, onMerge }: { group: DuplicateGroup<ContactRow>; onMerge: () => void }) {
  const { t } = useTranslation('duplicates');
  const text = useText();
  const formats = useFormats();
  const { act, busy } = useAct();
  const { contacts, grade, reasons } = group;
  const ids = contacts.map(({ id }) => id);

  async function keepApart() {
    const done = await act('duplicates.keepApart', { contacts: ids });
    if (done === undefined) return;
    showUndoable(t('keptApart'), () => void act('duplicates.keepApart', { contacts: ids, apart: false }));
  }

  return (
    <section className="duplicate-group" aria-label={contacts.map(contactTitle).join(', ')}>
      <Group justify="space-between" align="flex-start" gap="md" mb={6}>
        <div style={{ flex: '1 1 260px' }}>
          <Badge variant="light" color={COLOURS[grade]} radius="sm" tt="none">
            {t(`grade.${grade}`)}
          </Badge>
          <ul className="duplicate-reasons">
            {reasons.map((reason, index) => (
              <li key={index}>{text(reason)}</li>
            ))}
          </ul>
        </div>
        <Group gap="sm" wrap="nowrap">
          <Button variant="subtle" color="gray" loading={busy} onClick={() => void keepApart()}>
            {t('apart')}
          </Button>
          <Button variant="default" leftSection={<IconArrowsJoin size={16} stroke={1.7} />} onClick={onMerge}>
            {t('compare')}
          </Button>
        </Group>
      </Group>
      <Table verticalSpacing={6} layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="24%">{t('column.name')}</Table.Th>
            <Table.Th w="30%">{t('column.email')}</Table.Th>
            <Table.Th w="16%">{t('column.phone')}</Table.Th>
            <Table.Th w="16%">{t('column.consent')}</Table.Th>
            <Table.Th w="14%">{t('column.added')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {contacts.map((contact, index) => (
            <Table.Tr key={contact.id}>
              <Table.Td>
                <Anchor size="sm" href={addressOf({ screen: 'contact', id: contact.id })}>
                  {contactTitle(contact)}
                </Anchor>
                {index === 0 && (
                  <Text fz="xs" c="dimmed">
                    {t('stays')}
                  </Text>
                )}
              </Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{String(contact.values['email'] ?? '')}</Table.Td>
              <Table.Td>{String(contact.values['phone'] ?? '')}</Table.Td>
              <Table.Td>
                <ConsentText row={contact} />
              </Table.Td>
              <Table.Td>{formats.date(contact.addedAt)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </section>
  );
}
