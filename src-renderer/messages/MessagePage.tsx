// The screen of one message.
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TopBar } from '../app/TopBar.tsx';
import { MessageEditor } from './MessageEditor.tsx';

export default function MessagePage({ messageKey }: { messageKey: string }) {
  const { t } = useTranslation('messages');
  const [name, setName] = useState(messageKey);
  return (
    <>
      <TopBar back={{ route: { screen: 'messages' }, label: t('title') }} title={name} />
      <MessageEditor messageKey={messageKey} onName={setName} />
    </>
  );
}
