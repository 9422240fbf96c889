// Everything that is wrong with a flow, each problem with its place. All of it takes time linear in steps and edges.
import { entriesOf, fieldsOf, isAsked, missingFields, within } from '../fields.ts';
import { ruleProblems } from '../contacts/operators.ts';
import { conditionsOf, type Rule } from '../contacts/rule.ts';
import type { Branch } from '../contacts/rule-fields.ts';
import { problem, type Place, type Problem } from '../problem.ts';
import { say } from '../text.ts';
import { stepType } from '../steps/index.ts';
import type { Names } from '../steps/step.ts';
import { triggerType } from '../triggers/index.ts';
import { START, type Flow, type Step, type Trigger } from './flow.ts';
import { entryProblems } from './entry.ts';
import { issueText } from './issues.ts';
import { ownChangeProblems } from './own-changes.ts';
import { checkConfig } from './reading.ts';
import { wayProblems } from './ways.ts';
import type { z } from 'zod';

/** Every problem of a flow: of the flow itself, its triggers, its steps one after the other, and the ways between them. */
export function flowProblems(flow: Flow, names: Names): Problem[] {
  return [
    ...wholeProblems(flow, names),
    ...idProblems(flow),
    ...flow.triggers.flatMap((trigger) => triggerProblems(trigger, names)),
    ...flow.steps.flatMap((step) => stepProblems(step, names)),
    ...wayProblems(flow),
    ...ownChangeProblems(flow),
  ];
}

/** Only errors hold a flow back; warnings and hints are there to be read. */
export function mayPublish(problems: readonly Problem[]): boolean {
  return problems.every((each) => each.severity !== 'error');
}

const BREAKING = new Set([
  'unknown-step',
  'unknown-trigger',
  'config-invalid',
  'id-twice',
  'id-reserved',
  'edge-dangling',
  'edge-unknown-outlet',
  'edge-twice',
]);

/** Whether a problem is one that the editor can neither show nor mend. A file with such a problem is refused whole (FAULTS F43). */
export function breaksFlow({ code }: Problem): boolean {
  return BREAKING.has(code);
}

function wholeProblems(flow: Flow, names: Names): Problem[] {
  const problems: Problem[] = [];
  if (flow.triggers.length === 0) {
    problems.push(
      problem('no-trigger', say('Nothing starts this flow. Add a trigger: what must happen for a contact to come in?'), {
        field: 'triggers',
      }),
    );
  }
  if (flow.steps.length === 0)
    problems.push(problem('no-steps', say('This flow has no steps yet. Add the first one below the start.'), { field: 'steps' }));
  return [
    ...problems,
    ...entryProblems(flow.entry),
    ...wholeRule(flow.entry.audience, 'entry.audience', names, false),
    ...wholeRule(flow.goal, 'goal', names, true),
    ...wholeRule(flow.exit, 'exit', names, true),
  ];
}

/** A rule of the flow itself. An empty one would let everybody in, or out at once. */
function wholeRule(rule: Rule | null, field: string, names: Names, enrollment: boolean): Problem[] {
  if (rule === null) return [];
  if (conditionsOf(rule).length > 0) return ruleProblems(rule, names, { field, enrollment });
  return [problem('rule-empty', say('This rule has no conditions. Say whom it is about, or remove it.'), { field })];
}

function idProblems(flow: Flow): Problem[] {
  const problems: Problem[] = [];
  const steps = new Set<string>();
  for (const { id } of flow.steps) {
    if (id === START)
      problems.push(
        problem('id-reserved', say('A step cannot have the id “{id}”: edges from “{id}” are those of the triggers.', { id }), { step: id }),
      );
    if (steps.has(id))
      problems.push(problem('id-twice', say('Two steps have the id “{id}”. Each step needs its own.', { id }), { step: id }));
    steps.add(id);
  }
  const triggers = new Set<string>();
  for (const { id } of flow.triggers) {
    if (triggers.has(id))
      problems.push(problem('id-twice', say('Two triggers have the id “{id}”. Each trigger needs its own.', { id }), { trigger: id }));
    triggers.add(id);
  }
  return problems;
}

function triggerProblems(trigger: Trigger, names: Names): Problem[] {
  const place = { trigger: trigger.id };
  const type = triggerType(trigger.type);
  if (type === undefined) {
    return [
      problem(
        'unknown-trigger',
        say('“{type}” is not a trigger that this program knows. Choose another trigger, or use a newer program.', { type: trigger.type }),
        place,
      ),
    ];
  }
  const parsed = type.config.safeParse(trigger.config);
  if (!parsed.success) return configIssues(type.config, parsed.error.issues, place);
  return [
    ...missingFields(type.config, parsed.data, place),
    ...referenceProblems(type.config, parsed.data, place, names),
    ...(type.problems?.(parsed.data, names) ?? []).map((each) => ({ ...each, place: { ...place, ...each.place } })),
  ];
}

function stepProblems(step: Step, names: Names): Problem[] {
  const place = { step: step.id };
  const type = stepType(step.type);
  const result = checkConfig(step);
  if (type === undefined || 'unknown' in result) {
    return [
      problem(
        'unknown-step',
        say('“{type}” is not a step that this program knows. Remove it, choose another step, or use a newer program.', { type: step.type }),
        place,
      ),
    ];
  }
  if ('issues' in result) return configIssues(type.config, result.issues, place);
  // People pass through a disabled step, so what it would have done need not be complete.
  if (step.disabled === true) return [];
  return [
    ...missingFields(type.config, result.config, place),
    ...referenceProblems(type.config, result.config, place, names),
    ...(type.problems?.(result.config, names) ?? []).map((each) => ({ ...each, place: { ...place, ...each.place } })),
  ];
}

function configIssues(config: z.ZodObject, issues: readonly z.core.$ZodIssue[], place: Place): Problem[] {
  const labels = new Map(fieldsOf(config).map(({ name, meta }) => [name, meta.label]));
  return issues.map((issue) => {
    const path = issue.path.map(String);
    const reason = issueText(issue);
    if (path.length === 0) return problem('config-invalid', say('The settings are not as they should be: {reason}.', { reason }), place);
    const field = labels.get(path[0]!) ?? say('{name}', { name: path[0]! });
    return problem('config-invalid', say('{field} is not as it should be: {reason}.', { field, reason }), {
      ...place,
      field: path.join('.'),
    });
  });
}

/** What a configuration refers to by key must be there, and must be of a kind that fits. */
function referenceProblems(config: z.ZodObject, values: Record<string, unknown>, place: Place, names: Names): Problem[] {
  return fieldsOf(config).flatMap(({ name, meta }): Problem[] => {
    const value = values[name];
    const at = { ...place, field: name };
    if (!isAsked(meta, values) || value === null || value === undefined) return [];
    switch (meta.kind) {
      case 'message':
        return names.message(value as string) === undefined
          ? [
              problem(
                'message-unknown',
                say('There is no message {message}. Choose another one, or create it.', { message: value as string }),
                at,
              ),
            ]
          : [];
      case 'segment': {
        const segment = names.segment(value as string);
        if (segment === undefined) {
          return [problem('segment-unknown', say('There is no segment {segment}. Choose another one.', { segment: value as string }), at)];
        }
        const fits = meta.fixedOnly !== true || names.isFixedSegment?.(value as string) !== false;
        return fits
          ? []
          : [
              problem(
                'segment-dynamic',
                say('“{segment}” is whoever meets its rule, so nobody can be put in or taken out. Change its rule, or use a fixed segment.', { segment }),
                at,
              ),
            ];
      }
      case 'calendar':
        return names.calendar !== undefined && names.calendar(value as string) === undefined
          ? [problem('calendar-unknown', say('There is no calendar {calendar}. Choose another one.', { calendar: value as string }), at)]
          : [];
      case 'topic':
        return names.topic !== undefined && names.topic(value as string) === undefined
          ? [problem('topic-unknown', say('There is no topic {topic}. Add it under Settings, Privacy, or choose another one.', { topic: value as string }), at)]
          : [];
      case 'flow':
        return names.flow !== undefined && names.flow(value as number) === undefined
          ? [problem('flow-unknown', say('The flow that was chosen here is not in this workspace. Choose another one.'), at)]
          : [];
      case 'attribute': {
        const attribute = names.attribute(value as string);
        if (attribute === undefined) {
          return [
            problem(
              'attribute-unknown',
              say('There is no attribute {attribute}. Choose another one, or create it.', { attribute: value as string }),
              at,
            ),
          ];
        }
        return meta.attributeKinds === undefined || meta.attributeKinds.includes(attribute.kind)
          ? []
          : [
              problem(
                'attribute-unfit',
                say('{attribute} is not of a kind that fits {field}. Choose another one.', {
                  attribute: attribute.label,
                  field: meta.label,
                }),
                at,
              ),
            ];
      }
      case 'forms':
        return entriesOf(meta, value).flatMap(({ item, entry, index }) => within(`${name}.${index}`, referenceProblems(item, entry, place, names)));
      case 'rule':
        return conditionsOf(value as Rule).length === 0
          ? [problem('rule-empty', say('{field} has no conditions yet.', { field: meta.label }), at)]
          : placed(ruleProblems(value as Rule, names, { field: name }), place);
      case 'branches':
        // A branch without a rule is its step type's to tell.
        return (value as Branch[]).flatMap(({ rule }, index) =>
          rule === null || conditionsOf(rule).length === 0
            ? []
            : placed(ruleProblems(rule, names, { field: `${name}.${index}.rule` }), place),
        );
      default:
        return [];
    }
  });
}

function placed(problems: readonly Problem[], place: Place): Problem[] {
  return problems.map((each) => ({ ...each, place: { ...place, ...each.place } }));
}
