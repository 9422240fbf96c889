// Amounts in the workspace's currency, as its locale writes them.
import { useCallback } from 'react';
import { useWorkspace } from '../app/workspace.tsx';
import { useCall } from '../backend.ts';
import { minorUnits } from '../contacts/attributes.ts';

/** Answers an amount of minor units in words: 12345 is "kr. 123,45". */
export function useMoney(): (units: number) => string {
  const { locale } = useWorkspace();
  const currency = useCall('settings.get', {}, ['settings']).data?.currency ?? 'EUR';
  return useCallback((units) => new Intl.NumberFormat(locale, { style: 'currency', currency }).format(units / minorUnits(currency)), [locale, currency]);
}
