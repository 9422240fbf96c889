// What windows are told of duplicates and merges. `Row` is a contact as lists show it.
import type { Text } from '../text.ts';
import type { AttributeValue, ConsentState } from './contact.ts';
import type { Grade } from './duplicates.ts';

/** A merge of two contacts. `survivor`: who holds it all now. `kept`: what taking it back left as it was. */
export type MergeRow = { id: number; survivor: number; survivorName: string; merged: number; mergedName: string; at: number; undoneAt: number | null; canUndo: boolean; kept: Text[] };

/** Contacts that may be one person, the one that would remain first. `reasons` hold between two or more of them. */
export type DuplicateGroup<Row> = { grade: Grade; contacts: Row[]; reasons: Text[] };

/** `foundAt`: when it was looked; `counts`: of groups by how sure they are; `total`: of those that were asked for. */
export type DuplicateList<Row> = { foundAt: number; counts: Record<Grade, number>; groups: DuplicateGroup<Row>[]; total: number };

/** What a merge would come to: `chosen` says whose value the survivor gets, `differs` where both have one of their own. */
export type MergePreview<Row> = {
  survivor: Row;
  other: Row;
  values: { key: string; survivor: AttributeValue; other: AttributeValue; chosen: 'survivor' | 'other'; differs: boolean }[];
  tags: string[];
  consents: { channel: string; topic: string; state: ConsentState }[];
  /** Flows in which both are now, and whose passage goes on. */
  flows: { flow: number; name: string; keeps: 'survivor' | 'other' }[];
  belongings: Record<'survivor' | 'other', { events: number; orders: number; flows: number; messages: number }>;
};
