// Looks at what is asked of many contacts before anything is done: every attribute, value, tag and segment must fit.
import type { BulkChange } from '../../shared/contacts/bulk-edit.ts';
import { IDENTIFYING, type AttributeValue } from '../../shared/contacts/contact.ts';
import { valueReason } from '../../shared/contacts/values.ts';
import { problem, ProblemError, type Problem } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import { attributesOf, type AttributeMap, type StoredAttribute } from '../store/attributes.ts';
import { segmentsOf } from '../store/segments.ts';
import type { Workspace } from '../workspace.ts';

/** They say who a contact is; nobody shares them. */

/** Throws a ProblemError with all that does not fit, each with the number of its change (from 0) as the place. */
export function checkChanges(workspace: Workspace, changes: readonly BulkChange[]): void {
  const attributes = attributesOf(workspace);
  const problems = changes.flatMap((change, index) => {
    const found = 'attribute' in change ? attributeProblem(attributes, change) : 'segment' in change ? segmentProblem(workspace, change.segment) : tagProblem(change.tag);
    return found === undefined ? [] : [{ ...found, place: { field: `changes.${index}` } }];
  });
  if (problems.length > 0) throw new ProblemError(...problems);
}

function attributeProblem(attributes: AttributeMap, change: Extract<BulkChange, { attribute: string }>): Problem | undefined {
  const attribute = attributes.get(change.attribute);
  if (attribute === undefined) return problem('attribute-unknown', say('There is no attribute {key}. Add it under Contacts, or choose another one.', { key: change.attribute }));
  const { key, label, kind } = attribute;
  if ((IDENTIFYING as readonly string[]).includes(key)) return problem('attribute-identifying', say('{attribute} says who a contact is, so it cannot be changed for many at once.', { attribute: label }));
  if (change.kind === 'clear') return undefined;
  if (change.kind === 'replace') {
    if (kind === 'text' || kind === 'choice' || kind === 'choices') return undefined;
    return problem('replace-kind', say('Only texts and choices can be replaced by others; {attribute} is neither.', { attribute: label }));
  }
  if (change.kind === 'append' && kind !== 'text' && kind !== 'choices') {
    return problem('append-kind', say('Nothing can be put behind a value of {attribute}: it is neither a text nor a list of choices. Set it instead.', { attribute: label }));
  }
  if (isEmptyValue(change.value)) return problem('value-missing', say('Say what {attribute} is to become. To empty it, choose to clear it.', { attribute: label }));
  const reason = valueReason(change.value, fitting(attribute));
  return reason === undefined ? undefined : problem('value-unfit', reason);
}

/** A company or a text is never so long that it is a mistake; nothing more is asked of it than of any value of its kind. */
function fitting({ key, kind, choices }: StoredAttribute) {
  return { key, kind, ...(choices !== undefined && { choices }) };
}

function isEmptyValue(value: AttributeValue): boolean {
  return value === null || (typeof value === 'string' && value.trim() === '') || (typeof value === 'object' && value.length === 0);
}

function segmentProblem(workspace: Workspace, key: string): Problem | undefined {
  const segment = segmentsOf(workspace).get(key);
  if (segment === undefined) return problem('segment-unknown', say('There is no segment {segment}. Choose another one.', { segment: key }));
  if (segment.rule === null) return undefined;
  return problem('segment-dynamic', say('“{segment}” is whoever meets its rule, so nobody can be put in or taken out. Change its rule, or use a fixed segment.', { segment: segment.name }));
}

function tagProblem(tag: string): Problem | undefined {
  return tag.trim() === '' ? problem('tag-empty', say('A tag needs a name.')) : undefined;
}
