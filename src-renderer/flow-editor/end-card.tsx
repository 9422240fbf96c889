// Where a branch has no step: quiet words at its end, and in an empty flow the place of the first step.
import { memo } from 'react';
import { IconLogout2, IconPlus } from '@tabler/icons-react';
import type { Node, NodeProps } from '@xyflow/react';
import { useTranslation } from 'react-i18next';
import type { Spot } from '../../shared/flow/reading.ts';
import { useUi } from './editor-context.tsx';
import { Ports } from './ports.tsx';
import { spotId } from './selection.ts';

export type EndNode = Node<{ spot: Spot; selected: boolean }, 'end'>;
export type GhostNode = Node<{ spot: Spot; selected: boolean }, 'ghost'>;

export const EndCard = memo(function EndCard({ data }: NodeProps<EndNode>) {
  const { t } = useTranslation('editor');
  const target = useUi((ui) => ui.drag?.target === spotId(data.spot));
  return (
    <div className="end-card" data-selected={data.selected || undefined} data-target={target || undefined}>
      <Ports />
      <IconLogout2 size={13} stroke={1.6} aria-hidden />
      <span>{t('end.leaves')}</span>
    </div>
  );
});

export const GhostCard = memo(function GhostCard({ data }: NodeProps<GhostNode>) {
  const { t } = useTranslation('editor');
  const target = useUi((ui) => ui.drag?.target === spotId(data.spot));
  return (
    <div className="ghost-card" data-selected={data.selected || undefined} data-target={target || undefined}>
      <Ports />
      <IconPlus size={16} stroke={1.7} aria-hidden />
      <span>{t('ghost.first')}</span>
    </div>
  );
});
