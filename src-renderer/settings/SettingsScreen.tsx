// The settings, in six parts: the workspace, the account that mails go out by, when they may leave, calendars, what people may ask for, and this window.
import { Button, Tabs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ErrorBoundary } from '../app/ErrorBoundary.tsx';
import { useTabKeys } from '../app/keys.ts';
import { addressOf, go, SETTINGS_SECTIONS, type SettingsSection } from '../app/routes.ts';
import { TopBar } from '../app/TopBar.tsx';
import { CalendarSettings } from '../calendars/CalendarSettings.tsx';
import { PrivacySettings } from '../privacy/PrivacySettings.tsx';
import { SendingRules } from './SendingRules.tsx';
import { SendingSettings } from './SendingSettings.tsx';
import { WindowSettings } from './WindowSettings.tsx';
import { WorkspaceSettings } from './WorkspaceSettings.tsx';

export function SettingsScreen({ section }: { section: SettingsSection }) {
  const { t } = useTranslation('settings');
  const { t: tAudit } = useTranslation('audit');
  useTabKeys(SETTINGS_SECTIONS, section, (next) => go({ screen: 'settings', section: next }));
  return (
    <>
      <TopBar title={t('title')}>
        <Button component="a" variant="default" size="xs" href={addressOf({ screen: 'audit' })}>
          {tAudit('title')}
        </Button>
      </TopBar>
      <div className="screen-scroll">
        <Tabs value={section} onChange={(value) => go({ screen: 'settings', section: SETTINGS_SECTIONS.find((each) => each === value) ?? 'workspace' })} keepMounted={false}>
          <Tabs.List px="lg">
            {SETTINGS_SECTIONS.map((each) => (
              <Tabs.Tab key={each} value={each}>
                {t(`section.${each}`)}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {/* The tabs stay when another is chosen, and the focus with them; what breaks in one is no matter of the others. */}
          <ErrorBoundary key={section}>
            <div className="settings-page">
              <Tabs.Panel value="workspace">
                <WorkspaceSettings />
              </Tabs.Panel>
              <Tabs.Panel value="sending">
                <SendingSettings />
              </Tabs.Panel>
              <Tabs.Panel value="rules">
                <SendingRules />
              </Tabs.Panel>
              <Tabs.Panel value="calendars">
                <CalendarSettings />
              </Tabs.Panel>
              <Tabs.Panel value="privacy">
                <PrivacySettings />
              </Tabs.Panel>
              <Tabs.Panel value="window">
                <WindowSettings />
              </Tabs.Panel>
            </div>
          </ErrorBoundary>
        </Tabs>
      </div>
    </>
  );
}
