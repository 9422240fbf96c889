// Contacts whose time zone moves east past a clock time of theirs: nine o'clock was yet to come where they were, and is over where they
// are. They come in late, by triggers that look at the clock in the contact's zone, and once (FEATURES D12, D13). One that moves west
// meets its time once more, and had that occurrence already.
import { addDays, atLocal, isTimeZone, localDate, type Instant } from '../../shared/time.ts';
import { knownCalendars } from '../store/calendars.ts';
import { datesOf, zoneChanges, type ZoneChange } from '../store/contact-dates.ts';
import type { Hearing } from '../store/hearings.ts';
import { readSettings } from '../store/settings.ts';
import type { Workspace } from '../workspace.ts';
import { occurrenceOf, occurrencesOn, TOLERANCE } from './date-triggers.ts';
import { letIn, type Candidate } from './entering.ts';
import { contactsMeeting } from './facts.ts';
import type { Published } from './published.ts';
import { tolerant } from './unaskable.ts';
import type { WatchedTrigger } from './watched-triggers.ts';

/** The clocks of two zones are never further apart than this. */
const FURTHEST_DAYS = 2;

/** A trigger whose time is that of the contact, with what its flow hears of. */
export type ZonedTrigger = { trigger: WatchedTrigger; hearing: Hearing; into: Published };

/** Whether a trigger's clock time is that of the contact, so that it comes earlier where a contact moves east. */
export function goesByZone({ source }: WatchedTrigger): boolean {
  return source.on === 'date' || (source.on === 'clock' && source.whose === 'contact');
}

type Move = { contactId: number; at: Instant; from: string; to: string };

/** Takes in whom changes of zones among these events have made late; joins the transaction at hand. */
export function letInMoved(workspace: Workspace, zoned: readonly ZonedTrigger[], after: number, until: number): void {
  if (zoned.length === 0) return;
  const changes = zoneChanges(workspace, after, until);
  if (changes.length === 0) return;
  const home = readSettings(workspace).timeZone;
  for (const { trigger, hearing, into } of zoned) {
    const moves = changes.filter(({ id }) => id > hearing.after && (hearing.until === null || id <= hearing.until)).map((change) => moveOf(change, home));
    tolerant(() => letIn(workspace, into, lateFor(workspace, trigger, moves), 'flow'));
  }
}

function moveOf({ contactId, at, from, to }: ZoneChange, home: string): Move {
  const zoneOf = (stored: string | null) => (stored !== null && isTimeZone(stored) ? stored : home);
  return { contactId, at, from: zoneOf(from), to: zoneOf(to) };
}

function lateFor(workspace: Workspace, { triggerId, source }: WatchedTrigger, moves: readonly Move[]): Candidate[] {
  const since = workspace.clock.now() - TOLERANCE;
  const candidateOf = (contactId: number, occurrence: string): Candidate => ({ contactId, triggerId, entryKey: `${triggerId}:${occurrence}` });
  if (source.on === 'date') {
    const dates = datesOf(workspace, moves.map(({ contactId }) => contactId), source.attribute);
    return moves.flatMap((move) => {
      const value = dates.get(move.contactId);
      if (value === undefined) return [];
      const onDay = (entryDay: string, zone: string) => {
        const day = occurrencesOn({ source }, [entryDay]).get((typeof value === 'number' ? localDate(value, zone) : value).slice(source.yearly ? 5 : 0));
        return day === undefined ? null : occurrenceOf(source, day, value);
      };
      return missedBy(move, source.at, since, onDay).map((occurrence) => candidateOf(move.contactId, occurrence));
    });
  }
  if (source.on !== 'clock') return [];
  const calendars = knownCalendars(workspace);
  const { who } = source;
  const meant = who === null ? null : contactsMeeting(workspace, who, moves.map(({ contactId }) => contactId));
  // Of several times the last one, so that one catch-up is all there is (FEATURES D6).
  return moves
    .filter(({ contactId }) => meant === null || meant.has(contactId))
    .flatMap((move) => missedBy(move, source.at, since, (day) => (source.isDay(day, calendars) ? day : null)).slice(-1).map((day) => candidateOf(move.contactId, day)));
}

/** The occurrences, in order, of which the clock time was yet to come by the old zone when somebody moved, and is over by the new one; not those before `since`. */
export function missedBy({ at, from, to }: Omit<Move, 'contactId'>, time: string, since: Instant, occurrenceOn: (entryDay: string, zone: string) => string | null): string[] {
  const first = addDays(localDate(at, from), -FURTHEST_DAYS);
  const around = Array.from({ length: 2 * FURTHEST_DAYS + 1 }, (_, n) => addDays(first, n));
  const on = (zone: string, isMeant: (instant: Instant) => boolean) =>
    around.filter((day) => isMeant(atLocal(day, time, zone))).flatMap((day) => occurrenceOn(day, zone) ?? []);
  const toCome = new Set(on(from, (instant) => instant > at));
  return on(to, (instant) => instant <= at && instant > since).filter((occurrence) => toCome.has(occurrence));
}
