// One contact: what is known, whether it may be written to, which flows it is in, and all that happened.
import { useState, type ReactNode } from 'react';
import { ActionIcon, Menu, Paper, Stack, Text, Title } from '@mantine/core';
import { IconBan, IconDots } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ContactDetail } from '../../shared/api.ts';
import { useAct, useCall } from '../backend.ts';
import { askFor } from '../app/asked.ts';
import { useScreenKeys } from '../app/keys.ts';
import { TopBar } from '../app/TopBar.tsx';
import { Confirm } from '../ui/Confirm.tsx';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';
import { PersonDialogs, PersonMenuItems, type PersonAsk } from '../privacy/PersonMenu.tsx';
import { ContactSegments } from '../segments/ContactSegments.tsx';
import { useAttributes } from './attributes.ts';
import { AttributeList } from './AttributeList.tsx';
import { ConsentCard } from './ConsentCard.tsx';
import { contactTitle } from './contact-name.ts';
import { ContactTabs } from './ContactTabs.tsx';
import { InFlows } from './InFlows.tsx';
import { TagEditor } from './TagEditor.tsx';

export function ContactPage({ id }: { id: number }) {
  const { t } = useTranslation('contacts');
  const attributes = useAttributes();
  const contact = useCall('contacts.get', { id }, ['contacts', 'counts', 'flows']);
  const data = contact.data;
  useScreenKeys({ new: { does: t('add'), run: () => askFor('addContact') } });
  return (
    <>
      <TopBar back={{ route: { screen: 'contacts' }, label: t('title') }} title={data === undefined ? t('contact') : contactTitle(data)}>
        {data !== undefined && <ContactMenu contact={data} />}
      </TopBar>
      <div className="screen-scroll">
        {contact.state === 'loading' && <Loading />}
        {contact.state === 'failed' && data === undefined && <Failed error={contact.error} again={contact.again} />}
        {data !== undefined && (
          <div className="contact-page">
            <Stack gap="lg" miw={0}>
              <Card title={t('section.attributes')}>
                <AttributeList contact={data} attributes={attributes} />
              </Card>
              <Card title={t('column.tags')}>
                <TagEditor contact={data} />
              </Card>
              <Card title={t('section.flows')}>
                <InFlows contact={data} />
              </Card>
              <Card title={t('column.consent')}>
                <ConsentCard contact={data} />
              </Card>
              <Card title={t('section.segments')}>
                <ContactSegments contact={data.id} />
              </Card>
            </Stack>
            <section aria-label={t('section.timeline')} style={{ minWidth: 0 }}>
              <ContactTabs key={id} id={id} attributes={attributes} />
            </section>
          </div>
        )}
      </div>
    </>
  );
}

function Card({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper withBorder p="lg" component="section">
      <Title order={2} fz="sm" mb="sm">
        {title}
      </Title>
      {children}
    </Paper>
  );
}

function ContactMenu({ contact }: { contact: ContactDetail }) {
  const { t } = useTranslation('contacts');
  const { act, busy } = useAct();
  const [asking, setAsking] = useState(false);
  const [personAsk, setPersonAsk] = useState<PersonAsk | null>(null);
  const address = typeof contact.values['email'] === 'string' ? contact.values['email'] : '';

  async function suppress() {
    if ((await act('contacts.suppress', { address, reason: 'user' }, t('suppressed', { address }))) !== undefined) setAsking(false);
  }

  return (
    <>
      {contact.suppressed && (
        <Text size="sm" c="var(--kanal-red)">
          {t('consent.suppressed')}
        </Text>
      )}
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('more')}>
            <IconDots size={18} stroke={1.7} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item color="red" disabled={contact.suppressed || address === ''} leftSection={<IconBan size={16} stroke={1.6} />} onClick={() => setAsking(true)}>
            {t('suppress')}
          </Menu.Item>
          <Menu.Divider />
          <PersonMenuItems onAsk={setPersonAsk} />
        </Menu.Dropdown>
      </Menu>
      <Confirm opened={asking} title={t('suppress')} verb={t('suppress')} busy={busy} onConfirm={() => void suppress()} onClose={() => setAsking(false)}>
        {t('suppressAsk', { address })}
      </Confirm>
      <PersonDialogs ask={personAsk} contact={{ id: contact.id, name: contactTitle(contact) }} onClose={() => setPersonAsk(null)} />
    </>
  );
}
