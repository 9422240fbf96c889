// Segments with the sizes that are known at once: what is being counted is looked at again soon.
import { useEffect } from 'react';
import type { SegmentRow } from '../../shared/api.ts';
import type { Reading } from '../backend.ts';

const PAUSE = 1500;

/** Reads again while one of the sizes is that of a moment ago. */
export function useAgainWhileCounting<Data>(reading: Reading<Data>, rows: readonly Pick<SegmentRow, 'outdated'>[]): void {
  const { again } = reading;
  const isCounting = rows.some(({ outdated }) => outdated);
  useEffect(() => {
    if (!isCounting) return;
    const timer = setInterval(again, PAUSE);
    return () => clearInterval(timer);
  }, [isCounting, again]);
}
