// People whose step has failed, in all flows or at one step: where, why, since when; and what becomes of them (FEATURES A14.8).
import { Alert, Anchor, Button, Group, Paper, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FailingStep } from '../../shared/api.ts';
import { useText } from '../app/i18n.ts';
import { addressOf } from '../app/routes.ts';
import { TopBar } from '../app/TopBar.tsx';
import { useCall } from '../backend.ts';
import { useDeal } from '../people/deal.ts';
import { Empty } from '../ui/Empty.tsx';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';
import { Pages } from '../ui/Pages.tsx';
import { ErrorsBar } from './ErrorsBar.tsx';
import { ErrorTable, type Selection } from './ErrorTable.tsx';

const PAGE = 100;

export function ErrorsScreen() {
  const { t } = useTranslation('live-flows');
  const [flow, setFlow] = useState<number | null>(null);
  const [step, setStep] = useState<string | null>(null);
  // Whatever is shown: the steps at which anybody is stuck, for the filters and to have all of one tried again.
  const steps = useCall('errors.list', { limit: 0 }, ['counts', 'runner', 'flows']).data?.steps ?? [];
  const shown = steps.filter((each) => (flow === null || each.flow === flow) && (step === null || each.step === step));
  return (
    <>
      <TopBar title={t('errors.title')} back={{ route: { screen: 'outbox' }, label: t('errors.back') }} />
      <div className="screen-column">
        {steps.length > 0 && (
          <Group className="list-tools" gap="sm">
            <FlowFilter steps={steps} value={flow} onChange={(next) => (setFlow(next), setStep(null))} />
            <StepFilter steps={steps.filter((each) => flow === null || each.flow === flow)} flow={flow} value={step} onChange={(next) => (setFlow(next?.flow ?? flow), setStep(next?.step ?? null))} />
          </Group>
        )}
        <ErrorList key={`${flow} ${step}`} flow={flow} step={step} steps={shown} />
      </div>
    </>
  );
}

function FlowFilter({ steps, value, onChange }: { steps: FailingStep[]; value: number | null; onChange(flow: number | null): void }) {
  const { t } = useTranslation('live-flows');
  const flows = new Map(steps.map(({ flow, flowName }) => [flow, flowName]));
  const data = [...flows].map(([id, name]) => ({ value: String(id), label: name }));
  return <Select size="xs" w={220} searchable clearable aria-label={t('errors.ofFlow')} placeholder={t('errors.allFlows')} data={data} value={value === null ? null : String(value)} onChange={(next) => onChange(next === null ? null : Number(next))} />;
}

type StepFilterProps = { steps: FailingStep[]; flow: number | null; value: string | null; onChange(step: FailingStep | null): void };

/** Steps of several flows may have one name and one id: choosing one chooses its flow, too. */
function StepFilter({ steps, flow, value, onChange }: StepFilterProps) {
  const { t } = useTranslation('live-flows');
  const { t: tPeople } = useTranslation('people');
  const text = useText();
  const keyOf = (each: Pick<FailingStep, 'flow' | 'step'>) => `${each.flow} ${each.step}`;
  const titleOf = (each: FailingStep) => (flow === null ? t('errors.stepOf', { step: text(each.stepTitle), flow: each.flowName }) : text(each.stepTitle));
  const data = steps.map((each) => ({ value: keyOf(each), label: tPeople('step', { title: titleOf(each), count: each.people }) }));
  return (
    <Select
      size="xs"
      w={260}
      searchable
      clearable
      aria-label={tPeople('atStep')}
      placeholder={tPeople('allSteps')}
      data={data}
      value={value === null || flow === null ? null : keyOf({ flow, step: value })}
      onChange={(next) => onChange(steps.find((each) => keyOf(each) === next) ?? null)}
    />
  );
}

function ErrorList({ flow, step, steps }: { flow: number | null; step: string | null; steps: FailingStep[] }) {
  const { t } = useTranslation('live-flows');
  const { t: tPeople } = useTranslation('people');
  const [offset, setOffset] = useState(0);
  const [selected, setSelected] = useState<Selection>(new Map());
  const query = { flow, step };
  const errors = useCall('errors.list', { ...query, offset, limit: PAGE }, ['counts', 'runner', 'flows']);
  const isNarrow = flow !== null || step !== null;
  return (
    <>
      <div className="screen-scroll">
        <HaltedFlows />
        {errors.state === 'loading' && <Loading />}
        {errors.state === 'failed' && errors.data === undefined && <Failed error={errors.error} again={errors.again} />}
        {errors.data?.total === 0 && <Empty drawing="outbox">{isNarrow ? tPeople('empty.step') : t('errors.empty')}</Empty>}
        {errors.data !== undefined && errors.data.total > 0 && (
          <>
            <Stack gap={8} m="lg">
              {steps.map((each) => (
                <StepRow key={`${each.flow} ${each.step}`} at={each} />
              ))}
            </Stack>
            <ErrorTable rows={errors.data.rows} selected={selected} onSelect={setSelected} />
            <Pages offset={offset} page={PAGE} shown={errors.data.rows.length} total={errors.data.total} onGo={setOffset} />
          </>
        )}
      </div>
      {selected.size > 0 && <ErrorsBar query={query} total={errors.data?.total ?? 0} selected={selected} onSelect={setSelected} />}
    </>
  );
}

/** Flows that were paused by themselves, because a step failed for too many. */
function HaltedFlows() {
  const { t } = useTranslation('live-flows');
  const text = useText();
  const halted = (useCall('flows.list', {}, ['flows']).data ?? []).filter((flow) => flow.halted !== null);
  return halted.map((flow) => (
    <Alert key={flow.id} m="lg" color="red" variant="light" title={t('errors.halted', { name: flow.name })}>
      <Stack gap={6} align="flex-start">
        {text(flow.halted!.text)}
        <Anchor size="sm" href={addressOf({ screen: 'flow', id: flow.id })}>
          {t('errors.toFlow')}
        </Anchor>
      </Stack>
    </Alert>
  ));
}

function StepRow({ at }: { at: FailingStep }) {
  const { t } = useTranslation('live-flows');
  const text = useText();
  const { deal, busy } = useDeal();
  return (
    <Paper withBorder px="md" py={8}>
      <Group justify="space-between">
        <Text size="sm">{t('errors.at', { step: text(at.stepTitle), flow: at.flowName, count: at.people })}</Text>
        <Button size="compact-sm" variant="default" loading={busy} onClick={() => void deal([{ flow: at.flow, enrollments: null, step: at.step }], { kind: 'retry' })}>
          {t('errors.retryAll')}
        </Button>
      </Group>
    </Paper>
  );
}
