// What is typed and not saved yet outlives the dialog or card it was typed in: waved away with Escape or left for another screen,
// it is there again when somebody comes back.
import { useState } from 'react';
import { useWorkspace } from './workspace.tsx';

const kept = new Map<string, unknown>();

/**
 * The values of a form under the name of its place, unique in the window; those that are kept from before come before `initial`.
 * `forget` when they are saved, or when somebody says that they are not wanted. Each workspace has its own; nothing is kept when the window closes.
 */
export function useKeptForm<Values extends object>(place: string, initial: Values): { values: Values; set(change: Partial<Values>): void; forget(): void } {
  const key = `${useWorkspace().file} ${place}`;
  const [values, setValues] = useState(() => (kept.get(key) as Values | undefined) ?? initial);
  return {
    values,
    set(change) {
      const next = { ...((kept.get(key) as Values | undefined) ?? values), ...change };
      kept.set(key, next);
      setValues(next);
    },
    forget() {
      kept.delete(key);
    },
  };
}
