// How the list is looked at now, kept in this window over a reload: a saved view, or one of the user's own making.
import { useCallback, useMemo } from 'react';
import { useLocalStorage } from '@mantine/hooks';
import type { ContactView, SavedView } from '../../shared/contacts/view.ts';
import { useCall } from '../backend.ts';
import { useWorkspace } from '../app/workspace.tsx';

/** Everybody, with what most lists have; columns that are no attributes begin with a colon. */
const USUAL: ContactView = { columns: ['email', 'first_name', 'last_name', ':tags', ':consent', ':added'], sort: null, search: '', rule: null };

export type ViewState = {
  view: ContactView;
  saved: SavedView[];
  /** The saved view that was chosen last; null: everybody. */
  chosen: SavedView | null;
  /** Whether the view differs from the one that was chosen. */
  differs: boolean;
  change(part: Partial<ContactView>): void;
  choose(saved: SavedView | null): void;
};

const same = (one: ContactView, other: ContactView): boolean =>
  JSON.stringify([one.columns, one.sort, one.search, one.rule]) === JSON.stringify([other.columns, other.sort, other.search, other.rule]);

export function useContactView(): ViewState {
  const { file } = useWorkspace();
  const [kept, setKept] = useLocalStorage<{ view: ContactView; chosen: number | null }>({
    key: `kanal.view.${file}`,
    defaultValue: { view: USUAL, chosen: null },
    getInitialValueInEffect: false,
  });
  const list = useCall('views.list', {}, ['views']).data;
  const saved = useMemo(() => list ?? [], [list]);
  const chosen = saved.find(({ id }) => id === kept.chosen) ?? null;
  const change = useCallback((part: Partial<ContactView>) => setKept((before) => ({ ...before, view: { ...before.view, ...part } })), [setKept]);
  const choose = useCallback((next: SavedView | null) => setKept({ view: next?.view ?? USUAL, chosen: next?.id ?? null }), [setKept]);
  return { view: kept.view, saved, chosen, differs: !same(kept.view, chosen?.view ?? USUAL), change, choose };
}
