// The numbers on a step's card. They come and go without moving anything: the card keeps room for them.
import { useTranslation } from 'react-i18next';
import type { StepCounts } from '../../shared/api.ts';
import type { Step } from '../../shared/flow/flow.ts';
import { configOf } from '../../shared/flow/reading.ts';
import { stepType } from '../../shared/steps/index.ts';
import { useFormats } from '../app/workspace.tsx';
import { useUi } from './editor-context.tsx';

type Figure = { key: string; label: string; value: number; alarm?: boolean };

/** A step where nobody has been has no entry in the figures. */
const NOTHING_YET: StepCounts = { entered: 0, waiting: 0, left: {}, planned: 0, sent: 0, failed: 0, unknown: 0, held: 0, cancelled: 0, late: 0, reasons: {} };

/** Entered and waiting stand in the first line; below, what became of a message, or who left. Ways out have theirs on the lines. */
function useFigures(step: Step): { first: Figure[]; second: Figure[] } | null {
  const { t } = useTranslation('editor');
  const counts = useUi((ui) => (ui.counts === null ? undefined : (ui.counts.steps[step.id] ?? NOTHING_YET)));
  if (counts === undefined) return null;
  const type = stepType(step.type);
  // The paths of a divided passage have their figures on the lines: the card shows the passages themselves.
  const paths = type?.forks === true ? type.outlets(configOf(step) ?? type.config.parse({})).reduce((sum, { id }) => sum + (counts.left[id] ?? 0), 0) : 0;
  const first: Figure[] = [
    { key: 'entered', label: t('figures.entered'), value: counts.entered - paths },
    { key: 'waiting', label: t('figures.waiting'), value: counts.waiting },
  ];
  const total = Object.values(counts.left).reduce((sum, value) => sum + value, 0) - paths;
  const sends = type?.family === 'message';
  return { first, second: sends ? messageFigures(counts, t) : [{ key: 'left', label: t('figures.left'), value: total }] };
}

function messageFigures(counts: StepCounts, t: ReturnType<typeof useTranslation<'editor'>>['t']): Figure[] {
  const all: Figure[] = [
    { key: 'sent', label: t('figures.sent'), value: counts.sent },
    { key: 'failed', label: t('figures.failed'), value: counts.failed, alarm: counts.failed > 0 },
    { key: 'unknown', label: t('figures.unknown'), value: counts.unknown, alarm: counts.unknown > 0 },
    { key: 'held', label: t('figures.held'), value: counts.held },
    { key: 'cancelled', label: t('figures.cancelled'), value: counts.cancelled },
  ];
  return all.filter((figure) => figure.key === 'sent' || figure.value > 0).slice(0, 3);
}

export function StepFigures({ step }: { step: Step }) {
  const formats = useFormats();
  const figures = useFigures(step);
  const draw = (figure: Figure) => (
    <span key={figure.key} className="figure" data-figure={figure.key} data-alarm={figure.alarm || undefined}>
      <b>{formats.number(figure.value)}</b> {figure.label}
    </span>
  );
  return (
    <div className="step-card-figures">
      <div>{figures?.first.map(draw)}</div>
      <div>{figures?.second.map(draw)}</div>
    </div>
  );
}
