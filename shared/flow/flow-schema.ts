// The JSON Schema of flow files, made from the very definitions that the editor, the checks and the executor use: enough for
// somebody outside to write a flow by hand, or for a text editor to help with it.
import { z } from 'zod';
import { ruleSchema } from '../contacts/rule.ts';
import { conditionsOfAsking, fieldsOf, type FieldMeta } from '../fields.ts';
import { inEnglish, type Text } from '../text.ts';
import { stepTypes } from '../steps/index.ts';
import { triggerTypes } from '../triggers/index.ts';
import { flowFileSchema } from './flow-file.ts';
import { flowSchema, stepSchema, triggerSchema } from './flow.ts';

type Definition = { type: string; label: Text; help: Text; config: z.ZodObject };
type JsonObject = Record<string, unknown>;

/** The schema as JSON (draft 2020-12). Every part is closed: the reader refuses what is not named here. */
export function flowJsonSchema(): JsonObject {
  const steps = stepTypes.map((type) => {
    const outlets = type.outlets(type.config.parse({})).map(({ id }) => `"${id}"`);
    const ways = outlets.length === 0 ? 'No way leads out of it.' : `Its outlets, as it is configured by default: ${outlets.join(', ')}.`;
    return typed(stepSchema, type, `${inEnglish(type.help)} ${ways}`);
  });
  const triggers = triggerTypes.map((type) => typed(triggerSchema, type, inEnglish(type.help)));
  const file = flowFileSchema.extend({
    triggers: z
      .array(oneOf(triggers))
      .max(50)
      .default([])
      .meta(flowSchema.shape.triggers.meta() ?? {}),
    steps: z
      .array(oneOf(steps))
      .max(5000)
      .default([])
      .meta(flowSchema.shape.steps.meta() ?? {}),
  });
  const fields = new Map<unknown, FieldMeta>(
    [...stepTypes, ...triggerTypes].flatMap(({ config }) => fieldsOf(config)).map(({ schema, meta }) => [schema, meta]),
  );
  return z.toJSONSchema(file.meta({ title: 'Kanal flow', description: ABOUT }), {
    io: 'input',
    override({ zodSchema, jsonSchema }) {
      const meta = fields.get(zodSchema);
      if (meta !== undefined) jsonSchema.description = aboutField(meta);
    },
  });
}

// The rule contains itself, so it needs a name that its parts can refer to.
z.globalRegistry.add(ruleSchema, {
  id: 'rule',
  title: 'Rule',
  description: 'A condition over a contact and its history, or a group of rules of which all, any or none must hold.',
});

/** What a form would show around a field, in one paragraph. */
function aboutField(meta: FieldMeta): string {
  const { help, options, required, unit } = meta;
  return [
    help === undefined ? '' : inEnglish(help),
    options === undefined ? '' : `${options.map(({ value, label }) => `"${value}": ${inEnglish(label)}`).join('; ')}.`,
    unit === undefined ? '' : `In ${inEnglish(unit)}.`,
    ...conditionsOfAsking(meta).map(({ field, is }) => `Only looked at while "${field}" is ${is.map((each) => JSON.stringify(each)).join(' or ')}.`),
    required === true ? 'Must be set before the flow can be published.' : '',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

const ABOUT =
  'A flow is a graph: contacts come in by a trigger, follow the edge from "start" to the first step, and from each step the edge of the outlet that they leave it by. An outlet without an edge leads out of the flow. Durations of days and longer are calendar time in the time zone of the contact.';

function typed(base: z.ZodObject, { type, label, config }: Definition, description: string): z.ZodObject {
  return base.extend({ type: z.literal(type), config: config.prefault({}) }).meta({ title: inEnglish(label), description });
}

function oneOf(alternatives: readonly z.ZodObject[]): z.ZodType {
  return z.discriminatedUnion('type', alternatives as unknown as [z.core.$ZodTypeDiscriminable, ...z.core.$ZodTypeDiscriminable[]]);
}
