// "While you were away": after a long sleep nothing leaves before the user has said what becomes of what fell due (FAULTS F14). Where the
// clock is in doubt, it is asked whether it is right, also when nothing is overdue (F16).
import { Alert, Modal, NumberInput, Radio, Stack, Table, Text } from '@mantine/core';
import { IconClock } from '@tabler/icons-react';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { RETURN_CHOICES, type AwayReport, type ReturnChoice } from '../../shared/flow/resuming.ts';
import { useAct, useCall } from '../backend.ts';
import { DialogFoot } from '../ui/DialogFoot.tsx';
import { useQuestion } from './asked.ts';
import { useFormats } from './workspace.tsx';

export function AwaySheet() {
  const { t } = useTranslation('away');
  const { data: report } = useCall('runner.away', {}, ['runner', 'workspace']);
  // Put aside, it comes back with the next start; the status bar says all the while that nothing happens, and opens it again.
  const [later, setLater] = useState<number | null>(null);
  useQuestion('away', useCallback(() => setLater(null), []));
  const opened = report != null && later !== report.from;
  return (
    <Modal opened={opened} onClose={() => setLater(report?.from ?? null)} title={report?.clock === true ? t('clockTitle') : t('title')} size="lg" closeButtonProps={{ 'aria-label': t('later') }}>
      {report != null && <Sheet report={report} putOff={() => setLater(report.from)} />}
    </Modal>
  );
}

function Sheet({ report, putOff }: { report: AwayReport; putOff(): void }) {
  const { t } = useTranslation('away');
  const formats = useFormats();
  const { act, busy } = useAct();
  const [choice, setChoice] = useState<ReturnChoice>('rule');
  const [hours, setHours] = useState(4);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void act('runner.comeBack', { choice, spreadHours: choice === 'send' ? hours : 0 }, t('done'));
      }}
    >
      <Stack gap="md">
        {report.clock && (
          <Alert color="yellow" icon={<IconClock size={18} aria-hidden />}>
            {t('clockDoubt', { from: formats.dateTime(report.from), to: formats.dateTime(report.to) })}
          </Alert>
        )}
        {report.flows.length > 0 && <Overdue report={report} choice={choice} setChoice={setChoice} hours={hours} setHours={setHours} />}
        <DialogFoot verb={report.clock ? t('clockRight') : t('goOn')} busy={busy} away={t('later')} onClose={putOff} />
      </Stack>
    </form>
  );
}

type Choosing = { report: AwayReport; choice: ReturnChoice; setChoice(choice: ReturnChoice): void; hours: number; setHours(hours: number): void };

/** What is overdue, by flow, and what may become of it. */
function Overdue({ report, choice, setChoice, hours, setHours }: Choosing) {
  const { t } = useTranslation('away');
  const formats = useFormats();
  return (
    <>
      <Text>{t('since', { from: formats.dateTime(report.from), to: formats.dateTime(report.to), people: report.people, messages: report.messages, late: report.late })}</Text>
      <Table verticalSpacing={4} fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('flow')}</Table.Th>
            <Table.Th ta="right">{t('people')}</Table.Th>
            <Table.Th ta="right">{t('messages')}</Table.Th>
            <Table.Th ta="right">{t('late')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {report.flows.map(({ flow, name, people, messages, late }) => (
            <Table.Tr key={flow}>
              <Table.Td>{name}</Table.Td>
              <Table.Td ta="right">{formats.number(people)}</Table.Td>
              <Table.Td ta="right">{formats.number(messages)}</Table.Td>
              <Table.Td ta="right">{formats.number(late)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Radio.Group label={t('choose')} value={choice} onChange={(value) => setChoice(value)}>
        <Stack gap="xs" mt="xs">
          {RETURN_CHOICES.map((each) => (
            <Radio key={each} value={each} label={t(each)} description={t(`${each}Help`)} data-autofocus={each === 'rule' || undefined} />
          ))}
        </Stack>
      </Radio.Group>
      {choice === 'send' && (
        <NumberInput
          label={t('spread')}
          description={t('spreadHelp')}
          value={hours}
          onChange={(value) => setHours(typeof value === 'number' ? value : 0)}
          min={0}
          max={168}
          suffix={` ${t('hours')}`}
          w={220}
        />
      )}
      {!report.clock && (
        <Text size="sm" c="dimmed">
          {t('clock')}
        </Text>
      )}
    </>
  );
}
