// Puts contacts into a fixed set: one by name, or everybody who meets a rule now.
import { useState } from 'react';
import { Divider, Modal, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Rule } from '../../shared/contacts/rule.ts';
import { useAct } from '../backend.ts';
import { FieldSources } from '../fields/sources.tsx';
import { RuleBuilder } from '../fields/rule-builder.tsx';
import { ContactPick } from '../messages/ContactPick.tsx';
import { DialogFoot } from '../ui/DialogFoot.tsx';

type Props = { opened: boolean; segment: string; onClose: () => void };

export function AddMembers({ opened, segment, onClose }: Props) {
  const { t } = useTranslation('segments');
  return (
    <Modal opened={opened} onClose={onClose} title={t('addMembers')} size="lg" centered>
      <FieldSources>
        <AddForm segment={segment} onClose={onClose} />
      </FieldSources>
    </Modal>
  );
}

function AddForm({ segment, onClose }: Omit<Props, 'opened'>) {
  const { t } = useTranslation('segments');
  const { act, busy } = useAct();
  const [contact, setContact] = useState<number | null>(null);
  const [rule, setRule] = useState<Rule | null>(null);

  async function add() {
    const answer = await act('segments.members', { key: segment, add: contact === null ? [] : [contact], addRule: rule });
    if (answer !== undefined) onClose();
  }

  return (
    <Stack gap="md">
      <div>
        <Text size="sm" fw={500} mb={4}>
          {t('addOne')}
        </Text>
        <ContactPick value={contact} onChange={setContact} />
      </div>
      <Divider label={t('addByRule')} labelPosition="left" />
      <RuleBuilder value={rule} onChange={setRule} />
      <DialogFoot verb={t('add')} busy={busy} disabled={contact === null && rule === null} onAnswer={() => void add()} onClose={onClose} />
    </Stack>
  );
}
