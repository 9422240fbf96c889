// What steps and triggers name is what their fields say: whatever one of them does or asks by a key must stand in a field of the
// kind for it, or it would be lost from flow files, "used by" and what may not be removed.
import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import type { EventQuestion } from '../../shared/contacts/event-question.ts';
import { namesInRule, renamedRule, type Name, type Rename } from '../../shared/contacts/naming.ts';
import type { Condition, Rule } from '../../shared/contacts/rule.ts';
import { fieldsOf, isAsked, textField, type FieldKind, type FieldMeta } from '../../shared/fields.ts';
import { flowSchema } from '../../shared/flow/flow.ts';
import { namesIn, namesInFlow, renamedFlow } from '../../shared/flow/references.ts';
import { stepTypes } from '../../shared/steps/index.ts';
import { defineStep, NEXT, type Effect, type FactRequest, type StepType } from '../../shared/steps/step.ts';
import { say } from '../../shared/text.ts';
import { triggerTypes } from '../../shared/triggers/index.ts';
import { defineTrigger, type TriggerType } from '../../shared/triggers/trigger.ts';

type Values = Record<string, unknown>;
const nameOf = ({ thing, key }: Name) => `${thing} ${key}`;

/** One condition of each kind, and what it names. */
const CONDITIONS: { [Kind in Condition['kind']]: [Extract<Condition, { kind: Kind }>, string[]] } = {
  attribute: [{ kind: 'attribute', attribute: 'ruled_attribute', operator: 'isNotEmpty' }, ['attribute ruled_attribute']],
  tag: [{ kind: 'tag', tag: 'ruled tag', has: true }, ['tag ruled tag']],
  consent: [{ kind: 'consent', channel: 'email', topic: 'ruled_topic', given: true }, ['topic ruled_topic']],
  suppressed: [{ kind: 'suppressed', channel: 'email', is: true }, []],
  segment: [{ kind: 'segment', segment: 'ruled_segment', member: true }, ['segment ruled_segment']],
  event: [{ kind: 'event', event: 'form_sent', did: true, since: 'ever' }, []],
  message: [{ kind: 'message', message: 'ruled_message', flow: 31, act: 'opened', did: true, since: 'ever' }, ['message ruled_message', 'flow 31']],
  order: [{ kind: 'order', measure: 'count', operator: 'atLeast', value: 1, since: 'ever' }, []],
  flow: [{ kind: 'flow', flow: 32, position: 'inside', is: true, since: 'ever' }, ['flow 32']],
};
const RULE: Rule = { kind: 'any', rules: [{ kind: 'all', rules: Object.values(CONDITIONS).map(([condition]) => condition) }] };
const RULED = Object.values(CONDITIONS).flatMap(([, names]) => names);

/** Values of a field of each kind, and what they name. Of a text nobody knows what it means. */
const FIELDS: Record<FieldKind, (meta: FieldMeta) => [values: unknown[], names: string[]]> = {
  text: ({ mergeTags }) => [['some_text {{ contact.filled }}'], mergeTags ? ['mergeTag filled'] : []],
  longText: ({ mergeTags }) => [['some_text {{ contact.filled }}'], mergeTags ? ['mergeTag filled'] : []],
  number: () => [[5], []],
  yesNo: () => [[true, false], []],
  choice: ({ options = [] }) => [options.map(({ value }) => value), []],
  duration: () => [[{ amount: 5, unit: 'days' }], []],
  timeOfDay: () => [['10:00'], []],
  weekdays: () => [[[1, 2]], []],
  date: () => [['2026-05-01'], []],
  dateTime: () => [['2026-05-01T09:00'], []],
  timeZone: () => [['Europe/Warsaw'], []],
  attribute: () => [['an_attribute'], ['attribute an_attribute']],
  attributeValue: () => [[5, 'some_value'], []],
  tag: () => [[' a tag '], ['tag a tag']],
  message: () => [['a_message'], ['message a_message']],
  segment: () => [['a_segment'], ['segment a_segment']],
  calendar: () => [['a_calendar'], ['calendar a_calendar']],
  topic: () => [['a_topic'], ['topic a_topic']],
  flow: () => [[7], ['flow 7']],
  step: () => [['a_step'], ['step a_step']],
  rule: () => [[RULE], RULED],
  branches: () => [[[{ id: 'b1', label: '', rule: RULE }, { id: 'b2', label: '', rule: null }]], RULED],
  shares: () => [[[{ id: 's1', label: '', weight: 50 }, { id: 's2', label: '', weight: 50 }]], []],
  forms: ({ item, ids }) => [settingsOf(item!).map(([values], index) => [{ ...(ids && { id: `f${index}` }), ...values }]), []],
};

/** Settings of every sort: all fields filled in, with each of the values of each field once; and what they name. */
function settingsOf(config: z.ZodObject): [Values, Set<string>][] {
  const fields = fieldsOf(config).map(({ name, meta }) => ({ name, meta, given: FIELDS[meta.kind](meta) }));
  const start = Object.fromEntries(fields.map(({ name, given: [values] }) => [name, values[0]]));
  const all = fields.flatMap(({ name, given: [values] }) => values.map((value): Values => ({ ...start, [name]: value })));
  return all.map((values) => [values, namedBy(config, values)]);
}

function namedBy(config: z.ZodObject, values: Values): Set<string> {
  const asked = fieldsOf(config).filter(({ name, meta }) => values[name] !== undefined && isAsked(meta, values));
  return new Set(
    asked.flatMap(({ name, meta }) => (meta.kind === 'forms' ? (values[name] as Values[]).flatMap((entry) => [...namedBy(meta.item!, entry)]) : FIELDS[meta.kind](meta)[1])),
  );
}

const ofQuestion = ({ message, tag, firstChangeOf }: EventQuestion): string[] => [
  ...(message === undefined ? [] : [`message ${message}`]),
  ...(tag === undefined ? [] : [`tag ${tag}`]),
  ...(firstChangeOf === undefined ? [] : [`attribute ${firstChangeOf}`]),
];
const ofRule = (rule: Rule | null | undefined): string[] => (rule ? namesInRule(rule).map(nameOf) : []);

const EFFECTS: { [Kind in Effect['kind']]: (effect: Extract<Effect, { kind: Kind }>) => string[] } = {
  send: ({ message }) => (message === '' ? [] : [`message ${message}`]),
  setAttribute: ({ attribute }) => [`attribute ${attribute}`],
  setDate: ({ attribute }) => [`attribute ${attribute}`],
  changeScore: ({ attribute }) => [`attribute ${attribute}`],
  setStage: ({ attribute }) => [`attribute ${attribute}`],
  consent: () => [],
  emit: () => [],
  addTag: ({ tag }) => [`tag ${tag}`],
  removeTag: ({ tag }) => [`tag ${tag}`],
  addToSegment: ({ segment }) => [`segment ${segment}`],
  removeFromSegment: ({ segment }) => [`segment ${segment}`],
  openTask: ({ title, text }) => [...filledIn(title), ...filledIn(text)],
  escalateTask: () => [],
  addNote: ({ text }) => filledIn(text),
  notify: ({ title, text }) => [...filledIn(title), ...filledIn(text)],
  fork: () => [],
};
/** The runner fills in the texts of these effects. */
const filledIn = (text: string) => [...text.matchAll(/contact\.(\w+)/g)].map(([, key]) => `mergeTag ${key}`);

const ofFact = (fact: FactRequest): string[] => {
  if ('rule' in fact) return ofRule(fact.rule);
  if ('attribute' in fact) return [`attribute ${fact.attribute}`];
  return 'firstEvent' in fact ? fact.firstEvent.flatMap(({ question }) => ofQuestion(question)) : [];
};
const answerTo = (fact: FactRequest): boolean | null => ('rule' in fact ? true : null);

/** What a step does and asks with these settings. */
function touchedBy(type: StepType, config: Values): string[] {
  const asked = type.facts?.(config) ?? {};
  const facts = Object.fromEntries(Object.entries(asked).map(([name, fact]) => [name, answerTo(fact)]));
  const visit = { config, now: 1_800_000_000_000, enteredAt: 1_800_000_000_000, zone: 'UTC', workspaceZone: 'UTC', facts, messageResult: null, chance: 0.5, contactChance: 0.5, paths: { open: 1, done: 0 } };
  const effects = [true, false].flatMap((entering) => type.run({ ...visit, entering }).effects ?? []);
  return [
    ...effects.flatMap((effect) => (EFFECTS[effect.kind] as (each: Effect) => string[])(effect)),
    ...Object.values(asked).flatMap(ofFact),
    ...ofRule(type.pulls?.(config)?.rule),
    ...type.outlets(config).flatMap(({ id }) => ofRule(type.asks?.(config, id))),
    ...(type.jump?.(config) ? [`step ${type.jump(config)}`] : []),
  ];
}

/** What a trigger listens to with these settings. */
function heardBy(type: TriggerType, config: Values): string[] {
  const source = type.source(config);
  return [
    ...(source.on === 'event' && source.matching !== undefined ? ofQuestion(source.matching) : []),
    ...(source.on === 'date' ? [`attribute ${source.attribute}`] : []),
    ...(source.on === 'clock' ? ofRule(source.who) : []),
    ...(source.on === 'quiet' ? source.questions.flatMap(ofQuestion) : []),
    ...ofRule(type.exit?.(config)),
    ...ofRule(type.existing?.(config)),
  ];
}

/** What it uses without naming it. */
function unnamed<Type extends { config: z.ZodObject }>(type: Type, usedBy: (type: Type, config: Values) => string[]): string[] {
  let ran = 0;
  const found = settingsOf(type.config).flatMap(([given]) => {
    const config = type.config.parse(given);
    const named = new Set(namesIn(type.config, config).map(nameOf));
    try {
      const used = usedBy(type, config);
      ran++;
      return used.filter((each) => !named.has(each));
    } catch {
      // A value that does not fit the attribute; another one does.
      return [];
    }
  });
  if (ran === 0 && fieldsOf(type.config).length > 0) throw new Error('Nothing that was tried could run');
  return [...new Set(found)].sort();
}

describe('what is used is named', () => {
  test.each(stepTypes.map((type) => [type.type, type] as const))('by the step %s', (_, type) => {
    expect(unnamed(type, touchedBy)).toEqual([]);
  });
  test.each(triggerTypes.map((type) => [type.type, type] as const))('by the trigger %s', (_, type) => {
    expect(unnamed(type, heardBy)).toEqual([]);
  });

  it('and whoever adds a step that keeps a key in a plain text is told so', () => {
    const config = z.strictObject({ what: textField({ label: say('What') }) });
    const plain = { icon: 'tag', label: say('Tag'), help: say('Tag'), summary: () => say('Tag') };
    const careless = defineStep({ ...plain, type: 'careless', family: 'contact', config, outlets: () => [], run: ({ config: { what } }) => ({ kind: 'leave', outlet: NEXT, effects: [{ kind: 'addTag', tag: what }, { kind: 'addNote', text: what }] }) });
    const curious = defineStep({ ...plain, type: 'curious', family: 'logic', config, outlets: () => [], facts: ({ what }) => ({ it: { rule: { kind: 'segment', segment: what, member: true } } }), run: () => ({ kind: 'leave', outlet: NEXT }) });
    const deaf = defineTrigger({ ...plain, type: 'deaf', config, source: ({ what }) => ({ on: 'event', types: ['message_opened'], matching: { type: 'message_opened', message: what } }) });
    const text = 'some_text {{ contact.filled }}';
    expect(unnamed(careless, touchedBy)).toEqual(['mergeTag filled', `tag ${text}`]);
    expect(unnamed(curious, touchedBy)).toEqual([`segment ${text}`]);
    expect(unnamed(deaf, heardBy)).toEqual([`message ${text}`]);
  });
});

describe('what the fields say', () => {
  test.each([...stepTypes, ...triggerTypes].map((type) => [type.type, type] as const))('of %s is what is found, and nothing else', (_, { config }) => {
    for (const [given, names] of settingsOf(config)) expect(new Set(namesIn(config, config.parse(given)).map(nameOf))).toEqual(names);
  });
  test.each(Object.entries(CONDITIONS))('a condition of the kind %s names what it asks about', (_, [condition, names]) => {
    expect(namesInRule(condition).map(nameOf)).toEqual(names);
  });
  test('nothing is named where nothing is chosen', () => {
    expect(namesInRule({ kind: 'all', rules: [{ kind: 'message', message: 'any', flow: 0, act: 'sent', did: true, since: 'ever' }, { kind: 'flow', flow: 'any', position: 'inside', is: true, since: 'ever' }, { kind: 'consent', channel: 'sms', given: true }] })).toEqual([]);
    for (const { config } of [...stepTypes, ...triggerTypes]) expect(namesIn(config, config.parse({}))).toEqual([]);
  });
});

describe('other names', () => {
  const rename: Rename = (thing, key) => (typeof key === 'number' ? key + 1000 : thing === 'mergeTag' ? key : `new_${key.replace(' ', '_')}`) as typeof key;
  const renamedName = ({ thing, key }: Name) => nameOf({ thing, key: rename(thing, key) });

  test('a rule keeps everything else', () => {
    expect(namesInRule(renamedRule(RULE, rename)).map(nameOf)).toEqual(namesInRule(RULE).map(renamedName));
    expect(renamedRule(RULE, (_, key) => key)).toEqual(RULE);
  });

  test('a flow of all steps and triggers that there are follows everywhere, and keeps everything else', () => {
    const partsOf = (types: readonly { type: string; config: z.ZodObject }[]) => types.flatMap(({ type, config }) => settingsOf(config).map(([given], index) => ({ id: `${type}${index}`, type, config: given })));
    const flow = { ...flowSchema.parse({ name: 'All', entry: { audience: RULE }, goal: RULE, exit: RULE, steps: partsOf(stepTypes) }), triggers: partsOf(triggerTypes) };
    expect(namesInFlow(renamedFlow(flow, rename)).map(nameOf)).toEqual(namesInFlow(flow).map(renamedName));
    expect(renamedFlow(flow, (_, key) => key)).toEqual(JSON.parse(JSON.stringify(flow).replaceAll('" a tag "', '"a tag"')));
  });
});
