// Contacts of whom something was left as it is when a change was taken back, each with the reason.
import { Anchor, Table } from '@mantine/core';
import type { Text } from '../../shared/text.ts';
import { useText } from '../app/i18n.ts';
import { addressOf } from '../app/routes.ts';

export function KeptContacts({ label, kept }: { label: string; kept: readonly { contact: number; name: string; reason: Text }[] }) {
  const text = useText();
  return (
    <div className="preview-table" tabIndex={0} role="region" aria-label={label}>
      <Table verticalSpacing={6}>
        <Table.Tbody>
          {kept.map(({ contact, name, reason }, index) => (
            <Table.Tr key={index}>
              <Table.Td w="35%" style={{ overflowWrap: 'anywhere' }}>
                <Anchor size="sm" href={addressOf({ screen: 'contact', id: contact })}>
                  {name}
                </Anchor>
              </Table.Td>
              <Table.Td>{text(reason)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
