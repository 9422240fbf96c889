// How many were in a segment, day by day: a small line, and the figures behind it as a table for those who want them.
import { useState } from 'react';
import { Anchor, ScrollArea, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { daysBetween } from '../../shared/time.ts';
import { useFormats } from '../app/workspace.tsx';

type Size = { day: string; size: number };

const WIDTH = 480;
const HEIGHT = 96;
const EDGE = 4;

/** The line's points: days as far apart as they are, zero at the bottom. */
function pointsOf(sizes: readonly Size[]): { x: number; y: number }[] {
  const first = sizes[0]!.day;
  const span = Math.max(1, daysBetween(first, sizes.at(-1)!.day));
  const most = Math.max(1, ...sizes.map(({ size }) => size));
  return sizes.map(({ day, size }) => ({
    x: EDGE + (daysBetween(first, day) / span) * (WIDTH - 2 * EDGE),
    y: HEIGHT - EDGE - (size / most) * (HEIGHT - 2 * EDGE),
  }));
}

export function SizeChart({ sizes }: { sizes: readonly Size[] }) {
  const { t } = useTranslation('segments');
  const formats = useFormats();
  const [open, setOpen] = useState(false);
  if (sizes.length < 2) {
    return (
      <Text size="sm" c="dimmed">
        {t('noSizes')}
      </Text>
    );
  }
  const points = pointsOf(sizes);
  const [first, last] = [sizes[0]!, sizes.at(-1)!];
  const said = t('sizesSaid', {
    from: formats.day(first.day),
    to: formats.day(last.day),
    first: formats.number(first.size),
    last: formats.number(last.size),
  });
  return (
    <div>
      <svg className="segment-chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={said}>
        <line x1={EDGE} x2={WIDTH - EDGE} y1={HEIGHT - EDGE} y2={HEIGHT - EDGE} stroke="var(--kanal-hairline)" strokeWidth={1} />
        <polyline
          points={points.map(({ x, y }) => `${x},${y}`).join(' ')}
          fill="none"
          stroke="var(--mantine-primary-color-filled)"
          strokeWidth={2}
          strokeLinejoin="round"
          strokeLinecap="round"
        />
        <circle cx={points.at(-1)!.x} cy={points.at(-1)!.y} r={3.5} fill="var(--mantine-primary-color-filled)" />
      </svg>
      <Text size="xs" c="dimmed" mt={4}>
        {said}{' '}
        <Anchor component="button" type="button" size="xs" aria-expanded={open} onClick={() => setOpen(!open)}>
          {t(open ? 'hideFigures' : 'showFigures')}
        </Anchor>
      </Text>
      {open && (
        <ScrollArea.Autosize mah={220} mt="xs">
          <Table verticalSpacing={4} fz="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('day')}</Table.Th>
                <Table.Th ta="right">{t('size')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {sizes.toReversed().map(({ day, size }) => (
                <Table.Tr key={day}>
                  <Table.Td>{formats.day(day)}</Table.Td>
                  <Table.Td ta="right">{formats.number(size)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </ScrollArea.Autosize>
      )}
    </div>
  );
}
