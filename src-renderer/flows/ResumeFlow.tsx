// Lets a paused flow go on. Where things fell due meanwhile, it first asks what becomes of them, with the counts of each step.
import { Modal, Radio, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RESUME_CHOICES, type Overdue, type OverdueStep, type ResumeChoice } from '../../shared/flow/resuming.ts';
import { useText } from '../app/i18n.ts';
import { useFormats } from '../app/workspace.tsx';
import { useAct } from '../backend.ts';
import { DialogFoot } from '../ui/DialogFoot.tsx';

/** `resume` asks only where there is something to decide; `dialog` must be drawn. `done` is called when the flow runs again. */
export function useResume(flow: { id: number; name: string }, done: () => void = () => undefined) {
  const { t } = useTranslation('flows');
  const { act, busy } = useAct();
  const [overdue, setOverdue] = useState<Overdue | null>(null);

  async function goOn(choice: ResumeChoice) {
    if ((await act('flows.resume', { flow: flow.id, overdue: choice }, t('resumed', { name: flow.name }))) === undefined) return;
    setOverdue(null);
    done();
  }

  async function resume() {
    const found = await act('flows.overdue', { flow: flow.id });
    if (found === undefined) return;
    if (found.people + found.messages === 0) await goOn('rule');
    else setOverdue(found);
  }

  const dialog = (
    <Modal opened={overdue !== null} onClose={() => setOverdue(null)} title={t('resume.ask', { name: flow.name })} size="lg" closeButtonProps={{ 'aria-label': t('close') }}>
      {overdue !== null && <Question overdue={overdue} busy={busy} goOn={goOn} close={() => setOverdue(null)} />}
    </Modal>
  );
  return { resume, dialog, busy };
}

type Props = { overdue: Overdue; busy: boolean; goOn(choice: ResumeChoice): Promise<void>; close(): void };

function Question({ overdue, busy, goOn, close }: Props) {
  const { t } = useTranslation('flows');
  const formats = useFormats();
  const text = useText();
  const [choice, setChoice] = useState<ResumeChoice>('rule');
  const then = useThen();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void goOn(choice);
      }}
    >
      <Stack gap="md">
        <Text>{t('resume.since', { when: formats.dateTime(overdue.pausedAt ?? 0), people: overdue.people, messages: overdue.messages })}</Text>
        <Table verticalSpacing={4} fz="sm">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('resume.step')}</Table.Th>
              <Table.Th ta="right">{t('resume.people')}</Table.Th>
              <Table.Th ta="right">{t('resume.messages')}</Table.Th>
              <Table.Th>{t('resume.then')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {overdue.steps.map((each) => (
              <Table.Tr key={each.step}>
                <Table.Td>{text(each.title)}</Table.Td>
                <Table.Td ta="right">{formats.number(each.people)}</Table.Td>
                <Table.Td ta="right">{formats.number(each.messages)}</Table.Td>
                <Table.Td c="dimmed">{then(choice, each)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        <Radio.Group label={t('resume.choose')} value={choice} onChange={(value) => setChoice(value)}>
          <Stack gap="xs" mt="xs">
            {RESUME_CHOICES.map((each) => (
              <Radio key={each} value={each} label={t(`resume.${each}`)} description={t(`resume.${each}Help`)} data-autofocus={each === 'rule' || undefined} />
            ))}
          </Stack>
        </Radio.Group>
        <DialogFoot verb={t('resume')} busy={busy} onClose={close} />
      </Stack>
    </form>
  );
}

/** What a choice would make of what is overdue at a step, in words (FEATURES D5). */
function useThen(): (choice: ResumeChoice, step: OverdueStep) => string {
  const { t } = useTranslation('flows');
  return (choice, { people, messages, late, lateAction }) => {
    const goOn: Part = ['goOn', people];
    const parts: Record<ResumeChoice, Part[]> = {
      rule: [goOn, ['leave', messages - late], [lateAction === 'hold' ? 'held' : 'leftOut', late]],
      send: [goOn, ['leave', messages]],
      skip: [goOn, ['leftOut', messages]],
      shift: [['waitOn', people], ['later', messages]],
      exit: [['out', people + messages]],
    };
    return parts[choice].flatMap(([what, count]) => (count === 0 ? [] : [t(`resume.then.${what}`, { count })])).join('; ');
  };
}
type Part = ['goOn' | 'leave' | 'held' | 'leftOut' | 'waitOn' | 'later' | 'out', number];
