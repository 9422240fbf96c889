// Two contacts side by side: whose value is kept, attribute by attribute, and what else comes together. A larger group is merged
// one after the other into the contact that stays.
import { useState } from 'react';
import { Button, Group, Modal, Radio, Stack, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { ContactRow } from '../../shared/api.ts';
import type { DuplicateGroup, MergePreview } from '../../shared/contacts/merge.ts';
import { useAct, useCall } from '../backend.ts';
import { useAttributes } from '../contacts/attributes.ts';
import { contactTitle } from '../contacts/contact-name.ts';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';
import { Consequences } from './Consequences.tsx';
import { showUndoable } from '../app/undo-notice.tsx';

export function MergeDialog({ group, onClose }: { group: DuplicateGroup<ContactRow>; onClose: () => void }) {
  const { t } = useTranslation('duplicates');
  const [at, setAt] = useState(1);
  const [take, setTake] = useState<string[]>([]);
  const [survivor, ...others] = group.contacts;
  const other = others[at - 1];
  const pair = survivor === undefined || other === undefined ? null : { survivor: survivor.id, other: other.id };
  const preview = useCall(pair === null ? null : 'merges.preview', { survivor: pair?.survivor ?? 0, other: pair?.other ?? 0, take });
  const { act, busy } = useAct();

  function next() {
    setTake([]);
    if (at < others.length) setAt(at + 1);
    else onClose();
  }

  async function merge() {
    if (pair === null || other === undefined) return;
    const done = await act('merges.merge', { ...pair, take });
    if (done === undefined) return;
    showUndoable(t('merged', { name: contactTitle(other) }), () => void act('merges.undo', { merge: done.merge }, t('undone')));
    next();
  }

  const shown = preview.data !== undefined && preview.data.other.id === other?.id ? preview.data : undefined;
  return (
    <Modal opened onClose={onClose} size={880} centered title={others.length > 1 ? t('compareOf', { at, of: others.length }) : t('compareTitle')}>
      {shown === undefined && preview.state !== 'failed' && <Loading />}
      {shown === undefined && preview.state === 'failed' && <Failed error={preview.error} again={preview.again} />}
      {shown !== undefined && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void merge();
          }}
        >
          <Stack gap="md">
            <Text size="sm" c="dimmed">
              {t('compareAbout')}
            </Text>
            <SideBySide preview={shown} onTake={(key, on) => setTake(on ? [...take, key] : take.filter((each) => each !== key))} />
            <Consequences preview={shown} />
            <Group justify="flex-end" gap="sm">
              <Button variant="default" onClick={onClose}>
                {t('close')}
              </Button>
              {at < others.length && (
                <Button variant="default" onClick={next}>
                  {t('skip')}
                </Button>
              )}
              <Button type="submit" loading={busy} data-autofocus>
                {t('merge')}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}

type SideProps = { preview: MergePreview<ContactRow>; onTake: (key: string, on: boolean) => void };

function SideBySide({ preview, onTake }: SideProps) {
  const { t } = useTranslation('duplicates');
  const attributes = useAttributes();
  const { survivor, other, values } = preview;
  return (
    <div className="merge-sides" tabIndex={0} role="region" aria-label={t('compareTitle')}>
      <Table verticalSpacing={6} horizontalSpacing="md" layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th w="22%">{t('attribute')}</Table.Th>
            <Table.Th w="39%">
              {contactTitle(survivor)}
              <Text fz="xs" c="dimmed" fw={400}>
                {t('stays')}
              </Text>
            </Table.Th>
            <Table.Th w="39%">
              {contactTitle(other)}
              <Text fz="xs" c="dimmed" fw={400}>
                {t('goes')}
              </Text>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {values.map(({ key, survivor: own, other: theirs, chosen, differs }) => {
            const label = attributes.labelOf(key);
            const side = (which: 'survivor' | 'other', value: string) =>
              differs ? (
                <Radio
                  name={`merge-${key}`}
                  size="xs"
                  label={value}
                  aria-label={t('take', { attribute: label, value })}
                  checked={chosen === which}
                  onChange={() => onTake(key, which === 'other')}
                  styles={{ label: { overflowWrap: 'anywhere' } }}
                />
              ) : (
                <Text size="sm" c={chosen === which || own === theirs ? undefined : 'dimmed'} fw={chosen === which && own === null && which === 'other' ? 600 : undefined} style={{ overflowWrap: 'anywhere' }}>
                  {value === '' ? '–' : value}
                </Text>
              );
            return (
              <Table.Tr key={key} data-differs={differs || undefined}>
                <Table.Th scope="row">{label}</Table.Th>
                <Table.Td data-chosen={chosen === 'survivor' || undefined}>{side('survivor', attributes.show(key, own))}</Table.Td>
                <Table.Td data-chosen={chosen === 'other' || undefined}>{side('other', attributes.show(key, theirs))}</Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </div>
  );
}
