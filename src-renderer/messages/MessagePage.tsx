// The screen of one message.
import { useState } from 'react';
import { Button } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { addressOf } from '../app/routes.ts';
import { TopBar } from '../app/TopBar.tsx';
import { MessageEditor } from './MessageEditor.tsx';

export default function MessagePage({ messageKey }: { messageKey: string }) {
  const { t } = useTranslation('messages');
  const [name, setName] = useState(messageKey);
  return (
    <>
      <TopBar title={name}>
        <Button component="a" variant="default" href={addressOf({ screen: 'messages' })} leftSection={<IconArrowLeft size={16} stroke={1.7} />}>
          {t('title')}
        </Button>
      </TopBar>
      <MessageEditor messageKey={messageKey} onName={setName} />
    </>
  );
}
