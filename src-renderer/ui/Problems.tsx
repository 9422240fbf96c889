// A list of problems in words. The icon says how grave each is; the colour only repeats it.
import { Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleX, IconInfoCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { Problem, Severity } from '../../shared/problem.ts';
import { useText } from '../app/i18n.ts';

const MARKS = {
  error: { icon: IconCircleX, colour: 'var(--kanal-red)', label: 'severity.error' },
  warning: { icon: IconAlertTriangle, colour: 'var(--kanal-amber)', label: 'severity.warning' },
  hint: { icon: IconInfoCircle, colour: 'var(--kanal-caption)', label: 'severity.hint' },
} as const satisfies Record<Severity, unknown>;

export function Problems({ problems }: { problems: readonly Problem[] }) {
  const { t } = useTranslation();
  const text = useText();
  return (
    <Stack gap={6} component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
      {problems.map((problem, index) => {
        const { icon: Icon, colour, label } = MARKS[problem.severity];
        return (
          <Group key={index} component="li" gap={8} wrap="nowrap" align="flex-start">
            <Icon size={16} stroke={1.7} color={colour} style={{ flex: 'none', marginTop: 2 }} aria-label={t(label)} />
            <Text size="sm">{text(problem.text)}</Text>
          </Group>
        );
      })}
    </Stack>
  );
}
