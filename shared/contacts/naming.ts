// What names a thing of the workspace: by its key, and flows by their number. What a rule names is said here, once for each kind
// of condition; what the settings of steps and triggers name, their fields say (shared/flow/references.ts). From this come "used
// by", what may not be removed, what goes along in a flow file, and what is called otherwise in another workspace.
import { conditionsOf, isGroup, type Condition, type Rule } from './rule.ts';

/** `mergeTag`: an attribute whose value is filled into a text. `step`: another step of the same flow. */
export type Thing = 'message' | 'attribute' | 'mergeTag' | 'tag' | 'segment' | 'calendar' | 'topic' | 'flow' | 'step';
export type Name = { thing: Thing; key: string | number };

/** Answers the key that stands there from now on; for a flow 0 where none is chosen any more. */
export type Rename = <Key extends string | number>(thing: Thing, key: Key) => Key;

type Naming<Each> = (condition: Each, rename: Rename) => Each;

// Whoever adds a kind of condition cannot leave out what it names.
const CONDITIONS: { [Kind in Condition['kind']]: Naming<Extract<Condition, { kind: Kind }>> } = {
  attribute: (condition, rename) => ({ ...condition, attribute: rename('attribute', condition.attribute) }),
  tag: (condition, rename) => ({ ...condition, tag: rename('tag', condition.tag) }),
  consent: (condition, rename) => (condition.topic === undefined ? condition : { ...condition, topic: rename('topic', condition.topic) }),
  suppressed: (condition) => condition,
  segment: (condition, rename) => ({ ...condition, segment: rename('segment', condition.segment) }),
  event: (condition) => condition,
  message: (condition, rename) => ({
    ...condition,
    message: condition.message === 'any' ? 'any' : rename('message', condition.message),
    ...(condition.flow !== undefined && { flow: flowNamed(condition.flow, rename) }),
  }),
  order: (condition) => condition,
  flow: (condition, rename) => ({ ...condition, flow: condition.flow === 'any' ? 'any' : flowNamed(condition.flow, rename) }),
};

function flowNamed(flow: number, rename: Rename): number {
  return flow === 0 ? 0 : rename('flow', flow);
}

/** The same rule with other names. */
export function renamedRule(rule: Rule, rename: Rename): Rule {
  if (isGroup(rule)) return { ...rule, rules: rule.rules.map((each) => renamedRule(each, rename)) };
  return (CONDITIONS[rule.kind] as Naming<Condition>)(rule, rename);
}

/** Every name in a rule, in its order. */
export function namesInRule(rule: Rule): Name[] {
  return collected((collect) => conditionsOf(rule).forEach((each) => renamedRule(each, collect)));
}

/** The keys in a rule of one kind of thing, each once. */
export function namedInRule(rule: Rule, thing: Exclude<Thing, 'flow'>): string[] {
  return keysOf(namesInRule(rule), thing);
}

/** What comes by while something is named anew, and keeps its name. */
export function collected(look: (collect: Rename) => void): Name[] {
  const found: Name[] = [];
  look((thing, key) => {
    found.push({ thing, key });
    return key;
  });
  return found;
}

/** The keys of one kind of thing among names, each once. */
export function keysOf(names: readonly Name[], thing: Exclude<Thing, 'flow'>): string[] {
  return [...new Set(names.flatMap((name) => (name.thing === thing ? [String(name.key)] : [])))];
}
