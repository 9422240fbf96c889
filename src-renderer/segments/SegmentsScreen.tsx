// The segments of the workspace: how many are in each, and what uses it.
import { useState } from 'react';
import { Anchor, Button, Menu, Table, Text, VisuallyHidden } from '@mantine/core';
import { IconPlus, IconUsers } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { SegmentRow } from '../../shared/api.ts';
import { useAct, useCall } from '../backend.ts';
import { askFor } from '../app/asked.ts';
import { useScreenKeys } from '../app/keys.ts';
import { addressOf, go } from '../app/routes.ts';
import { TopBar } from '../app/TopBar.tsx';
import { useFormats } from '../app/workspace.tsx';
import { Listing } from '../ui/Listing.tsx';
import { RowMenu } from '../ui/RowMenu.tsx';
import { useAgainWhileCounting } from './sizes.ts';
import { TemplateGallery } from './TemplateGallery.tsx';

export function SegmentsScreen() {
  const { t } = useTranslation('segments');
  const segments = useCall('segments.list', { sizes: 'known' }, ['segments', 'contacts', 'flows', 'attributes']);
  useAgainWhileCounting(segments, segments.data ?? []);
  const [choosing, setChoosing] = useState(false);
  const keys = useTranslation('keys').t;
  useScreenKeys({ new: { does: t('new'), run: () => setChoosing(true) }, edit: { does: keys('renameSegment'), run: renameFocused } });
  return (
    <>
      <TopBar title={t('title')}>
        <Button leftSection={<IconPlus size={16} stroke={1.9} />} onClick={() => setChoosing(true)}>
          {t('new')}
        </Button>
      </TopBar>
      <Listing
        of={segments}
        empty={{ drawing: 'people', sentence: t('empty'), action: <Button onClick={() => setChoosing(true)}>{t('new')}</Button> }}
      >
        {(items) => <SegmentTable segments={items} />}
      </Listing>
      <TemplateGallery opened={choosing} onClose={() => setChoosing(false)} />
    </>
  );
}

/** Opens the segment on whose row the focus is with its name to be typed; else the first one is gone to. */
function renameFocused(): void {
  const key = document.activeElement?.closest<HTMLElement>('[data-segment]')?.dataset['segment'];
  if (key === undefined) return document.querySelector<HTMLElement>('[data-segment] a')?.focus();
  askFor('edit');
  go({ screen: 'segment', key });
}

function SegmentTable({ segments }: { segments: SegmentRow[] }) {
  const { t } = useTranslation('segments');
  const formats = useFormats();
  return (
    <Table className="wide-table" highlightOnHover verticalSpacing={10} horizontalSpacing="lg">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('name')}</Table.Th>
          <Table.Th w={170}>{t('kind')}</Table.Th>
          <Table.Th w={120} ta="right">
            {t('size')}
          </Table.Th>
          <Table.Th w={320}>{t('usedBy')}</Table.Th>
          <Table.Th w={56}>
            <VisuallyHidden>{t('actions')}</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {segments.map((segment) => {
          const uses = [...segment.usedBy.flows, ...segment.usedBy.segments].map(({ name }) => name);
          return (
            <Table.Tr key={segment.key} data-segment={segment.key} onClick={() => go({ screen: 'segment', key: segment.key })} style={{ cursor: 'pointer' }}>
              <Table.Td>
                <Anchor
                  href={addressOf({ screen: 'segment', key: segment.key })}
                  fw={600}
                  c="inherit"
                  onClick={(event) => event.stopPropagation()}
                >
                  {segment.name}
                </Anchor>
              </Table.Td>
              <Table.Td>{t(segment.rule === null ? 'kind.fixed' : 'kind.rule')}</Table.Td>
              <Table.Td ta="right">
                {segment.problems.length > 0 ? (
                  <Text size="sm" c="var(--kanal-red)">
                    {t('broken')}
                  </Text>
                ) : (
                  <Text span inherit c={segment.outdated ? 'dimmed' : undefined} title={segment.outdated ? t('counting') : undefined}>
                    {segment.size === null ? '…' : formats.number(segment.size)}
                  </Text>
                )}
              </Table.Td>
              <Table.Td maw={320}>
                <Text size="sm" truncate c="dimmed" title={uses.join(', ')}>
                  {uses.length === 0 ? t('unused') : formats.list(uses)}
                </Text>
              </Table.Td>
              <Table.Td onClick={(event) => event.stopPropagation()}>
                <SegmentMenu segment={segment} />
              </Table.Td>
            </Table.Tr>
          );
        })}
      </Table.Tbody>
    </Table>
  );
}

function SegmentMenu({ segment: { key, name } }: { segment: SegmentRow }) {
  const { t } = useTranslation('segments');
  const { act, busy } = useAct();

  async function remove(): Promise<boolean> {
    // In use or not, the question has done its part: a refusal names what uses it.
    await act('segments.remove', { key }, t('removed', { name }));
    return true;
  }

  return (
    <RowMenu label={t('menu', { name })} remove={{ verb: t('remove'), title: t('removeTitle', { name }), ask: t('removeAsk') }} busy={busy} onRemove={remove}>
      <Menu.Item leftSection={<IconUsers size={16} stroke={1.6} />} onClick={() => go({ screen: 'contacts', segment: key })}>
        {t('showContacts')}
      </Menu.Item>
    </RowMenu>
  );
}
