// What a reader thread is asked and what it answers, and how each is found. In a workspace without a file, which no other
// connection can see, the same is found on its own connection.
import type { Rule } from '../../shared/contacts/rule.ts';
import type { Problem } from '../../shared/problem.ts';
import type { Instant } from '../../shared/time.ts';
import { exportContacts, type ExportOrder } from '../exports/exporter.ts';
import { contactList, totalOf, type ContactList, type ContactPage, type Kept } from '../store/contact-list.ts';
import { peopleAtSteps } from '../store/counts.ts';
import { savepoint } from '../store/database.ts';
import { findDuplicates, type FoundGroup } from '../store/duplicates.ts';
import { newsSince, type GuardMark } from '../store/guard.ts';
import { contactsMatching, countMatching } from '../store/rules.ts';
import { listTags } from '../store/tags.ts';
import type { Workspace } from '../workspace.ts';

/** The kinds of reads, with what each is asked and what it answers. */
export type Readings = {
  contacts: { asked: ContactPage; answer: ContactList };
  count: { asked: { rule: Rule }; answer: { matching: number; total: number } };
  /** How many a rule means, and the first of them, the newest first. */
  some: { asked: { rule: Rule; limit: number }; answer: { matching: number; first: number[] } };
  /** The ids of all whom a rule means, the newest first. */
  ids: { asked: { rule: Rule }; answer: Float64Array };
  /** By step of a flow, how many people have been there. */
  stepPeople: { asked: { flow: number }; answer: Record<string, number> };
  tags: { asked: null; answer: { name: string; contacts: number }[] };
  duplicates: { asked: null; answer: FoundGroup[] };
  /** What the guard file is to be told behind a mark, as it stands there, and the new mark. */
  guardNews: { asked: Pick<GuardMark, 'suppression' | 'consent'>; answer: Pick<GuardMark, 'suppression' | 'consent'> & { text: string } };
  export: { asked: ExportOrder; answer: { rows: number } };
};
export type ReadingName = keyof Readings;

/** `id` counts the reads of a thread; it is what a read is given up by. `outOfTurn`: see contactsOutOfTurn. */
export type ReadingRequest = { [Name in ReadingName]: { id: number; name: Name; asked: Readings[Name]['asked']; now: Instant; outOfTurn: number } }[ReadingName];
export type ReadingMessage = { id: number } & ({ answer: unknown } | { problems: readonly Problem[] } | { givenUp: true } | { bug: string });

/** What a thread is started with: the file, where it looks which read is unwanted, and how much of the file it may keep in memory. */
export type ReaderStart = { file: string; unwanted: SharedArrayBuffer; cacheKilobytes?: number };

type Reader<Name extends ReadingName> = (
  workspace: Pick<Workspace, 'db' | 'clock'>,
  asked: Readings[Name]['asked'],
  kept?: Kept,
) => Readings[Name]['answer'] | Promise<Readings[Name]['answer']>;

const readers: { [Name in ReadingName]: Reader<Name> } = {
  contacts: (workspace, page, kept) => contactList(workspace, page, kept),
  count: (workspace, { rule }, kept) => ({ matching: countMatching(workspace, rule), total: totalOf(workspace, kept) }),
  some: (workspace, { rule, limit }) => ({ matching: countMatching(workspace, rule), first: contactsMatching(workspace, rule, { limit }) }),
  ids: (workspace, { rule }) => Float64Array.from(contactsMatching(workspace, rule, { limit: Number.MAX_SAFE_INTEGER })),
  stepPeople: (workspace, { flow }) => peopleAtSteps(workspace, flow),
  tags: (workspace) => listTags(workspace),
  duplicates: (workspace) => findDuplicates(workspace),
  guardNews: (workspace, mark) => savepoint(workspace.db, () => newsSince(workspace, mark)),
  export: (workspace, order) => exportContacts(workspace, order),
};

/** Finds an answer on the connection at hand. `kept`: what this reader keeps of earlier reads. */
export function perform<Name extends ReadingName>(
  workspace: Pick<Workspace, 'db' | 'clock'>,
  name: Name,
  asked: Readings[Name]['asked'],
  kept?: Kept,
): Readings[Name]['answer'] | Promise<Readings[Name]['answer']> {
  return readers[name](workspace, asked, kept);
}
