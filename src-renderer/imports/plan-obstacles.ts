// Whether a plan for an import can be carried out.
import type { ImportPlan } from '../../shared/contacts/import-plan.ts';

/** What stands in the way: two columns on one attribute, nothing that identifies a contact, or consent without a source. */
export type Obstacle = { kind: 'noKey' } | { kind: 'twice'; attribute: string } | { kind: 'noSource' };

export function planObstacles(plan: ImportPlan): Obstacle | null {
  const attributes = plan.columns.flatMap(({ target }) => (target.kind === 'attribute' || target.kind === 'newAttribute' ? [target.attribute] : []));
  const twice = attributes.find((attribute, index) => attributes.indexOf(attribute) !== index);
  if (twice !== undefined) return { kind: 'twice', attribute: twice };
  if (!['email', 'phone', 'external_id'].some((key) => attributes.includes(key))) return { kind: 'noKey' };
  const fromColumn = plan.columns.some(({ target }) => target.kind === 'consent');
  const asksConsent = fromColumn || plan.consent !== null;
  return asksConsent && (plan.consent?.source.trim() ?? '') === '' ? { kind: 'noSource' } : null;
}
