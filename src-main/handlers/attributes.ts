// Calls about looking after attributes: what there is and what uses it, new names and choices, another kind, removal.
import type { AttributeOverview, AttributeUses } from '../../shared/api.ts';
import type { BulkChange } from '../../shared/contacts/bulk-edit.ts';
import { CONVERTIBLE, convertValue, type Conversion } from '../../shared/contacts/conversion.ts';
import type { Attribute, AttributeKind, AttributeValue } from '../../shared/contacts/contact.ts';
import { problem, ProblemError, refuse } from '../../shared/problem.ts';
import { say, type Text } from '../../shared/text.ts';
import { bulkJobs } from '../bulk-edits/jobs.ts';
import type { Handlers } from '../dispatch.ts';
import { convertAttribute, countChoices, countFilled, distinctValues, relabelAttribute, removeAttribute, setChoices } from '../store/attribute-changes.ts';
import { attributesOf, type StoredAttribute } from '../store/attributes.ts';
import { lastContactId } from '../store/bulk-edits.ts';
import { transaction } from '../store/database.ts';
import { isImportRunning } from '../store/imports.ts';
import { attributesOfProfiles } from '../store/import-profiles.ts';
import { recordAudit } from '../store/runner-state.ts';
import { readSettings } from '../store/settings.ts';
import { usesOf } from '../store/uses.ts';
import { turn } from '../turns.ts';
import type { Workspace } from '../workspace.ts';

/** So many contacts are counted at a time, so that a million of them hold nobody up. */
const COUNTED_AT_ONCE = 10_000;
const SAMPLES = 12;
const MOST_CHOICES = 1000;

type Calls = Exclude<Extract<keyof Handlers, `attributes.${string}`>, 'attributes.list' | 'attributes.add'>;

export function attributeHandlers(workspace: Workspace): Pick<Handlers, Calls> {
  const own = (key: string): StoredAttribute => {
    const found = attributesOf(workspace).get(key) ?? refuse('attribute-unknown', say('There is no attribute {key}. Add it under Contacts, or choose another one.', { key }), { field: 'key' });
    if (found.standard) refuse('attribute-standard', say('{attribute} is there for every contact, and stays as it is.', { attribute: found.label }), { field: 'key' });
    return found;
  };
  /** What goes over all contacts bit by bit must find its attributes as they were when it began. */
  const refuseWhileWritten = (): void => {
    bulkJobs(workspace).refuseBusy();
    if (isImportRunning(workspace)) refuse('import-busy', say('An import is running. Wait until it is done, or cancel it.'));
  };
  const changed = (): void => workspace.changed('attributes', 'contacts', 'flows');

  return {
    'attributes.overview': async () => {
      const all = [...attributesOf(workspace).values()];
      const filled = await inParts(workspace, all.map(() => 0), (sum, after, until) => countFilled(workspace, all, after, until).map((n, index) => n + sum[index]!));
      const uses = attributeUses(workspace);
      return all.map(({ key, label, kind, choices, standard }, index): AttributeOverview => ({ key, label, kind, standard, ...(choices && { choices }), filled: filled[index]!, usedBy: uses(key) }));
    },
    'attributes.choices': async ({ key }) => {
      const attribute = withChoices(own(key));
      const counts = await inParts(workspace, new Map((attribute.choices ?? []).map((choice) => [choice, 0])), (sum, after, until) => {
        for (const { choice, contacts } of countChoices(workspace, attribute, after, until)) sum.set(choice, (sum.get(choice) ?? 0) + contacts);
        return sum;
      });
      return [...counts].map(([choice, contacts]) => ({ choice, contacts }));
    },
    'attributes.rename': ({ key, label }) => {
      const before = own(key);
      transaction(workspace.db, () => {
        relabelAttribute(workspace, key, label.trim());
        recordAudit(workspace, 'user', 'attribute-renamed', { attribute: key, from: before.label, to: label.trim() });
      });
      changed();
      return null;
    },
    'attributes.setChoices': ({ key, choices, gone }) => {
      const attribute = withChoices(own(key));
      const names = choices.map(({ name }) => name.trim());
      const changes = choiceChanges(attribute, choices, gone);
      checkChoices(attribute, names, choices, gone);
      const keep = (): void => {
        setChoices(workspace, key, names);
        recordAudit(workspace, 'user', 'choices-changed', { attribute: key, from: attribute.choices ?? [], to: names });
      };
      const bulkEdit = changes.length === 0 ? null : bulkJobs(workspace).start({ changes, whom: { contacts: null, rule: { kind: 'attribute', attribute: key, operator: 'isNotEmpty' }, search: '' }, startFlows: false }, 'attributes', keep);
      if (bulkEdit === null) transaction(workspace.db, keep);
      changed();
      return { bulkEdit };
    },
    'attributes.convert': ({ key, kind, dryRun }) => {
      const attribute = own(key);
      if (!CONVERTIBLE[attribute.kind].includes(kind)) refuse('not-convertible', say('{attribute} cannot change into that kind. Add a new attribute instead.', { attribute: attribute.label }), { field: 'kind' });
      const plan = planConversion(workspace, attribute, kind);
      if (dryRun) return plan.conversion;
      refuseWhileWritten();
      // What is filled into texts is written as it is: a value of another kind, too.
      refuseInUse(attribute.label, { ...usesOf(workspace, 'attribute')(key), messages: [] });
      transaction(workspace.db, () => {
        convertAttribute(workspace, attribute, plan.to, plan);
        recordAudit(workspace, 'user', 'attribute-converted', { attribute: key, from: attribute.kind, to: kind, lost: plan.conversion.lost, shortened: plan.conversion.shortened });
      });
      changed();
      return plan.conversion;
    },
    'attributes.remove': ({ key }) => {
      const attribute = own(key);
      refuseInUse(attribute.label, attributeUses(workspace)(key));
      refuseWhileWritten();
      transaction(workspace.db, () => {
        const [filled] = countFilled(workspace, [attribute], 0, lastContactId(workspace));
        removeAttribute(workspace, attribute);
        recordAudit(workspace, 'user', 'attribute-removed', { attribute: key, label: attribute.label, kind: attribute.kind, values: filled });
      });
      changed();
      return null;
    },
  };
}

/** Adds up over all contacts, some thousand at a time, with other calls answered in between. */
async function inParts<Sum>(workspace: Workspace, start: Sum, add: (sum: Sum, after: number, until: number) => Sum): Promise<Sum> {
  const last = lastContactId(workspace);
  let sum = start;
  for (let after = 0; after < last && workspace.db.open; after += COUNTED_AT_ONCE) {
    sum = add(sum, after, Math.min(last, after + COUNTED_AT_ONCE));
    await turn();
  }
  return sum;
}

/** Answers what uses an attribute, remembered ways of importing among it. */
function attributeUses(workspace: Workspace): (key: string) => AttributeUses {
  const uses = usesOf(workspace, 'attribute', 'mergeTag');
  const imports = attributesOfProfiles(workspace);
  return (key) => ({ ...uses(key), imports: imports.filter(({ attributes }) => attributes.includes(key)).map((profile) => ({ key: profile.key, name: profile.name })) });
}

function refuseInUse(attribute: string, { flows, segments, messages }: Pick<AttributeUses, 'flows' | 'segments' | 'messages'>): void {
  const names = (list: readonly { name: string }[]): Text[] => list.map(({ name }) => say('“{name}”', { name }));
  const problems = [
    ...(flows.length === 0 ? [] : [problem('attribute-in-use', say('{attribute} is used by the flows {flows}. Take it out there first.', { attribute, flows: names(flows) }))]),
    ...(segments.length === 0 ? [] : [problem('attribute-in-use', say('{attribute} is used by the segments {segments}. Take it out there first.', { attribute, segments: names(segments) }))]),
    ...(messages.length === 0 ? [] : [problem('attribute-in-use', say('{attribute} is used by the messages {messages}. Take it out there first.', { attribute, messages: names(messages) }))]),
  ];
  if (problems.length > 0) throw new ProblemError(...problems);
}

function withChoices(attribute: StoredAttribute): StoredAttribute {
  if (attribute.kind !== 'choice' && attribute.kind !== 'choices') refuse('no-choices', say('{attribute} is not an attribute with choices.', { attribute: attribute.label }), { field: 'key' });
  return attribute;
}

type Choices = { was: string | null; name: string }[];
type Gone = { choice: string; to: string | null }[];

/** What the contacts' values become: those of renamed choices, and those of choices that go. */
function choiceChanges({ key }: StoredAttribute, choices: Choices, gone: Gone): BulkChange[] {
  const renamed = choices.filter(({ was, name }) => was !== null && was !== name.trim()).map(({ was, name }): BulkChange => ({ kind: 'replace', attribute: key, from: was!, to: name.trim() }));
  return [...gone.map(({ choice, to }): BulkChange => ({ kind: 'replace', attribute: key, from: choice, to: to?.trim() ?? null })), ...renamed];
}

function checkChoices({ choices: before = [] }: StoredAttribute, names: readonly string[], choices: Choices, gone: Gone): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) refuse('choice-twice', say('There are two choices {choice}. Give one of them another name.', { choice: twice }), { field: 'choices' });
  // One change follows the other: whoever took the name of another that moves would move with it.
  const leaving = new Set([...gone.map(({ choice }) => choice), ...choices.flatMap(({ was, name }) => (was !== null && was !== name.trim() ? [was] : []))]);
  const taken = choices.find(({ was, name }) => was !== name.trim() && leaving.has(name.trim()));
  if (taken !== undefined) refuse('choice-moves', say('{choice} is renamed or removed at the same time. Save that first, and then use its name again.', { choice: taken.name.trim() }), { field: 'choices' });
  const kept = new Set(choices.map(({ was }) => was));
  const lost = before.find((choice) => !kept.has(choice) && !gone.some((each) => each.choice === choice));
  if (lost !== undefined) refuse('choice-gone', say('Say what becomes of those who have {choice}: another choice, or none.', { choice: lost }), { field: 'choices' });
  const unknown = gone.find(({ to }) => to !== null && !names.includes(to.trim()));
  if (unknown !== undefined) refuse('choice-unknown', say('{choice} is not one of the choices that remain.', { choice: unknown.to ?? '' }), { field: 'gone' });
}

type Planned = { conversion: Conversion; to: Pick<Attribute, 'key' | 'kind' | 'choices'>; becomes: { before: AttributeValue; after: AttributeValue }[]; become(value: Exclude<AttributeValue, null>): AttributeValue };

function planConversion(workspace: Workspace, attribute: StoredAttribute, kind: AttributeKind): Planned {
  const writing = readSettings(workspace);
  const values = distinctValues(workspace, attribute);
  const to = { key: attribute.key, kind, ...(attribute.choices !== undefined && (kind === 'choice' || kind === 'choices') && { choices: attribute.choices }) };
  const conversion: Conversion = { kept: 0, shortened: 0, lost: 0, samples: [] };
  const becomes: Planned['becomes'] = [];
  for (const { value, contacts } of values) {
    const converted = convertValue(value, attribute.kind, to, writing);
    const outcome = converted === null ? 'lost' : converted.shortened ? 'shortened' : 'kept';
    conversion[outcome] += contacts;
    if (outcome !== 'kept' && conversion.samples.length < SAMPLES) conversion.samples.push({ before: value, after: converted?.value ?? null, contacts });
    if (converted !== null) becomes.push({ before: value, after: converted.value });
  }
  const become = (value: Exclude<AttributeValue, null>): AttributeValue => convertValue(value, attribute.kind, to, writing)?.value ?? null;
  return { conversion, becomes, become, to: to.choices === undefined ? { ...to, ...choicesFrom(kind, becomes) } : to };
}

/** What is there becomes what may be chosen; where that is too much for a list, anything may. */
function choicesFrom(kind: AttributeKind, becomes: Planned['becomes']): { choices?: string[] } {
  if (kind !== 'choice' && kind !== 'choices') return {};
  const choices = [...new Set(becomes.flatMap(({ after }) => [after].flat().map(String)))].sort((a, b) => a.localeCompare(b));
  return choices.length > MOST_CHOICES ? {} : { choices };
}
