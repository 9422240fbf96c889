// What is typed and not saved yet outlives the dialog, card or screen it was typed in: waved away with Escape or left for another
// screen, it is there again when somebody comes back.
import { useForm, type UseFormInput } from '@mantine/form';
import { useEffect, useEffectEvent, useState } from 'react';
import { useWorkspace } from './workspace.tsx';

const kept = new Map<string, unknown>();

/** The name of a place, unique in the window: each workspace has its own. */
function useKey(place: string): string {
  return `${useWorkspace().file} ${place}`;
}

/**
 * The values of a form under the name of its place, unique in the window; those that are kept from before come before `initial`.
 * `forget` when they are saved, or when somebody says that they are not wanted. Each workspace has its own; nothing is kept when the window closes.
 */
export function useKeptForm<Values extends object>(place: string, initial: Values): { values: Values; set(change: Partial<Values>): void; forget(): void } {
  const key = useKey(place);
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

/** What differs between the values of a form and those that are saved. */
export function changedFields<Values extends object>(values: Values, saved: Values): Partial<Values> {
  return Object.fromEntries(Object.entries(values).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(saved[name as keyof Values]))) as Partial<Values>;
}

/**
 * A form that stands on a screen, above its own foot (`FormFoot`). Kept as above, but field by field: what was not touched here follows
 * `saved`, also when that changes while the form is shown or while somebody is elsewhere.
 */
export function useKeptFields<Values extends Record<string, unknown>>(place: string, saved: Values, validate?: UseFormInput<Values>['validate']) {
  const key = useKey(place);
  const touched = () => (kept.get(key) ?? {}) as Partial<Values>;
  const form = useForm<Values>({
    initialValues: { ...saved, ...touched() },
    ...(validate !== undefined && { validate }),
    onValuesChange(values) {
      const changed = changedFields(values, saved);
      if (Object.keys(changed).length === 0) kept.delete(key);
      else kept.set(key, changed);
    },
  });
  const follow = useEffectEvent(() => form.setValues({ ...saved, ...touched() }));
  const text = JSON.stringify(saved);
  useEffect(() => follow(), [text]);
  const discard = () => {
    kept.delete(key);
    form.setValues(saved);
    form.clearErrors();
  };
  return { form, isChanged: Object.keys(changedFields(form.values, saved)).length > 0, discard };
}
