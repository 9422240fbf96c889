// Whether a plan for an import can be carried out.
import type { Channel } from '../../shared/contacts/contact.ts';
import type { ImportPlan, MatchKey } from '../../shared/contacts/import-plan.ts';
import { attributesOf } from '../../shared/contacts/match-keys.ts';

/** What stands in the way: two columns on one attribute, no column for what contacts are found by or for what an order or event must have, or consent without a source. */
export type Obstacle = { kind: 'noKey'; key: MatchKey } | { kind: 'twice'; attribute: string } | { kind: 'twoConsents' } | { kind: 'noSource' } | { kind: 'needs'; field: 'number' | 'at' | 'amount' | 'type' } | { kind: 'fieldTwice'; field: string };

const NEEDED = { contacts: [], orders: ['number', 'at', 'amount'], events: ['at', 'type'] } as const;

/** The first obstacle of a plan; null where it can be carried out. */
export function planObstacles(plan: ImportPlan): Obstacle | null {
  const attributes = attributesOf(plan);
  const twice = attributes.find((attribute, index) => attributes.indexOf(attribute) !== index);
  if (twice !== undefined) return { kind: 'twice', attribute: twice };
  const fields = plan.columns.flatMap(({ target }) => (target.kind === 'order' || target.kind === 'event' ? [target.field] : []));
  const field = fields.find((each, index) => fields.indexOf(each) !== index);
  if (field !== undefined) return { kind: 'fieldTwice', field };
  const needed = NEEDED[plan.kind].find((each) => !fields.includes(each) && !(each === 'type' && plan.eventType !== null));
  if (needed !== undefined) return { kind: 'needs', field: needed };
  const channels = consentColumns(plan);
  if (new Set(channels).size < channels.length) return { kind: 'twoConsents' };
  const missing = plan.match.find((key) => !attributes.includes(key));
  if (missing !== undefined) return { kind: 'noKey', key: missing };
  const asksConsent = plan.consent !== null && plan.consent.source.trim() === '';
  return asksConsent ? { kind: 'noSource' } : null;
}

/** The channels of which columns of the plan tell consent. */
export function consentColumns({ columns }: Pick<ImportPlan, 'columns'>): Channel[] {
  return columns.flatMap(({ target }) => (target.kind === 'consent' || target.kind === 'status' ? [target.channel] : []));
}
