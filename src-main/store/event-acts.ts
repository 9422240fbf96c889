// Where in SQL the events of a type are found. A contact that an import adds comes with one event, which also tells of tags and
// consents; asked for those, it counts as the events that they would be by themselves. `actsOf` says the same of single events.
import type { Arrival } from '../../shared/contacts/event.ts';
import { piece, type Piece } from './rule-sql.ts';

type Told = { path: `$.${keyof Arrival}`; data: string };

/** A subject is a channel, or "channel:topic". */
const CONSENT = `CASE instr(told.key, ':') WHEN 0 THEN json_object('channel', told.key, 'source', told.value)
  ELSE json_object('channel', substr(told.key, 1, instr(told.key, ':') - 1), 'topic', substr(told.key, instr(told.key, ':') + 1), 'source', told.value) END`;

const TOLD_WITH_ARRIVALS: ReadonlyMap<string, Told> = new Map([
  ['tag_added', { path: '$.tags', data: `json_object('tag', told.value)` }],
  ['consent_given', { path: '$.given', data: CONSENT }],
  ['consent_withdrawn', { path: '$.withdrawn', data: CONSENT }],
]);

/** What can stand behind FROM, with an alias, to read events of a type: one source, or two that are to be read together. */
export function eventSources(type: string): string[] {
  const told = TOLD_WITH_ARRIVALS.get(type);
  if (told === undefined) return ['events'];
  const columns = ['id', 'contact_id', 'at', 'recorded_at', 'source', 'flow_id', 'enrollment_id', 'outbox_id', 'import_id', 'bulk_edit_id', 'made_by'];
  return [
    'events',
    `(SELECT ${columns.map((column) => `x.${column} AS ${column}`).join(', ')}, '${type}' AS type, ${told.data} AS data
      FROM events x CROSS JOIN json_each(x.data, '${told.path}') told WHERE x.type = 'contact_added')`,
  ];
}

/** Of `events e` of a type those that people made: opens and clicks known to be a machine's are nobody's. None where the type has no such. */
export function madeByPeople(type: string): Piece[] {
  return type === 'message_opened' || type === 'message_clicked' ? [piece(`e.made_by IS NOT 'machine'`)] : [];
}
