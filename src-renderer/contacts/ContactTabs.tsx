// What has happened between the workspace and one contact: pinned notes on top, then timeline, notes, tasks, orders and messages.
import { useState } from 'react';
import { Badge, Tabs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useTabKeys } from '../app/keys.ts';
import { useCall } from '../backend.ts';
import { ContactTasks } from '../tasks/ContactTasks.tsx';
import '../tasks/tasks.css';
import type { Attributes } from './attributes.ts';
import { ContactMessages } from './ContactMessages.tsx';
import { ContactNotes, OneNote } from './ContactNotes.tsx';
import { ContactOrders } from './ContactOrders.tsx';
import { Timeline } from './Timeline.tsx';

const TABS = ['timeline', 'notes', 'tasks', 'orders', 'messages'] as const;
type Tab = (typeof TABS)[number];

export function ContactTabs({ id, attributes }: { id: number; attributes: Attributes }) {
  const { t } = useTranslation('contact-page');
  const [tab, setTab] = useState<Tab>('timeline');
  useTabKeys(TABS, tab, setTab);
  const notes = useCall('notes.list', { contact: id }, ['contacts', 'counts']).data ?? [];
  const openTasks = useCall('tasks.list', { contact: id, limit: 0 }, ['tasks', 'counts']).data?.total ?? 0;
  const orders = useCall('contacts.orders', { id, limit: 1 }, ['contacts', 'counts']).data?.count ?? 0;
  const counts: Partial<Record<Tab, number>> = { notes: notes.length, tasks: openTasks, orders };
  return (
    <>
      {tab !== 'notes' && notes.filter(({ pinned }) => pinned).map((note) => <OneNote key={note.id} note={note} />)}
      <Tabs value={tab} onChange={(value) => setTab((value ?? 'timeline') as Tab)} keepMounted={false}>
        <Tabs.List mb="md" aria-label={t('tabs')}>
          {TABS.map((each) => (
            <Tabs.Tab key={each} value={each} rightSection={(counts[each] ?? 0) > 0 ? <Badge size="sm" variant="light" circle={(counts[each] ?? 0) < 10}>{counts[each]}</Badge> : null}>
              {t(`tab.${each}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="timeline">
          <Timeline id={id} attributes={attributes} />
        </Tabs.Panel>
        <Tabs.Panel value="notes">
          <ContactNotes contact={id} notes={notes} />
        </Tabs.Panel>
        <Tabs.Panel value="tasks">
          <ContactTasks contact={id} />
        </Tabs.Panel>
        <Tabs.Panel value="orders">
          <ContactOrders id={id} />
        </Tabs.Panel>
        <Tabs.Panel value="messages">
          <ContactMessages id={id} />
        </Tabs.Panel>
      </Tabs>
    </>
  );
}
