// Finds contacts by a date of theirs, for triggers that look at the calendar.
import { localDate } from '../../shared/time.ts';
import type { Workspace } from '../workspace.ts';
import { attributesOf } from './attributes.ts';
import { row, rows } from './database.ts';

/** Every time zone that contacts have of their own. Goes from one to the next in the index, so the number of contacts does not matter. */
export function contactZones(workspace: Workspace): string[] {
  return rows<{ zone: string }>(
    workspace.db,
    `WITH RECURSIVE zones(zone) AS (
       SELECT min(time_zone) FROM contacts WHERE time_zone IS NOT NULL
       UNION ALL
       SELECT (SELECT min(time_zone) FROM contacts WHERE time_zone IS NOT NULL AND time_zone > zone) FROM zones WHERE zone IS NOT NULL
     ) SELECT zone FROM zones WHERE zone IS NOT NULL`,
  ).map(({ zone }) => zone);
}

export type DateSearch = {
  /** The key of a date attribute, or of one with a date and a time: then its day in `zone` counts. */
  attribute: string;
  /** True: only month and day are compared. */
  yearly: boolean;
  /** What to look for: "YYYY-MM-DD", or "MM-DD" when yearly. */
  days: readonly string[];
  /** Contacts whose zone is stored as one of these; `null` is: none of their own. */
  storedZones: readonly (string | null)[];
  /** The zone in which those contacts' days are reckoned. */
  zone: string;
};

/** Contacts whose date is one of the days, with the day that it is (as in `days`) and the date as it is stored, by id. An attribute that is gone finds nobody. */
export function contactsOnDays(workspace: Workspace, search: DateSearch): { id: number; day: string; value: string | number }[] {
  const attribute = attributesOf(workspace).get(search.attribute);
  if (attribute === undefined) return [];
  const zones = JSON.stringify(search.storedZones.map((zone) => zone ?? ''));
  const inZones = `coalesce(time_zone, '') IN (SELECT value FROM json_each(?))`;
  if (attribute.kind === 'dateTime') {
    const days = new Set(search.days);
    return rows<{ id: number; value: number }>(workspace.db, `SELECT id, ${attribute.column} AS value FROM contacts WHERE ${attribute.column} IS NOT NULL AND ${inZones} ORDER BY id`, zones)
      .map(({ id, value }) => ({ id, day: localDate(value, search.zone).slice(search.yearly ? 5 : 0), value }))
      .filter(({ day }) => days.has(day));
  }
  const day = search.yearly ? `substr(${attribute.column}, 6)` : attribute.column;
  return rows(workspace.db, `SELECT id, ${day} AS day, ${attribute.column} AS value FROM contacts WHERE ${day} IN (SELECT value FROM json_each(?)) AND ${inZones} ORDER BY id`, JSON.stringify(search.days), zones);
}

/** Contacts whose zone is stored as one of these; `null` is: none of their own. */
export function contactsInZones(workspace: Workspace, storedZones: readonly (string | null)[]): Set<number> {
  const zones = JSON.stringify(storedZones.map((zone) => zone ?? ''));
  return new Set(rows<{ id: number }>(workspace.db, `SELECT id FROM contacts WHERE coalesce(time_zone, '') IN (SELECT value FROM json_each(?))`, zones).map(({ id }) => id));
}

/** How many contacts `contactsOnDays` would find. */
export function countOnDays(workspace: Workspace, search: DateSearch): number {
  const attribute = attributesOf(workspace).get(search.attribute);
  if (attribute === undefined) return 0;
  if (attribute.kind === 'dateTime') return contactsOnDays(workspace, search).length;
  const day = search.yearly ? `substr(${attribute.column}, 6)` : attribute.column;
  return row<{ n: number }>(
    workspace.db,
    `SELECT count(*) AS n FROM contacts WHERE ${day} IN (SELECT value FROM json_each(?)) AND coalesce(time_zone, '') IN (SELECT value FROM json_each(?))`,
    JSON.stringify(search.days),
    JSON.stringify(search.storedZones.map((zone) => zone ?? '')),
  )!.n;
}

/** For these contacts, as far as they have one, a date of theirs as it is stored: a day ("YYYY-MM-DD"), or an instant. An attribute that is gone: nobody. */
export function datesOf(workspace: Workspace, contactIds: readonly number[], key: string): Map<number, string | number> {
  const attribute = attributesOf(workspace).get(key);
  if (attribute === undefined) return new Map();
  return new Map(
    rows<{ id: number; value: string | number }>(
      workspace.db,
      `SELECT c.id AS id, c.${attribute.column} AS value FROM json_each(?) j CROSS JOIN contacts c ON c.id = j.value WHERE c.${attribute.column} IS NOT NULL`,
      JSON.stringify(contactIds),
    ).map(({ id, value }) => [id, value]),
  );
}

/** That a contact's zone became another one, as it is stored; `null` is: none of their own. */
export type ZoneChange = { id: number; contactId: number; at: number; from: string | null; to: string | null };

/** The changes of zones that are on record with an id above `after`, up to `until`, in order. */
export function zoneChanges(workspace: Workspace, after: number, until: number): ZoneChange[] {
  return rows(
    workspace.db,
    `SELECT id, contact_id AS contactId, at, data ->> '$.changes.time_zone[0]' AS "from", data ->> '$.changes.time_zone[1]' AS "to" FROM events
     WHERE id > ? AND id <= ? AND +type = 'attributes_changed' AND data -> '$.changes.time_zone' IS NOT NULL ORDER BY id`,
    after,
    until,
  );
}
