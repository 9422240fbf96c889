// Merges contacts that somebody has selected in the list, because they know that they are one person.
import { useState } from 'react';
import { Button } from '@mantine/core';
import { IconArrowsJoin } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ContactRow } from '../../shared/api.ts';
import { survivorFirst } from '../../shared/contacts/duplicates.ts';
import { call } from '../backend.ts';
import { showFailure } from '../app/notices.tsx';
import { MergeDialog } from './MergeDialog.tsx';
import './duplicates.css';

/** One after the other side by side: more than so many are no matter of looking. */
const MOST = 10;

/** A button where two to ten are selected; nothing otherwise. `onDone`: the dialog was closed. */
export function MergeSelected({ selected, onDone }: { selected: ReadonlySet<number>; onDone: () => void }) {
  const { t } = useTranslation('duplicates');
  const [contacts, setContacts] = useState<ContactRow[] | null>(null);
  const [busy, setBusy] = useState(false);
  if (contacts === null && (selected.size < 2 || selected.size > MOST)) return null;

  async function open() {
    setBusy(true);
    try {
      const found = await Promise.all([...selected].map((id) => call('contacts.get', { id })));
      setContacts(survivorFirst(found.map((row) => ({ ...row, isAnonymous: row.values['email'] === undefined && row.values['phone'] === undefined }))));
    } catch (error) {
      showFailure(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <Button size="xs" variant="default" loading={busy} leftSection={<IconArrowsJoin size={15} stroke={1.7} />} onClick={() => void open()}>
        {t('merge')}
      </Button>
      {contacts !== null && (
        <MergeDialog
          group={{ grade: 'certain', contacts, reasons: [] }}
          onClose={() => {
            setContacts(null);
            onDone();
          }}
        />
      )}
    </>
  );
}
