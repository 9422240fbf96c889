// A workspace for tests: in memory unless told otherwise, on a virtual clock, hearing nobody. With builders of a few words.
import type { MachineEvent, Settings, Topic } from '../shared/api.ts';
import type { AttributeValue, Channel } from '../shared/contacts/contact.ts';
import { virtualClock, type VirtualClock } from '../src-main/clock.ts';
import { recordConsent } from '../src-main/store/consents.ts';
import { insertContact } from '../src-main/store/contacts.ts';
import { createDatabase } from '../src-main/store/database.ts';
import { recordEvent, type NewEvent } from '../src-main/store/events.ts';
import { writeSettings } from '../src-main/store/settings.ts';
import { addTagFor } from '../src-main/store/tags.ts';
import type { Secrets, Workspace } from '../src-main/workspace.ts';

/** Monday, 2 March 2026, 08:00 UTC (09:00 in Copenhagen): "now" of a new test workspace. */
export const TEST_NOW = Date.UTC(2026, 2, 2, 8, 0);

/** A workspace whose clock a test moves, and which keeps what it told the windows. */
export type TestWorkspace = Workspace & {
  clock: VirtualClock;
  /** Everything told to the windows so far. */
  heard: MachineEvent[];
  /** How many times the runner was woken. */
  woken: () => number;
  close: () => void;
};

export type TestWorkspaceOptions = {
  /** A file that does not exist yet; without it the workspace is in memory. */
  file?: string;
  now?: number;
  settings?: Partial<Settings>;
};

/** A new, empty workspace in Copenhagen, in Danish kroner, with a postal address. */
export function testWorkspace(options: TestWorkspaceOptions = {}): TestWorkspace {
  const file = options.file ?? ':memory:';
  const db = createDatabase(file);
  const heard: MachineEvent[] = [];
  let wakes = 0;
  const workspace: TestWorkspace = {
    file,
    db,
    clock: virtualClock(options.now ?? TEST_NOW),
    secrets: memorySecrets(),
    tell: (event) => void heard.push(event),
    changed: (...topics: Topic[]) => void heard.push({ type: 'changed', topics }),
    wake: () => void wakes++,
    heard,
    woken: () => wakes,
    close: () => void db.close(),
  };
  writeSettings(workspace, { name: 'Test', timeZone: 'Europe/Copenhagen', locale: 'da-DK', currency: 'DKK', postalAddress: 'Testvej 1, 2100 København Ø', ...options.settings });
  return workspace;
}

/** Secrets that are forgotten with the test. */
export function memorySecrets(): Secrets {
  const kept = new Map<string, string>();
  return { get: (key) => kept.get(key) ?? null, set: (key, secret) => void kept.set(key, secret), remove: (key) => void kept.delete(key) };
}

export type NewTestContact = {
  email?: string | null;
  tags?: string[];
  /** The channels for which consent is given. */
  consent?: Channel[];
  [attribute: string]: AttributeValue | string[] | undefined;
};

/** Adds a contact with attributes, tags and consent, with all events that belong to it; answers its id. */
export function addContact(workspace: Workspace, contact: NewTestContact): number {
  const { tags = [], consent = [], ...values } = contact;
  const given = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Record<string, AttributeValue>;
  const id = insertContact(workspace, given, { source: 'user' });
  for (const tag of tags) addTagFor(workspace, [{ contactId: id }], tag, { source: 'user' });
  for (const channel of consent) recordConsent(workspace, { contactId: id, channel, given: true, source: 'test form', actor: 'user' });
  return id;
}

/** Records that something happened to a contact now, or at `at`. */
export function happen(workspace: Workspace, contactId: number, type: string, event: Partial<NewEvent> = {}): void {
  recordEvent(workspace, { contactId, type, at: workspace.clock.now(), source: 'test', ...event });
}
