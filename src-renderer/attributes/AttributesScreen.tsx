// The attributes of contacts in one place: what kind each is, how many have a value, what uses it; added, renamed, changed, removed.
import { useCallback, useState } from 'react';
import { ActionIcon, Anchor, Button, Code, Group, Menu, Popover, Stack, Table, Text, VisuallyHidden } from '@mantine/core';
import { IconDots, IconListDetails, IconPencil, IconPlus, IconSwitchHorizontal, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { AttributeOverview } from '../../shared/api.ts';
import { CONVERTIBLE } from '../../shared/contacts/conversion.ts';
import { useText } from '../app/i18n.ts';
import { useScreenKeys } from '../app/keys.ts';
import { addressOf } from '../app/routes.ts';
import { useAct, useCall } from '../backend.ts';
import { TopBar } from '../app/TopBar.tsx';
import { useFormats } from '../app/workspace.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { Listing } from '../ui/Listing.tsx';
import { AddAttribute } from './AddAttribute.tsx';
import { ChoicesDialog } from './ChoicesDialog.tsx';
import { KindDialog } from './KindDialog.tsx';
import { RenameAttribute } from './RenameAttribute.tsx';

type Asking = { what: 'rename' | 'choices' | 'kind' | 'remove'; attribute: AttributeOverview } | { what: 'add' };

export function AttributesScreen() {
  const { t } = useTranslation('attributes');
  const overview = useCall('attributes.overview', {}, ['attributes', 'contacts', 'flows', 'segments', 'messages', 'imports']);
  const { act, busy } = useAct();
  const [asking, setAsking] = useState<Asking | null>(null);
  const close = useCallback(() => setAsking(null), []);
  const chosen = asking === null || asking.what === 'add' ? null : asking.attribute;
  const is = (what: Asking['what']) => asking?.what === what;
  useScreenKeys({ new: { does: t('add'), run: () => setAsking({ what: 'add' }) } });

  async function remove(attribute: AttributeOverview) {
    await act('attributes.remove', { key: attribute.key }, t('removed', { attribute: attribute.label }));
    close();
  }

  return (
    <>
      <TopBar back={{ route: { screen: 'contacts' }, label: t('toContacts') }} title={t('title')}>
        <Button leftSection={<IconPlus size={16} stroke={1.7} />} onClick={() => setAsking({ what: 'add' })}>
          {t('add')}
        </Button>
      </TopBar>
      <Listing of={overview} empty={{ drawing: 'people', sentence: '', action: null }}>
        {(rows) => (
          <Table className="wide-table" verticalSpacing={8} horizontalSpacing="md">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('label')}</Table.Th>
                <Table.Th>{t('key')}</Table.Th>
                <Table.Th>{t('kind')}</Table.Th>
                <Table.Th ta="right">{t('filled')}</Table.Th>
                <Table.Th>{t('usedBy')}</Table.Th>
                <Table.Th w={110}>
                  <VisuallyHidden>{t('actions')}</VisuallyHidden>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((row) => (
                <AttributeRow key={row.key} row={row} onAsk={(what) => setAsking({ what, attribute: row })} />
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Listing>
      {is('add') && <AddAttribute taken={(overview.data ?? []).map(({ key }) => key)} onClose={close} />}
      {chosen !== null && is('rename') && <RenameAttribute attribute={chosen} onClose={close} />}
      {chosen !== null && is('choices') && <ChoicesDialog attribute={chosen} onClose={close} />}
      {chosen !== null && is('kind') && <KindDialog attribute={chosen} onClose={close} />}
      <Confirm opened={is('remove')} title={t('removeTitle', { attribute: chosen?.label ?? '' })} verb={t('remove')} busy={busy} onConfirm={() => chosen !== null && void remove(chosen)} onClose={close}>
        {t('removeAsk', { count: chosen?.filled ?? 0 })}
      </Confirm>
    </>
  );
}

type RowProps = { row: AttributeOverview; onAsk: (what: 'rename' | 'choices' | 'kind' | 'remove') => void };

function AttributeRow({ row, onAsk }: RowProps) {
  const { t } = useTranslation('attributes');
  const text = useText();
  const formats = useFormats();
  const label = row.standard ? text({ text: row.label }) : row.label;
  const hasChoices = row.kind === 'choice' || row.kind === 'choices';
  return (
    <Table.Tr>
      <Table.Td fw={600} style={{ overflowWrap: 'anywhere' }}>
        {label}
      </Table.Td>
      <Table.Td>
        <Code>{row.key}</Code>
      </Table.Td>
      <Table.Td>
        <Text size="sm">{t(`kind.${row.kind}`)}</Text>
        {hasChoices && (
          <Text fz="xs" c="dimmed" lineClamp={1} maw={240}>
            {(row.choices ?? []).length === 0 ? t('anyChoice') : (row.choices ?? []).join(', ')}
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="right">{formats.number(row.filled)}</Table.Td>
      <Table.Td>
        <Uses row={row} label={label} />
      </Table.Td>
      <Table.Td ta="right">
        {row.standard ? (
          <Text fz="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
            {t('standard')}
          </Text>
        ) : (
          <Menu position="bottom-end" width={230}>
            <Menu.Target>
              <ActionIcon variant="subtle" color="gray" aria-label={t('more', { attribute: label })}>
                <IconDots size={18} stroke={1.7} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconPencil size={16} stroke={1.6} />} onClick={() => onAsk('rename')}>
                {t('rename')}
              </Menu.Item>
              {hasChoices && (
                <Menu.Item leftSection={<IconListDetails size={16} stroke={1.6} />} onClick={() => onAsk('choices')}>
                  {t('editChoices')}
                </Menu.Item>
              )}
              {CONVERTIBLE[row.kind].length > 0 && (
                <Menu.Item leftSection={<IconSwitchHorizontal size={16} stroke={1.6} />} onClick={() => onAsk('kind')}>
                  {t('changeKind')}
                </Menu.Item>
              )}
              <Menu.Divider />
              <Menu.Item color="red" leftSection={<IconTrash size={16} stroke={1.6} />} onClick={() => onAsk('remove')}>
                {t('removeDots')}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

/** How many use it; opened, which. */
function Uses({ row, label }: { row: AttributeOverview; label: string }) {
  const { t } = useTranslation('attributes');
  const { flows, segments, messages, imports } = row.usedBy;
  const count = flows.length + segments.length + messages.length + imports.length;
  if (count === 0) return null;
  const uses = [
    ...flows.map(({ id, name }) => ({ name, kind: t('use.flow'), href: addressOf({ screen: 'flow', id }) })),
    ...segments.map(({ key, name }) => ({ name, kind: t('use.segment'), href: addressOf({ screen: 'segment', key }) })),
    ...messages.map(({ key, name }) => ({ name, kind: t('use.message'), href: addressOf({ screen: 'message', key }) })),
    ...imports.map(({ name }) => ({ name, kind: t('use.import'), href: addressOf({ screen: 'imports' }) })),
  ];
  return (
    <Popover position="bottom-start" width={320} trapFocus>
      <Popover.Target>
        <Anchor component="button" type="button" size="sm" c="var(--kanal-accent-text)" aria-label={t('showUses', { attribute: label, count })}>
          {t('uses', { count })}
        </Anchor>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap={6} mah={280} style={{ overflow: 'auto' }}>
          {uses.map(({ name, kind, href }, index) => (
            <Group key={index} gap="sm" wrap="nowrap" justify="space-between">
              <Anchor size="sm" href={href} truncate>
                {name}
              </Anchor>
              <Text fz="xs" c="dimmed">
                {kind}
              </Text>
            </Group>
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
