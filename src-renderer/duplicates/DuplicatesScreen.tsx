// Contacts that may be one person: in groups, with what speaks for it; merged one by one or, where it is certain, all at once.
import { useState } from 'react';
import { Button, Center, Group, SegmentedControl, Text } from '@mantine/core';
import { IconArrowsJoin, IconHistory, IconRefresh } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ContactRow } from '../../shared/api.ts';
import { GRADES, type Grade } from '../../shared/contacts/duplicates.ts';
import type { DuplicateGroup } from '../../shared/contacts/merge.ts';
import { go } from '../app/routes.ts';
import { TopBar } from '../app/TopBar.tsx';
import { useFormats } from '../app/workspace.tsx';
import { useAct, useCall } from '../backend.ts';
import { Confirm } from '../ui/Confirm.tsx';
import { Empty } from '../ui/Empty.tsx';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';
import { GroupCard } from './GroupCard.tsx';
import { MergeDialog } from './MergeDialog.tsx';
import { PastMerges } from './PastMerges.tsx';
import './duplicates.css';

const PAGE = 50;

export function DuplicatesScreen() {
  const { t } = useTranslation('duplicates');
  const formats = useFormats();
  const [grade, setGrade] = useState<Grade | null>(null);
  const [limit, setLimit] = useState(PAGE);
  const [merging, setMerging] = useState<DuplicateGroup<ContactRow> | null>(null);
  const [asking, setAsking] = useState<'certain' | 'past' | null>(null);
  const found = useCall('duplicates.list', { grade, limit }, ['contacts', 'duplicates']);
  const { act, busy } = useAct();
  const { data } = found;
  const counts = data?.counts;
  const all = counts === undefined ? 0 : counts.certain + counts.likely + counts.possible;

  async function lookAgain() {
    await act('duplicates.list', { again: true, limit: 1 });
    found.again();
  }

  async function mergeCertain() {
    const done = await act('duplicates.mergeCertain', {});
    setAsking(null);
    if (done !== undefined) setAsking('past');
    found.again();
  }

  return (
    <>
      <TopBar
        back={{ route: { screen: 'contacts' }, label: t('toContacts') }}
        title={t('title')}
        middle={
          counts !== undefined && (
            <Group gap="md" wrap="nowrap">
              <SegmentedControl
                size="xs"
                aria-label={t('which')}
                value={grade ?? 'all'}
                onChange={(value) => {
                  setGrade(GRADES.find((each) => each === value) ?? null);
                  setLimit(PAGE);
                }}
                data={[{ value: 'all', label: t('all', { count: all }) }, ...GRADES.map((each) => ({ value: each, label: t(`filter.${each}`, { count: counts[each] }) }))]}
              />
            </Group>
          )
        }
      >
        <Button variant="subtle" color="gray" leftSection={<IconHistory size={16} stroke={1.7} />} onClick={() => setAsking('past')}>
          {t('past')}
        </Button>
        {counts !== undefined && counts.certain > 0 && (
          <Button leftSection={<IconArrowsJoin size={16} stroke={1.7} />} onClick={() => (grade === 'certain' ? setAsking('certain') : setGrade('certain'))}>
            {t('mergeCertain', { count: counts.certain })}
          </Button>
        )}
      </TopBar>
      <div className="screen-scroll">
        {found.state === 'loading' && <Loading />}
        {found.state === 'failed' && data === undefined && <Failed error={found.error} again={found.again} />}
        {data !== undefined && data.total === 0 && (
          <Empty
            drawing="people"
            action={
              <Button variant="default" onClick={() => (all === 0 ? go({ screen: 'contacts' }) : setGrade(null))}>
                {all === 0 ? t('toContacts') : t('showAll')}
              </Button>
            }
          >
            {all === 0 ? t('none') : t('noneOfGrade')}
          </Empty>
        )}
        {data !== undefined && data.total > 0 && (
          <div className="duplicates">
            <Group justify="space-between" gap="md">
              <Text size="sm" c="dimmed">
                {t(grade === 'certain' ? 'aboutCertain' : 'about')}
              </Text>
              <Button variant="subtle" color="gray" size="compact-sm" loading={busy} leftSection={<IconRefresh size={14} stroke={1.7} />} onClick={() => void lookAgain()} title={t('lookedAt', { when: formats.dateTime(data.foundAt) })}>
                {t('again')}
              </Button>
            </Group>
            {data.groups.map((group) => (
              <GroupCard key={group.contacts.map(({ id }) => id).join('-')} group={group} onMerge={() => setMerging(group)} />
            ))}
            {data.total > data.groups.length && (
              <Center>
                <Button variant="default" disabled={limit >= 200} onClick={() => setLimit(Math.min(200, limit + PAGE))}>
                  {limit >= 200 ? t('mergeFirst', { count: data.total - data.groups.length }) : t('more', { count: data.total - data.groups.length })}
                </Button>
              </Center>
            )}
          </div>
        )}
      </div>
      {merging !== null && <MergeDialog key={merging.contacts.map(({ id }) => id).join('-')} group={merging} onClose={() => setMerging(null)} />}
      <Confirm opened={asking === 'certain'} title={t('certainTitle', { count: counts?.certain ?? 0 })} verb={t('merge')} busy={busy} danger={false} onConfirm={() => void mergeCertain()} onClose={() => setAsking(null)}>
        {t('certainAsk')}
      </Confirm>
      <PastMerges opened={asking === 'past'} onClose={() => setAsking(null)} />
    </>
  );
}
