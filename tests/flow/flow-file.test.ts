// The flow file: what is refused with which words, and that reading and writing are each other's reverse.
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFlowFile, writeFlowFile, type CarriedFlow } from '../../shared/flow/flow-file.ts';
import { flowJsonSchema } from '../../shared/flow/flow-schema.ts';
import { flowSchema } from '../../shared/flow/flow.ts';
import { breaksFlow, flowProblems } from '../../shared/flow/problems.ts';
import { namesFrom } from '../../shared/flow/names.ts';
import { ProblemError } from '../../shared/problem.ts';
import { stepTypes } from '../../shared/steps/index.ts';
import { triggerTypes } from '../../shared/triggers/index.ts';
import { schemaFaults } from './json-schema.ts';

const small = {
  kanalFlow: 1,
  name: 'Hi',
  triggers: [{ id: 't', type: 'byHand' }],
  steps: [{ id: 's', type: 'wait' }],
  edges: [{ from: 'start', outlet: 'next', to: 's' }],
};
const samples = readdirSync('assets/sample').filter((name) => name.endsWith('.kanalflow'));

function refusal(text: string) {
  try {
    readFlowFile(text, 'x.kanalflow');
  } catch (error) {
    if (error instanceof ProblemError) return error;
    throw error;
  }
  throw new Error('It was not refused');
}

describe('F43: a file that is refused', () => {
  it.each([
    ['nothing', '', 'flow-file-empty', 'x.kanalflow is empty.'],
    ['blanks', ' \n ', 'flow-file-empty', 'x.kanalflow is empty.'],
    [
      'a comma too many',
      '{\n  "kanalFlow": 1,\n}',
      'flow-file-not-json',
      'in line 3, column 1, “}” stands where a name in double quotes should be',
    ],
    ['a comma too few', '{"a": 1 "b": 2}', 'flow-file-not-json', 'in line 1, column 9, “"” stands where “,” or “}” should be'],
    ['half a file', '{"kanalFlow": 1, "steps": [', 'flow-file-not-json', 'line 1, column 28, the text ends where a value should be'],
    [
      'a text that is not closed',
      '{"kanalFlow": 1,\n"name": "Hi}',
      'flow-file-not-json',
      'line 2, column 9, a text begins that is not closed',
    ],
    ['something after the end', '{} x', 'flow-file-not-json', '“x” stands where the end should be'],
    ['a word', 'hello', 'flow-file-not-json', '“h” stands where a value should be'],
    ['a number with a comma', '{"a": 01}', 'flow-file-not-json', 'column 7'],
    ['a list that is too deep', '['.repeat(200), 'flow-file-too-deep', 'column 101'],
    ['a million brackets', '['.repeat(1_000_000), 'flow-file-too-deep', 'nested more than 100 levels'],
    [
      'a name twice',
      '{"kanalFlow": 1, "name": "a",\n "name": "b"}',
      'flow-file-key-twice',
      '“name” twice in the same place, the second time in line 2',
    ],
    [
      'a name that would reach into the program',
      '{"kanalFlow": 1, "__proto__": {"name": "x"}}',
      'flow-file-key-forbidden',
      '“__proto__” in line 1',
    ],
    ['the same in disguise', '{"kanalFlow": 1, "\\u005f_proto__": {}}', 'flow-file-key-forbidden', '__proto__'],
    ['other JSON', '{"nodes": []}', 'flow-file-not-flow', 'it has no “kanalFlow”'],
    ['a list', '[1]', 'flow-file-not-flow', 'is not a flow'],
    ['a format of nonsense', '{"kanalFlow": "1"}', 'flow-file-not-flow', '“kanalFlow” must be 1'],
    ['a newer format', '{"kanalFlow": 7, "name": 3}', 'flow-file-newer', 'newer version of Kanal (format 7)'],
    ['a flow without a name', '{"kanalFlow": 1}', 'flow-file-invalid', 'name is not as it should be: a text is expected'],
    ['something unknown', JSON.stringify({ ...small, color: 'red' }), 'flow-file-invalid', 'nothing named “color” is known here'],
    [
      'a step with something unknown',
      JSON.stringify({ ...small, steps: [{ id: 's', type: 'wait', colour: 1 }] }),
      'flow-file-invalid',
      'steps.0 (“s”) is not as it should be: nothing named “colour”',
    ],
    ['a rule that is none', JSON.stringify({ ...small, goal: { kind: 'magic' } }), 'flow-file-invalid', 'goal'],
    [
      'a message twice',
      JSON.stringify({
        ...small,
        messages: [
          { key: 'a', name: 'A' },
          { key: 'a', name: 'B' },
        ],
      }),
      'flow-file-key-twice',
      '“a” is there twice among the messages',
    ],
    ['too many characters', ' '.repeat(20_000_001), 'flow-file-too-large', 'more than 20,000,000 characters'],
  ])('%s', (_, text, code, words) => {
    const { problems, message } = refusal(text);
    expect(problems[0]!.code).toBe(code);
    expect(message).toContain(words);
    expect(problems[0]!.place?.file).toBe('x.kanalflow');
    expect(Object.prototype).not.toHaveProperty('name');
  });

  it('names the step that is meant', () => {
    const { problems } = refusal(JSON.stringify({ ...small, steps: [{ id: 'hello', type: 'wait', note: 5 }] }));
    expect(problems[0]!.place).toEqual({ file: 'x.kanalflow', step: 'hello', field: 'note' });
  });
});

describe('a file that is read', () => {
  it('leaves what is wrong with the flow to the flow: unknown steps are told by name', () => {
    const { flow, ...carried } = readFlowFile(
      JSON.stringify({ ...small, steps: [{ id: 's', type: 'sendPigeon', config: { coop: 3 } }] }),
      'x',
    );
    const problems = flowProblems(flow, namesFrom(carried));
    expect(problems.map(({ code }) => code)).toEqual(['unknown-step']);
    expect(problems.every(breaksFlow)).toBe(true);
  });

  it('may begin with a byte order mark and name its schema', () => {
    expect(readFlowFile(`\uFEFF${JSON.stringify({ $schema: './flow.json', ...small })}`, 'x').flow.name).toBe('Hi');
  });

  it.each(samples)('%s is sound', (name) => {
    const { flow, ...carried } = readFlowFile(readFileSync(`assets/sample/${name}`, 'utf8'), name);
    expect(flowProblems(flow, namesFrom(carried)).filter(({ severity }) => severity === 'error')).toEqual([]);
  });
});

describe('writing', () => {
  it('is canonical: names sorted, each part of a list on its own line', () => {
    const { flow } = readFlowFile(JSON.stringify(small), 'x');
    expect(writeFlowFile({ flow, messages: [], attributes: [], segments: [] })).toBe(`{
  "attributes": [],
  "edges": [
    { "from": "start", "outlet": "next", "to": "s" }
  ],
  "entry": { "audience": null, "reentry": "never", "reentryDays": 30 },
  "exit": null,
  "goal": null,
  "kanalFlow": 1,
  "layout": { "mode": "tree", "positions": {} },
  "messages": [],
  "name": "Hi",
  "optOut": "exit",
  "priority": "normal",
  "segments": [],
  "steps": [
    { "config": {}, "id": "s", "type": "wait" }
  ],
  "triggers": [
    { "config": {}, "id": "t", "type": "byHand" }
  ]
}
`);
  });

  const id = fc.stringMatching(/^[a-z0-9_-]{1,10}$/).filter((each) => each !== '__proto__');
  const key = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/);
  const text = fc.string({ minLength: 1, maxLength: 150, unit: 'binary' });
  /** Letters in one piece, as names are kept. */
  const composed = text.map((each) => each.normalize('NFC').slice(0, 200));
  const config = fc.dictionary(
    key,
    fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value).replaceAll('__proto__', 'p')) as unknown),
  );
  const rule = fc.constantFrom(
    null,
    { kind: 'tag', tag: 'vip', has: true },
    {
      kind: 'all',
      rules: [
        { kind: 'segment', segment: 'a', member: false },
        { kind: 'any', rules: [] },
      ],
    },
  );
  const carried = fc.record({
    flow: fc
      .record({
        name: text,
        triggers: fc.array(fc.record({ id, type: text.map((each) => each.slice(0, 60)), config }), { maxLength: 3 }),
        goal: rule,
        steps: fc.array(
          fc.record(
            { id, type: fc.constantFrom('wait', 'branch', 'pigeon'), config, name: text, note: text, disabled: fc.boolean() },
            { requiredKeys: ['id', 'type'] },
          ),
          { maxLength: 6 },
        ),
        edges: fc.array(fc.record({ from: id, outlet: id, to: id }), { maxLength: 6 }),
        layout: fc.record({
          mode: fc.constantFrom('tree', 'free'),
          positions: fc.dictionary(
            id,
            fc.record({ x: fc.integer(), y: fc.double({ noNaN: true, noDefaultInfinity: true }).map((y) => y + 0) }),
          ),
        }),
      })
      .map((each) => flowSchema.parse(JSON.parse(JSON.stringify(each)))),
    messages: fc.uniqueArray(
      fc.record({
        key,
        name: text,
        channel: fc.constant('email'),
        purpose: fc.constant('marketing'),
        subject: text,
        preheader: text,
        body: text,
      }),
      { maxLength: 2, selector: (each) => each.key },
    ),
    attributes: fc.uniqueArray(fc.record({ key, label: composed, kind: fc.constantFrom('text', 'choice') }), {
      maxLength: 2,
      selector: (each) => each.key,
    }),
    segments: fc.uniqueArray(fc.record({ key, name: text, rule }), { maxLength: 2, selector: (each) => each.key }),
    topics: fc.uniqueArray(fc.record({ key, name: composed.map((name) => name.trim() || 'x') }), { minLength: 1, maxLength: 2, selector: (each) => each.key }),
  }, { requiredKeys: ['flow', 'messages', 'attributes', 'segments'] });

  it('reads back the same, and writes what it reads', () => {
    fc.assert(
      fc.property(carried, (each) => {
        const written = writeFlowFile(each as CarriedFlow);
        const read = readFlowFile(written, 'x');
        expect(read).toEqual(JSON.parse(JSON.stringify(each)));
        expect(writeFlowFile(read)).toBe(written);
        expect(written.endsWith('}\n')).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('changes few lines where little changes', () => {
    const lines = (steps: unknown[]) => writeFlowFile({ ...readFlowFile(JSON.stringify({ ...small, steps }), 'x') }).split('\n');
    const before = lines([
      { id: 'a', type: 'wait' },
      { id: 'b', type: 'wait' },
    ]);
    const after = lines([
      { id: 'a', type: 'wait' },
      {
        id: 'b',
        type: 'wait',
        note: 'A note that makes the step so long that it no longer fits into one line of the file, whatever else there is',
      },
    ]);
    expect(before.filter((line) => !after.includes(line))).toEqual(['    { "config": {}, "id": "b", "type": "wait" }']);
  });
});

describe('the JSON Schema', () => {
  const schema = flowJsonSchema();
  const faultsOf = (file: unknown) => schemaFaults(file, schema);

  it.each(samples)('fits %s', (name) => expect(faultsOf(JSON.parse(readFileSync(`assets/sample/${name}`, 'utf8')))).toEqual([]));

  it.each(stepTypes.map(({ type }) => type))('fits a step %s with nothing set, and with its start values', (type) => {
    const config = stepTypes.find((each) => each.type === type)!.config.parse({});
    expect(
      faultsOf({
        ...small,
        steps: [
          { id: 's', type },
          { id: 'z', type, config },
        ],
      }),
    ).toEqual([]);
    expect(faultsOf({ ...small, steps: [{ id: 's', type, config: { nonsense: 1 } }] })).not.toEqual([]);
  });

  it.each(triggerTypes.map(({ type }) => type))('fits a trigger %s', (type) => {
    const config = triggerTypes.find((each) => each.type === type)!.config.parse({});
    expect(
      faultsOf({
        ...small,
        triggers: [
          { id: 't', type },
          { id: 'u', type, config },
        ],
      }),
    ).toEqual([]);
  });

  it.each([
    ['an unknown step', { ...small, steps: [{ id: 's', type: 'sendPigeon' }] }],
    ['a wrong setting', { ...small, steps: [{ id: 's', type: 'wait', config: { duration: { amount: -1, unit: 'days' } } }] }],
    ['a wrong rule deep inside', { ...small, goal: { kind: 'all', rules: [{ kind: 'any', rules: [{ kind: 'tag', tag: 'x' }] }] } }],
    ['no format', { name: 'Hi' }],
    ['another part', { ...small, nodes: [] }],
  ])('does not fit %s', (_, file) => expect(faultsOf(file)).not.toEqual([]));

  it('explains the start and every setting', () => {
    const text = JSON.stringify(schema);
    expect(text).toContain('\\"start\\", for the one edge');
    const steps = (
      schema.properties as Record<
        string,
        {
          items: {
            oneOf: { title: string; description: string; properties: { config: { properties: Record<string, { title?: string }> } } }[];
          };
        }
      >
    ).steps!.items.oneOf;
    expect(steps).toHaveLength(stepTypes.length);
    for (const { title, description, properties } of steps) {
      expect(title).not.toBe('');
      expect(description.length).toBeGreaterThan(20);
      for (const setting of Object.values(properties.config.properties)) expect(setting.title ?? '').not.toBe('');
    }
  });
});
