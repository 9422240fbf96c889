// The people of one flow: who is inside and where, who is stuck or held, who has left and why, and who stands in line to come in;
// and what can be done by hand with one of them or with many (FEATURES A14.6).
import { Group, SegmentedControl, Select, Table, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EnrollmentRow, FlowCounts } from '../../shared/api.ts';
import type { Flow } from '../../shared/flow/flow.ts';
import { titleOf, withoutStep } from '../../shared/flow/reading.ts';
import { useText } from '../app/i18n.ts';
import { PEOPLE_VIEWS, type PeopleView } from '../app/routes.ts';
import { TopBar } from '../app/TopBar.tsx';
import { useFormats, useNow } from '../app/workspace.tsx';
import { useCall } from '../backend.ts';
import { useExitReason } from '../contacts/exit-reasons.ts';
import { Empty } from '../ui/Empty.tsx';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';
import { Pages } from '../ui/Pages.tsx';
import { LineList } from './LineList.tsx';
import { PeopleBar, type Selection } from './PeopleBar.tsx';
import { Tick, TickAll, WhoLink } from './row-parts.tsx';

const PAGE = 100;
const ALL = '';
const NO_STEPS: Flow['steps'] = [];

/** `view` and `step`: what is shown at first. */
type Props = { flow: number; view: PeopleView; step: string | null };

export function PeopleScreen({ flow, view: first, step }: Props) {
  const { t } = useTranslation('people');
  const [view, setView] = useState(first);
  const [at, setAt] = useState(step ?? ALL);
  const detail = useCall('flows.get', { flow }, ['flows']);
  const counts = useCall('flows.counts', { flow }, ['counts', 'flows']).data;
  const name = detail.data?.draft.name ?? '';
  const live = detail.data?.live?.flow.steps ?? NO_STEPS;
  const isOpen = detail.data !== undefined && detail.data.state !== 'archived';
  return (
    <>
      <TopBar title={t('title', { name })} back={{ route: { screen: 'flow', id: flow }, label: t('back') }} />
      <div className="screen-column">
        <Group className="list-tools" gap="sm" justify="space-between">
          <SegmentedControl size="xs" value={view} onChange={(next) => setView(next)} aria-label={t('view')} data={PEOPLE_VIEWS.map((value) => ({ value, label: t(`view.${value}`, { count: countOf(counts, value) }) }))} />
          {view !== 'line' && view !== 'left' && <StepFilter counts={counts} live={live} value={at} onChange={setAt} />}
        </Group>
        {detail.state === 'failed' && detail.data === undefined ? (
          <Failed error={detail.error} again={detail.again} />
        ) : view === 'line' ? (
          <LineList flow={flow} isOpen={isOpen} />
        ) : (
          <PeopleList key={`${view} ${at}`} flow={flow} name={name} view={view} step={view === 'left' || at === ALL ? null : at} live={live} isOpen={isOpen} />
        )}
      </div>
    </>
  );
}

/** 0 where it is not known: those who have left are told by the list itself. */
function countOf(counts: FlowCounts | undefined, view: PeopleView): number {
  if (counts === undefined) return 0;
  return { inside: counts.active + counts.failed + counts.held, failed: counts.failed, held: counts.held, left: counts.finished + counts.exited, line: counts.inLine }[view];
}

type FilterProps = { counts: FlowCounts | undefined; live: Flow['steps']; value: string; onChange(step: string): void };

/** Steps of the version that runs, and those of earlier ones at which people still stand. */
function StepFilter({ counts, live, value, onChange }: FilterProps) {
  const { t } = useTranslation('people');
  const text = useText();
  const options = useMemo(() => {
    const here = (id: string) => counts?.steps[id]?.waiting ?? 0;
    const gone = new Map(counts?.kept.flatMap(({ steps }) => steps.filter(({ step }) => !live.some(({ id }) => id === step)).map(({ step, title }) => [step, text(title)] as const)));
    const steps = [...live.map((each) => [each.id, text(titleOf(each))] as const), ...gone];
    return [{ value: ALL, label: t('allSteps') }, ...steps.map(([id, title]) => ({ value: id, label: t('step', { title, count: here(id) }) }))];
  }, [counts, live, text, t]);
  return <Select size="xs" w={260} searchable allowDeselect={false} aria-label={t('atStep')} data={options} value={value} onChange={(next) => onChange(next ?? ALL)} />;
}

type ListProps = { flow: number; name: string; view: Exclude<PeopleView, 'line'>; step: string | null; live: Flow['steps']; isOpen: boolean };

function PeopleList({ flow, name, view, step, live, isOpen }: ListProps) {
  const { t } = useTranslation('people');
  const [offset, setOffset] = useState(0);
  const [selected, setSelected] = useState<Selection>(new Map());
  const query = { flow, step, state: view };
  const list = useCall('enrollments.list', { ...query, offset, limit: PAGE }, ['counts', 'flows', 'contacts']);
  if (list.state === 'failed' && list.data === undefined) return <Failed error={list.error} again={list.again} />;
  if (list.data === undefined) return <Loading />;
  const { total, rows } = list.data;
  if (rows.length === 0 && offset === 0) return <Empty drawing="people">{t(step === null ? `empty.${view}` : 'empty.step')}</Empty>;
  const canAct = isOpen && view !== 'left';
  return (
    <>
      <div className="screen-scroll">
        <PeopleTable rows={rows} view={view} selected={canAct ? selected : null} onSelect={setSelected} />
        <Pages offset={offset} page={PAGE} shown={rows.length} total={total} onGo={setOffset} />
      </div>
      {selected.size > 0 && <PeopleBar query={query} name={name} total={total} selected={selected} live={live} onSelect={setSelected} />}
    </>
  );
}

type TableProps = { rows: EnrollmentRow[]; view: ListProps['view']; /** `null`: nothing can be done with them. */ selected: Selection | null; onSelect(selected: Selection): void };

function PeopleTable({ rows, view, selected, onSelect }: TableProps) {
  const { t } = useTranslation('people');
  const { t: tLive } = useTranslation('live-flows');
  const formats = useFormats();
  const now = useNow();
  const where = useWhere();
  return (
    <Table className="wide-table" verticalSpacing={8} horizontalSpacing="lg">
      <Table.Thead>
        <Table.Tr>
          {selected !== null && (
            <Table.Th w={52}>
              <TickAll rows={rows} selected={selected} onSelect={onSelect} />
            </Table.Th>
          )}
          <Table.Th w="30%">{t('column.who')}</Table.Th>
          <Table.Th>{t(view === 'left' ? 'column.how' : 'column.where')}</Table.Th>
          <Table.Th w={180}>{t('column.entered')}</Table.Th>
          <Table.Th w={180}>{t(view === 'left' ? 'column.left' : 'column.due')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((row) => (
          <Table.Tr key={row.enrollment}>
            {selected !== null && (
              <Table.Td>
                <Tick row={row} selected={selected} onSelect={onSelect} />
              </Table.Td>
            )}
            <Table.Td maw={0}>
              <WhoLink row={row} />
            </Table.Td>
            <Table.Td>
              <Text size="sm">{where(row)}</Text>
              {row.keptVersion !== null && (
                <Text fz="xs" c="dimmed">
                  {tLive('keep.version', { version: row.keptVersion })}
                </Text>
              )}
              {row.failure !== null && (
                <Text fz="xs" c="var(--kanal-red)" style={{ overflowWrap: 'anywhere' }}>
                  {withoutStep(row.failure, row.stepId)}
                </Text>
              )}
            </Table.Td>
            <Table.Td>
              <Text size="sm" c="dimmed">
                {formats.dateTime(row.enteredAt)}
              </Text>
            </Table.Td>
            <Table.Td>
              <Text size="sm" c="dimmed">
                {view === 'left' ? row.leftAt !== null && formats.dateTime(row.leftAt) : row.dueAt !== null && row.state === 'active' && formats.soon(row.dueAt, now)}
              </Text>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** Where somebody stands, or how they left, in words. */
function useWhere(): (row: EnrollmentRow) => string {
  const { t } = useTranslation('contacts');
  const text = useText();
  const exitReason = useExitReason();
  return ({ state, stepName, exitReason: reason }) => (state === 'exited' ? t('flow.exited', { reason: exitReason(reason ?? '') }) : t(`flow.${state}`, { step: stepName === null ? '' : text(stepName) }));
}
