// The contact list as far as it has been looked at: pages are fetched as they come into view, and kept while newer ones come.
import { useCallback, useEffect, useRef, useState } from 'react';
import type { CallInput, ContactRow } from '../../shared/api.ts';
import { call, onEvent, problemsOf } from '../backend.ts';

const PAGE = 100;
const READING_PAUSE = 300;
/** An order that takes long to find is asked for again so long after an older one was shown. */
const ORDER_PAUSE = 2000;

type Query = Pick<CallInput<'contacts.list'>, 'search' | 'sort' | 'rule'>;

export type ContactPages = {
  state: 'loading' | 'ready' | 'failed';
  total: number;
  error: Error | null;
  row(index: number): ContactRow | undefined;
  /** Tells which rows are in view; what is missing of them is fetched. */
  look(from: number, to: number): void;
  again(): void;
};

type Known = { key: string; total: number; pages: ReadonlyMap<number, ContactRow[]>; answered: boolean; error: Error | null };

const NOTHING: Known = { key: '', total: 0, pages: new Map(), answered: false, error: null };

/** Pages of contacts for a search and a sort order. A new search keeps the old rows until its first page is there. */
export function useContactPages(query: Query): ContactPages {
  const key = JSON.stringify(query);
  const [known, setKnown] = useState<Known>(NOTHING);
  const asked = useRef(new Set<number>());
  const view = useRef<[number, number]>([0, 0]);
  const current = useRef(key);
  // The machine gives up what this list, in this window, does not want to know any more.
  const [screen] = useState(() => `list-${Math.random().toString(36).slice(2)}`);
  const [isOld, setOld] = useState(false);

  const fetchPage = useCallback(async (page: number) => {
    asked.current.add(page);
    const mine = current.current;
    try {
      const answer = await call('contacts.list', { ...(JSON.parse(mine) as Query), screen, offset: page * PAGE, limit: PAGE });
      if (mine !== current.current) return;
      setOld(!answer.current);
      setKnown((before) => {
        const pages = new Map(before.key === mine ? before.pages : []);
        pages.set(page, answer.rows);
        return { key: mine, total: answer.total, pages, answered: true, error: null };
      });
    } catch (error) {
      if (problemsOf(error)[0]?.code === 'read-given-up') return;
      if (mine === current.current) setKnown((before) => ({ ...before, error: error instanceof Error ? error : new Error(String(error)) }));
    }
  }, [screen]);

  const readView = useCallback(() => {
    asked.current = new Set();
    const [from, to] = view.current;
    for (let page = Math.floor(from / PAGE); page <= Math.floor(to / PAGE); page++) void fetchPage(page);
  }, [fetchPage]);

  useEffect(() => {
    current.current = key;
    view.current = [0, 0];
    readView();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const off = onEvent((event) => {
      if (event.type !== 'changed' || !event.topics.includes('contacts') || timer !== undefined) return;
      timer = setTimeout(() => {
        timer = undefined;
        readView();
      }, READING_PAUSE);
    });
    return () => {
      clearTimeout(timer);
      off();
    };
  }, [key, readView]);

  useEffect(() => {
    if (!isOld) return;
    const timer = setInterval(readView, ORDER_PAUSE);
    return () => clearInterval(timer);
  }, [isOld, readView]);

  const look = useCallback(
    (from: number, to: number) => {
      view.current = [from, to];
      for (let page = Math.floor(from / PAGE); page <= Math.floor(to / PAGE); page++) if (!asked.current.has(page)) void fetchPage(page);
    },
    [fetchPage],
  );

  return {
    state: known.error !== null ? 'failed' : known.answered ? 'ready' : 'loading',
    total: known.total,
    error: known.error,
    row: (index) => known.pages.get(Math.floor(index / PAGE))?.[index % PAGE],
    look,
    again: readView,
  };
}
