// Ctrl+K: go anywhere, do anything, find a contact, a flow or a message by name.
import { useState, type KeyboardEvent, type ReactNode } from 'react';
import { Modal, useComputedColorScheme, useMantineColorScheme, VisuallyHidden } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { Spotlight } from '@mantine/spotlight';
import { IconAlertTriangle, IconArrowsJoin, IconBuilding, IconFileImport, IconHistory, IconLanguage, IconKeyboard, IconListCheck, IconListDetails, IconMail, IconMoon, IconPlayerPause, IconPlayerPlay, IconPlus, IconRoute, IconSearch, IconSend, IconSettings, IconSun, IconUser, IconUserPlus, IconUsers, IconUsersGroup } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { useAct, useCall } from '../backend.ts';
import { contactName } from '../contacts/contact-name.ts';
import { LANGUAGES, type Language } from '../../shared/language.ts';
import { chooseLanguage } from './i18n.ts';
import { go } from './routes.ts';
import { askFor } from './asked.ts';

type Command = { id: string; label: string; hint?: string; icon: ReactNode; run: () => void };

const icon = { size: 18, stroke: 1.6 } as const;

export function CommandPalette() {
  const { t } = useTranslation();
  const { t: tEdits } = useTranslation('edits');
  const { t: tAudit } = useTranslation('audit');
  const { t: tLive } = useTranslation('live-flows');
  const running = useCall('runner.status', {}, ['runner']).data?.running;
  const { act } = useAct();
  const [query, setQuery] = useState('');
  const typed = query.trim();
  const [search] = useDebouncedValue(typed, 150);
  const { setColorScheme } = useMantineColorScheme();
  const isDark = useComputedColorScheme('light') === 'dark';
  const asksPeople = search.length >= 2;
  const people = useCall(asksPeople ? 'contacts.list' : null, { search, limit: 6 }, ['contacts']);
  const flows = useCall('flows.list', {}, ['flows']);
  const messages = useCall('messages.list', {}, ['messages']);

  const tKeys = useTranslation('keys').t;
  const commands: Command[] = [
    { id: 'flows', label: t('rail.flows'), icon: <IconRoute {...icon} />, run: () => go({ screen: 'flows' }) },
    { id: 'contacts', label: t('rail.contacts'), icon: <IconUsers {...icon} />, run: () => go({ screen: 'contacts' }) },
    { id: 'segments', label: t('rail.segments'), icon: <IconUsersGroup {...icon} />, run: () => go({ screen: 'segments' }) },
    { id: 'messages', label: t('rail.messages'), icon: <IconMail {...icon} />, run: () => go({ screen: 'messages' }) },
    { id: 'tasks', label: t('rail.tasks'), icon: <IconListCheck {...icon} />, run: () => go({ screen: 'tasks' }) },
    { id: 'outbox', label: t('rail.outbox'), icon: <IconSend {...icon} />, run: () => go({ screen: 'outbox' }) },
    { id: 'errors', label: tLive('errors.title'), icon: <IconAlertTriangle {...icon} />, run: () => go({ screen: 'errors' }) },
    ...(running === undefined ? [] : [{ id: 'stopAll', label: tLive(running ? 'stopAll' : 'startAll'), icon: running ? <IconPlayerPause {...icon} /> : <IconPlayerPlay {...icon} />, run: () => void act(running ? 'runner.stopAll' : 'runner.startAll', {}) }]),
    { id: 'audit', label: tAudit('title'), icon: <IconHistory {...icon} />, run: () => go({ screen: 'audit' }) },
    { id: 'settings', label: t('rail.settings'), icon: <IconSettings {...icon} />, run: () => go({ screen: 'settings', section: 'workspace' }) },
    { id: 'sending', label: t('palette.sending'), icon: <IconSettings {...icon} />, run: () => go({ screen: 'settings', section: 'sending' }) },
    ...(['rules', 'calendars', 'privacy', 'window'] as const).map((section) => ({ id: `settings-${section}`, label: t(`section.${section}`, { ns: 'settings' }), icon: <IconSettings {...icon} />, run: () => go({ screen: 'settings', section }) })),
    { id: 'newFlow', label: t('palette.newFlow'), icon: <IconPlus {...icon} />, run: () => askFor('newFlow') },
    { id: 'newMessage', label: t('palette.newMessage'), icon: <IconPlus {...icon} />, run: () => askFor('newMessage') },
    { id: 'addContact', label: t('palette.addContact'), icon: <IconUserPlus {...icon} />, run: () => askFor('addContact') },
    { id: 'attributes', label: tEdits('menu.attributes'), icon: <IconListDetails {...icon} />, run: () => go({ screen: 'attributes' }) },
    { id: 'companies', label: tEdits('menu.companies'), icon: <IconBuilding {...icon} />, run: () => go({ screen: 'companies' }) },
    { id: 'edits', label: tEdits('menu.past'), icon: <IconHistory {...icon} />, run: () => go({ screen: 'edits' }) },
    { id: 'imports', label: t('past', { ns: 'imports' }), icon: <IconHistory {...icon} />, run: () => go({ screen: 'imports' }) },
    { id: 'duplicates', label: t('title', { ns: 'duplicates' }), icon: <IconArrowsJoin {...icon} />, run: () => go({ screen: 'duplicates' }) },
    { id: 'import', label: t('palette.import'), icon: <IconFileImport {...icon} />, run: () => go({ screen: 'import' }) },
    { id: 'keys', label: tKeys('title'), icon: <IconKeyboard {...icon} />, run: () => askFor('keys') },
    { id: 'scheme', label: isDark ? t('palette.light') : t('palette.dark'), icon: isDark ? <IconSun {...icon} /> : <IconMoon {...icon} />, run: () => setColorScheme(isDark ? 'light' : 'dark') },
    ...Object.entries(LANGUAGES).map(([code, name]) => ({
      id: `language-${code}`,
      label: t('palette.language', { name }),
      icon: <IconLanguage {...icon} />,
      run: () => void chooseLanguage(code as Language),
    })),
  ];
  const found = (label: string) => label.toLocaleLowerCase().includes(typed.toLocaleLowerCase());
  const shown = commands.filter((command) => found(command.label));
  const shownFlows = typed === '' ? [] : (flows.data ?? []).filter((flow) => found(flow.name)).slice(0, 6);
  const shownMessages = typed === '' ? [] : (messages.data ?? []).filter((message) => found(message.name)).slice(0, 6);
  const shownPeople = asksPeople && search === typed ? (people.data?.rows ?? []) : [];
  const nothing = shown.length + shownFlows.length + shownMessages.length + shownPeople.length === 0;

  return (
    // Ctrl+K works in fields, too; but not in a mail's text, where it is the writer's.
    <Spotlight.Root tagsToIgnore={[]} query={query} onQueryChange={setQuery} scrollable maxHeight={420} closeOnActionTrigger transitionProps={{ duration: 100 }} overlayProps={{ blur: 0, backgroundOpacity: 0.35 }}>
      <VisuallyHidden>
        <Modal.Title>{t('palette.open')}</Modal.Title>
      </VisuallyHidden>
      <Spotlight.Search placeholder={t('palette.search')} aria-label={t('palette.search')} onKeyDown={runFirst} leftSection={<IconSearch size={18} stroke={1.6} />} />
      <Spotlight.ActionsList>
        {shownPeople.length > 0 && (
          <Spotlight.ActionsGroup label={t('rail.contacts')}>
            {shownPeople.map((row) => (
              <Spotlight.Action
                key={row.id}
                label={contactName(row.values) ?? String(row.values['email'] ?? row.id)}
                description={String(row.values['email'] ?? '')}
                leftSection={<IconUser {...icon} />}
                onClick={() => go({ screen: 'contact', id: row.id })}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {shownFlows.length > 0 && (
          <Spotlight.ActionsGroup label={t('rail.flows')}>
            {shownFlows.map((flow) => (
              <Spotlight.Action key={flow.id} label={flow.name} leftSection={<IconRoute {...icon} />} onClick={() => go({ screen: 'flow', id: flow.id })} />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {shownMessages.length > 0 && (
          <Spotlight.ActionsGroup label={t('rail.messages')}>
            {shownMessages.map((message) => (
              <Spotlight.Action key={message.key} label={message.name} leftSection={<IconMail {...icon} />} onClick={() => go({ screen: 'message', key: message.key })} />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {shown.length > 0 && (
          <Spotlight.ActionsGroup label={t('palette.commands')}>
            {shown.map((command) => (
              <Spotlight.Action key={command.id} label={command.label} leftSection={command.icon} onClick={command.run} />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {nothing && <Spotlight.Empty>{t('palette.nothing', { search: typed })}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

/** Enter does the first thing found, without an arrow key before it. */
function runFirst(event: KeyboardEvent<HTMLInputElement>): void {
  const palette = event.currentTarget.closest('[role=dialog]');
  if (event.key !== 'Enter' || event.currentTarget.value.trim() === '' || palette?.querySelector('.mantine-Spotlight-action[data-selected]') != null) return;
  palette?.querySelector<HTMLElement>('.mantine-Spotlight-action')?.click();
}
