// The open workspace, for all that stands inside it, and how its dates and numbers are written.
import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { WorkspaceInfo } from '../../shared/api.ts';
import type { Instant } from '../../shared/time.ts';
import { onEvent } from '../backend.ts';

const WorkspaceContext = createContext<WorkspaceInfo | null>(null);

export function WorkspaceProvider({ workspace, children }: { workspace: WorkspaceInfo; children: ReactNode }) {
  const [heard, setHeard] = useState<Instant | null>(null);
  useEffect(() => onEvent((event) => event.type === 'clock' && setHeard(event.now)), []);
  const now = workspace.virtualNow;
  const value = useMemo(() => (now === null ? workspace : { ...workspace, virtualNow: Math.max(now, heard ?? now) }), [workspace, now, heard]);
  return <WorkspaceContext.Provider value={value}>{children}</WorkspaceContext.Provider>;
}

/** The open workspace. Throws outside of one: nothing that needs it may be drawn there. */
export function useWorkspace(): WorkspaceInfo {
  const workspace = useContext(WorkspaceContext);
  if (workspace === null) throw new Error('No workspace is open here');
  return workspace;
}

/** The workspace's "now" in milliseconds: its virtual clock, where it has one. */
export function useNow(): Instant {
  return useWorkspace().virtualNow ?? Date.now();
}

export type Formats = {
  /** An instant, in the workspace's zone. */
  dateTime(at: Instant): string;
  /** An instant as a date only. */
  date(at: Instant): string;
  time(at: Instant): string;
  /** A date without a time, written "YYYY-MM-DD". */
  day(date: string): string;
  number(value: number): string;
  /** A share of 1. */
  percent(share: number): string;
  /** The time if it is today, the date otherwise. */
  brief(at: Instant, now: Instant): string;
  /** The time if it is today, date and time otherwise. */
  soon(at: Instant, now: Instant): string;
  /** A list in words of the window's language: they stand in its sentences. */
  list(items: readonly string[]): string;
  /** Sorts as the locale sorts; never compare texts with < (UX 2.8). */
  compare(a: string, b: string): number;
};

const made = new Map<string, Formats>();

/** Formats for a locale and a zone, in sentences of a language; made once for each. */
export function formatsFor(locale: string, timeZone: string, language = locale): Formats {
  const key = `${locale} ${timeZone} ${language}`;
  let formats = made.get(key);
  if (formats === undefined) {
    formats = makeFormats(locale, timeZone, language);
    made.set(key, formats);
  }
  return formats;
}

function makeFormats(locale: string, timeZone: string, language: string): Formats {
  const day = { day: '2-digit', month: '2-digit', year: 'numeric' } as const;
  const clock = { hour: '2-digit', minute: '2-digit' } as const;
  const dateTime = new Intl.DateTimeFormat(locale, { ...day, ...clock, timeZone });
  const date = new Intl.DateTimeFormat(locale, { ...day, timeZone });
  const plainDate = new Intl.DateTimeFormat(locale, { ...day, timeZone: 'UTC' });
  const time = new Intl.DateTimeFormat(locale, { ...clock, timeZone });
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 6 });
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  const list = new Intl.ListFormat(language, { type: 'conjunction' });
  const collator = new Intl.Collator(locale, { numeric: true });
  return {
    dateTime: (at) => dateTime.format(at),
    date: (at) => date.format(at),
    time: (at) => time.format(at),
    day: (text) => (/^\d{4}-\d\d-\d\d$/.test(text) ? plainDate.format(Date.parse(text)) : text),
    number: (value) => number.format(value),
    percent: (share) => percent.format(share),
    brief: (at, now) => (date.format(at) === date.format(now) ? time.format(at) : date.format(at)),
    soon: (at, now) => (date.format(at) === date.format(now) ? time.format(at) : dateTime.format(at)),
    list: (items) => list.format(items),
    compare: (a, b) => collator.compare(a, b),
  };
}

/** The workspace's way of writing dates and numbers, whatever the language of the window (UX 2.8). */
export function useFormats(): Formats {
  const { locale, timeZone } = useWorkspace();
  const { language } = useTranslation().i18n;
  return useMemo(() => formatsFor(locale, timeZone, language), [locale, timeZone, language]);
}
