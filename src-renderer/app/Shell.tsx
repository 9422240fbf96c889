// The frame around every screen of a workspace: colour strip, top bar, rail, screen, status bar.
import { lazy, Suspense, useEffect, useState } from 'react';
import { ActionIcon, Center, Kbd, Loader, Tooltip } from '@mantine/core';
import { useHotkeys, useLocalStorage } from '@mantine/hooks';
import { spotlight } from '@mantine/spotlight';
import { IconLayoutSidebarLeftCollapse, IconLayoutSidebarLeftExpand, IconListCheck, IconMail, IconRoute, IconSearch, IconSend, IconSettings, IconUsers, IconUsersGroup } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { AttributesScreen } from '../attributes/AttributesScreen.tsx';
import { EditsScreen } from '../bulk-edits/EditsScreen.tsx';
import { AuditScreen } from '../audit/AuditScreen.tsx';
import { CompaniesScreen } from '../companies/CompaniesScreen.tsx';
import { CompanyPage } from '../companies/CompanyPage.tsx';
import { ContactPage } from '../contacts/ContactPage.tsx';
import { ContactsScreen } from '../contacts/ContactsScreen.tsx';
import { DuplicatesScreen } from '../duplicates/DuplicatesScreen.tsx';
import { ErrorsScreen } from '../errors/ErrorsScreen.tsx';
import { FlowsScreen } from '../flows/FlowsScreen.tsx';
import { openImports } from '../imports/import-store.ts';
import { ImportScreen } from '../imports/ImportScreen.tsx';
import { ImportsScreen } from '../imports/ImportsScreen.tsx';
import { MessagesScreen } from '../messages/MessagesScreen.tsx';
import { OutboxScreen } from '../outbox/OutboxScreen.tsx';
import { NewSegmentPage, SegmentPage } from '../segments/SegmentPage.tsx';
import { PeopleScreen } from '../people/PeopleScreen.tsx';
import { SegmentsScreen } from '../segments/SegmentsScreen.tsx';
import { SettingsScreen } from '../settings/SettingsScreen.tsx';
import { AwaySheet } from './AwaySheet.tsx';
import { TaskCount } from '../tasks/TaskCount.tsx';
import { TasksScreen } from '../tasks/TasksScreen.tsx';
import { CommandPalette } from './CommandPalette.tsx';
import { KeysHelp } from './KeysHelp.tsx';
import { DropTarget, takeDropped } from './DropTarget.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { Notes } from './Notes.tsx';
import { addressOf, go, useRoute, type Route } from './routes.ts';
import { StatusBar } from './StatusBar.tsx';
import { workspaceColour } from './theme.ts';
import { TopBarSlot } from './TopBar.tsx';
import { useWorkspace } from './workspace.tsx';
import { WorkspaceMenu } from './WorkspaceMenu.tsx';

// The two editors are large and not needed to show the window.
const FlowEditor = lazy(() => import('../flow-editor/FlowEditor.tsx'));
const MessagePage = lazy(() => import('../messages/MessagePage.tsx'));

const RAIL = [
  { screen: 'flows', label: 'rail.flows', icon: IconRoute, holds: ['flows', 'flow', 'people'], route: { screen: 'flows' } },
  { screen: 'contacts', label: 'rail.contacts', icon: IconUsers, holds: ['contacts', 'contact', 'duplicates', 'import', 'imports', 'edits', 'attributes', 'companies', 'company'], route: { screen: 'contacts' } },
  { screen: 'segments', label: 'rail.segments', icon: IconUsersGroup, holds: ['segments', 'segment', 'newSegment'], route: { screen: 'segments' } },
  { screen: 'messages', label: 'rail.messages', icon: IconMail, holds: ['messages', 'message'], route: { screen: 'messages' } },
  { screen: 'tasks', label: 'rail.tasks', icon: IconListCheck, holds: ['tasks'], route: { screen: 'tasks' } },
  { screen: 'outbox', label: 'rail.outbox', icon: IconSend, holds: ['outbox', 'errors'], route: { screen: 'outbox' } },
  { screen: 'settings', label: 'rail.settings', icon: IconSettings, holds: ['settings', 'audit'], route: { screen: 'settings', section: 'workspace' } },
] as const satisfies { screen: string; label: string; icon: unknown; holds: Route['screen'][]; route: Route }[];

export function Shell() {
  const { t } = useTranslation();
  const workspace = useWorkspace();
  const route = useRoute();
  const [slot, setSlot] = useState<HTMLElement | null>(null);
  const [narrow, setNarrow] = useLocalStorage({ key: 'kanal.narrowRail', defaultValue: false });
  useEffect(() => void openImports(workspace.file), [workspace.file]);
  useHotkeys([['mod+,', () => go({ screen: 'settings', section: 'workspace' })]], []);

  return (
    <TopBarSlot.Provider value={slot}>
      <div className="frame">
        <div className="frame-strip" style={{ background: workspaceColour(workspace.file) }} />
        <section className="frame-top" aria-label={t('topBar')}>
          <WorkspaceMenu />
          <div className="frame-slot" ref={setSlot} />
          <Tooltip label={<Kbd size="xs">{t('palette.keys')}</Kbd>}>
            <ActionIcon variant="subtle" color="gray" size="md" onClick={spotlight.open} aria-label={t('palette.open')}>
              <IconSearch size={17} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        </section>
        <section className="frame-notes" aria-label={t('notes')}>
          <Notes />
        </section>
        <nav className="frame-rail" data-narrow={narrow || undefined} aria-label={t('rail.label')}>
          {RAIL.map(({ screen, label, icon: Icon, holds, route: target }) => (
            <a
              key={screen}
              className="rail-link"
              href={addressOf(target)}
              title={narrow ? t(label) : undefined}
              aria-current={(holds as readonly string[]).includes(route.screen) ? 'page' : undefined}
            >
              <Icon size={18} stroke={1.6} aria-hidden />
              <span>{t(label)}</span>
              {screen === 'tasks' && <TaskCount />}
            </a>
          ))}
          <div style={{ flex: 1 }} />
          <button type="button" className="rail-link" onClick={() => setNarrow(!narrow)} aria-expanded={!narrow} title={narrow ? t('rail.widen') : undefined}>
            {narrow ? <IconLayoutSidebarLeftExpand size={18} stroke={1.6} aria-hidden /> : <IconLayoutSidebarLeftCollapse size={18} stroke={1.6} aria-hidden />}
            <span>{narrow ? t('rail.widen') : t('rail.narrow')}</span>
          </button>
        </nav>
        <main className="frame-screen">
          <ErrorBoundary key={route.screen === 'settings' ? route.screen : addressOf(route)}>
            <Suspense fallback={<Waiting />}>
              <Screen route={route} />
            </Suspense>
          </ErrorBoundary>
        </main>
        <StatusBar />
      </div>
      <CommandPalette />
      <KeysHelp />
      <AwaySheet />
      <DropTarget help={t('drop.help')} onFile={(file) => void takeDropped(file, t('drop.wrongKind', { name: file.name }))} />
    </TopBarSlot.Provider>
  );
}

function Waiting() {
  const { t } = useTranslation();
  return (
    <Center h="100%">
      <Loader size="sm" aria-label={t('loading')} />
    </Center>
  );
}

function Screen({ route }: { route: Route }) {
  switch (route.screen) {
    case 'flows':
      return <FlowsScreen />;
    case 'flow':
      return <FlowEditor flowId={route.id} onClose={() => go({ screen: 'flows' })} />;
    case 'people':
      return <PeopleScreen key={`${route.flow} ${route.view} ${route.step}`} flow={route.flow} view={route.view ?? 'inside'} step={route.step ?? null} />;
    case 'contacts':
      return <ContactsScreen segment={route.segment ?? null} />;
    case 'contact':
      return <ContactPage id={route.id} />;
    case 'duplicates':
      return <DuplicatesScreen />;
    case 'import':
      return <ImportScreen />;
    case 'imports':
      return <ImportsScreen />;
    case 'edits':
      return <EditsScreen />;
    case 'attributes':
      return <AttributesScreen />;
    case 'companies':
      return <CompaniesScreen />;
    case 'company':
      return <CompanyPage companyKey={route.key} />;
    case 'segments':
      return <SegmentsScreen />;
    case 'segment':
      return <SegmentPage segmentKey={route.key} />;
    case 'newSegment':
      return <NewSegmentPage from={route.from} />;
    case 'messages':
      return <MessagesScreen />;
    case 'message':
      return <MessagePage messageKey={route.key} />;
    case 'tasks':
      return <TasksScreen />;
    case 'outbox':
      return <OutboxScreen />;
    case 'audit':
      return <AuditScreen flow={route.flow ?? null} />;
    case 'errors':
      return <ErrorsScreen />;
    case 'settings':
      return <SettingsScreen section={route.section} />;
  }
}
