// By what contacts are found when a file comes in: by what the file has a column for.
import { MATCH_KEYS, type ImportPlan } from './import-plan.ts';

/** The keys of the attributes that columns of the plan become. */
export function attributesOf(plan: Pick<ImportPlan, 'columns'>): string[] {
  return plan.columns.flatMap(({ target }) => (target.kind === 'attribute' || target.kind === 'newAttribute' ? [target.attribute] : []));
}

/** The plan, finding people only by what it has a column for: by its own keys as far as they are there, or else by the best that is. */
export function withFittingMatch(plan: ImportPlan): ImportPlan {
  const attributes = attributesOf(plan);
  const there = plan.match.filter((key) => attributes.includes(key));
  const best = MATCH_KEYS.find((key) => attributes.includes(key));
  return { ...plan, match: there.length > 0 ? there : best === undefined ? plan.match : [best] };
}
