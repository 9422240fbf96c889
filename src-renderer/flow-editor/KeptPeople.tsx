// People and versions: on publishing, whether those inside go on in the new version or stay in theirs; and who is in earlier
// versions, and can be brought over (FEATURES A14.6).
import { Button, Group, Popover, Radio, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconVersions } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FlowCounts } from '../../shared/api.ts';
import { useText } from '../app/i18n.ts';
import { useFormats } from '../app/workspace.tsx';
import { useFollow } from '../flows/FollowVersion.tsx';
import { useFlowState, useUi } from './editor-context.tsx';

const NOBODY: FlowCounts['kept'] = [];

/** How many are inside in the version that runs, and in earlier ones. */
export function useInside(): { following: number; earlier: number } {
  const counts = useUi((ui) => ui.counts);
  if (counts === null) return { following: 0, earlier: 0 };
  const earlier = counts.kept.reduce((sum, { people }) => sum + people, 0);
  return { following: counts.active + counts.failed + counts.held - earlier, earlier };
}

/** How many stand at a step who go on in whatever is published next: not those in earlier versions. */
export function useWaiting(): (step: string) => number {
  const counts = useUi((ui) => ui.counts);
  return (step) => (counts === null ? 0 : (counts.steps[step]?.waiting ?? 0) - keptAt(counts, step));
}

/** How many stand at a step in earlier versions. */
export function keptAt({ kept }: Pick<FlowCounts, 'kept'>, step: string): number {
  return kept.reduce((sum, { steps }) => sum + (steps.find((each) => each.step === step)?.here ?? 0), 0);
}

type KeepProps = { version: number; value: boolean; onChange(value: boolean): void };

/** Shows nothing where nobody is inside. */
export function KeepQuestion({ version, value, onChange }: KeepProps) {
  const { t } = useTranslation('live-flows');
  const { following, earlier } = useInside();
  return (
    <Stack gap={8}>
      {following > 0 && (
        <Radio.Group label={t('keep.title', { count: following })} value={value ? 'stay' : 'go'} onChange={(next) => onChange(next === 'stay')}>
          <Stack gap={6} mt={6}>
            <Radio value="go" size="xs" label={t('keep.go')} />
            <Radio value="stay" size="xs" label={t('keep.stay', { version })} description={value ? t('keep.messages') : undefined} />
          </Stack>
        </Radio.Group>
      )}
      {earlier > 0 && (
        <Text size="sm" c="dimmed">
          {t('keep.already', { count: earlier })}
        </Text>
      )}
    </Stack>
  );
}

/** In the top bar: how many are in earlier versions, where they stand there, and the button that brings them over. */
export function EarlierVersions() {
  const { t } = useTranslation('live-flows');
  const text = useText();
  const formats = useFormats();
  const [opened, setOpened] = useState(false);
  const { earlier } = useInside();
  const kept = useUi((ui) => ui.counts?.kept ?? NOBODY);
  const flow = useFlowState((state) => state.flowId);
  const name = useFlowState((state) => state.flow.name);
  const archived = useFlowState((state) => state.flowState === 'archived');
  const follow = useFollow({ id: flow, name, kept: earlier });
  if (earlier === 0) return null;

  return (
    <>
      <Popover opened={opened} onChange={setOpened} position="bottom" width={340} trapFocus shadow="md">
        <Popover.Target>
          <UnstyledButton className="earlier-versions" aria-expanded={opened} onClick={() => setOpened(!opened)}>
            <IconVersions size={15} stroke={1.7} aria-hidden />
            {t('keep.badge', { count: earlier })}
          </UnstyledButton>
        </Popover.Target>
        <Popover.Dropdown>
          <Stack gap="sm">
            {kept.map(({ version, people, steps }) => (
              <Stack key={version} gap={2}>
                <Text size="sm" fw={600}>
                  {t('keep.list', { version, count: people })}
                </Text>
                {steps.map(({ step, title, here }) => (
                  <Group key={step} justify="space-between" wrap="nowrap" gap="sm">
                    <Text size="xs" c="dimmed" truncate title={text(title)}>
                      {text(title)}
                    </Text>
                    <Text size="xs">{formats.number(here)}</Text>
                  </Group>
                ))}
              </Stack>
            ))}
            <Text size="xs" c="dimmed">
              {t('keep.explain')}
            </Text>
            {!archived && (
              <Button
                size="xs"
                variant="light"
                onClick={() => {
                  setOpened(false);
                  follow.open();
                }}
              >
                {t('keep.all')} …
              </Button>
            )}
          </Stack>
        </Popover.Dropdown>
      </Popover>
      {follow.dialog}
    </>
  );
}
