// Keys of the screen that is shown. Each screen says what its keys do, and the help (F1) lists just that, so that it cannot promise
// what does not work: what a browser keeps for itself is told only where there is none. Letters are matched by what they type; nothing happens below a dialog (UX 2.5).
import { useEffect, useEffectEvent, useId, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { create } from 'zustand';
import { desktopHost } from '../backend.ts';

const KEYS = {
  new: { shown: 'Ctrl+N', letter: 'n', inFields: true },
  open: { shown: 'Ctrl+O', letter: 'o', inFields: true },
  find: { shown: 'Ctrl+F', letter: 'f', inFields: true },
  save: { shown: 'Ctrl+S', letter: 's', inFields: true },
  edit: { shown: 'F2', letter: null, inFields: false },
  close: { shown: 'Ctrl+W', letter: 'w', inFields: true },
} as const;

/** A browser closes and changes its own tabs by these, and does not ask the page. */
const BROWSERS_OWN: readonly string[] = ['Ctrl+W', 'Ctrl+Tab', 'Ctrl+Shift+Tab'];

type KeyName = keyof typeof KEYS;

/** What a key does, in words, and how; `run` null: not now. */
export type ScreenKeys = Partial<Record<KeyName, { does: string; run: (() => void) | null }>>;
/** Keys that are heard elsewhere, in a list or a field, and what they do. */
export type KeyLine = { keys: string[]; does: string };

/** What is said of the keys of what is shown now, by who says it. */
export const useKeyLines = create<{ lines: ReadonlyMap<string, readonly KeyLine[]> }>(() => ({ lines: new Map() }));

/** Hears the keys of a screen while it is shown, and tells the help of them, and of others that it has. */
export function useScreenKeys(screen: ScreenKeys, others: readonly KeyLine[] = []): void {
  const hear = useEffectEvent((event: KeyboardEvent) => {
    const name = (Object.keys(screen) as KeyName[]).find((each) => isPressed(event, each));
    if (name === undefined || event.defaultPrevented || isBelowDialog() || (!KEYS[name].inFields && isField(event.target))) return;
    // Even where it does nothing now: the browser would save a page or open a window.
    event.preventDefault();
    screen[name]?.run?.();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => hear(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
  useToldKeys([...(Object.keys(screen) as KeyName[]).map((name) => ({ keys: [KEYS[name].shown], does: screen[name]!.does })), ...others]);
}

/** Tells the help of keys while what hears them is shown. */
export function useToldKeys(lines: readonly KeyLine[]): void {
  const id = useId();
  const text = JSON.stringify(lines);
  useEffect(() => {
    const all = JSON.parse(text) as KeyLine[];
    const told = desktopHost() === null ? all.filter(({ keys }) => !keys.every((each) => BROWSERS_OWN.includes(each))) : all;
    useKeyLines.setState(({ lines: before }) => ({ lines: new Map(before).set(id, told) }));
    return () => useKeyLines.setState(({ lines: before }) => ({ lines: new Map([...before].filter(([key]) => key !== id)) }));
  }, [id, text]);
}

/** Ctrl+Tab and Ctrl+Shift+Tab go through the tabs of a screen, round and round, and the focus goes with them. */
export function useTabKeys<Value extends string>(tabs: readonly Value[], shown: Value, show: (tab: Value) => void): void {
  const { t } = useTranslation('keys');
  const goesAlong = useRef(false);
  useEffect(() => {
    if (goesAlong.current) document.querySelector<HTMLElement>('[role=tab][aria-selected=true]')?.focus();
    goesAlong.current = false;
  }, [shown]);
  const hear = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== 'Tab' || !event.ctrlKey || event.altKey || event.defaultPrevented || isBelowDialog()) return;
    event.preventDefault();
    goesAlong.current = true;
    show(tabs[(tabs.indexOf(shown) + (event.shiftKey ? -1 : 1) + tabs.length) % tabs.length]!);
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => hear(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
  useToldKeys([{ keys: ['Ctrl+Tab', 'Ctrl+Shift+Tab'], does: t('tabs') }]);
}

function isPressed(event: KeyboardEvent, name: KeyName): boolean {
  const { letter, shown } = KEYS[name];
  if (event.altKey || event.shiftKey) return false;
  return letter === null ? event.key === shown && !event.ctrlKey && !event.metaKey : (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === letter;
}

function isBelowDialog(): boolean {
  return document.querySelector('[role=dialog][aria-modal=true]') !== null;
}

/** Whether somebody writes there. */
export function isField(element: EventTarget | null): boolean {
  return element instanceof HTMLElement && (element.isContentEditable || element.matches('input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select'));
}

/** A shortcut as this platform writes it. */
export function platformKeys(keys: string): string {
  return navigator.platform.startsWith('Mac') ? keys.replace('Ctrl+', '⌘').replace('Shift+', '⇧') : keys;
}

/** The parts of the window between which F6 goes, in the order in which they stand; some stand inside others. */
const REGIONS = '.frame-top, .frame-rail, .frame-screen, .filter-panel, .palette, .flow-canvas, .problems-panel, .inspector';
const FOCUSABLE = 'a[href], button:not(:disabled), input:not(:disabled), textarea:not(:disabled), select:not(:disabled), [tabindex="0"]';

/** Puts the focus into the next part of the window, or the one before. */
export function goToRegion(step: 1 | -1): void {
  const firstIn = (region: Element) => [...region.querySelectorAll<HTMLElement>(FOCUSABLE)].find((element) => element.closest(REGIONS) === region && element.tabIndex >= 0 && element.getClientRects().length > 0);
  const regions = [...document.querySelectorAll(REGIONS)].filter((region) => firstIn(region) !== undefined);
  const here = document.activeElement?.closest(REGIONS) ?? null;
  const at = here === null ? (step === 1 ? -1 : 0) : regions.indexOf(here);
  const next = regions[(at + step + regions.length) % regions.length];
  if (next !== undefined) firstIn(next)?.focus();
}
