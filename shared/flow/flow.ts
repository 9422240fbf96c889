// The flow: the document that a marketer draws and the executor runs. Edges are the only record of how steps connect.
import { z } from 'zod';
import { keySchema } from '../fields.ts';
import { ruleSchema } from '../contacts/rule.ts';
import { entrySchema } from './entry.ts';

/** The source of the edge that leads from the triggers to the first step. */
export const START = 'start';

export const idSchema = z.string().regex(/^(?!__proto__$)[A-Za-z0-9_-]{1,40}$/);

// The descriptions are for those who write flow files by hand: they appear in the JSON Schema of the file.
export const triggerSchema = z.strictObject({
  id: idSchema.meta({ description: 'Names the trigger within the flow.' }),
  type: z.string().max(60),
  config: z.record(z.string(), z.unknown()).default({}),
});
export type Trigger = z.infer<typeof triggerSchema>;

export const stepSchema = z.strictObject({
  id: idSchema.meta({
    description:
      'Names the step within the flow, for edges. It should never change: people who wait at the step follow it to a new version by this id. Not "start".',
  }),
  type: z.string().max(60),
  /** The title on the card; without it the step type's label. */
  name: z.string().max(200).optional().meta({ description: 'The title on the card; left out, the card has the name of the type.' }),
  config: z.record(z.string(), z.unknown()).default({}),
  note: z.string().max(10_000).optional().meta({ description: 'For people; the program does not look at it.' }),
  /** People pass through a disabled step by its first outlet. */
  disabled: z.boolean().optional().meta({ description: 'Contacts pass through a disabled step by its first outlet.' }),
});
export type Step = z.infer<typeof stepSchema>;

export const edgeSchema = z.strictObject({
  from: idSchema.meta({
    description: 'The id of a step; or "start", for the one edge (of the outlet "next") that leads from the triggers to the first step.',
  }),
  outlet: z
    .string()
    .min(1)
    .max(60)
    .meta({
      description:
        'The way out of the step: "next" for a step that does not choose, else the id of one of its branches or shares, or "else". One edge from each at the most.',
    }),
  to: idSchema.meta({ description: 'The id of a step.' }),
});
/** An outlet without an edge leads out of the flow: the enrollment is finished there. */
export type Edge = z.infer<typeof edgeSchema>;

/** The highest first. */
export const PRIORITIES = ['high', 'normal', 'low'] as const;

export const flowSchema = z.strictObject({
  name: z.string().min(1).max(200),
  triggers: z.array(triggerSchema).max(50).default([]).meta({ description: 'What makes a contact come in; any of them does.' }),
  entry: entrySchema.prefault({}).meta({ description: 'Who may come in, and whether more than once.' }),
  /** Whoever meets it leaves at once, as a success. */
  goal: ruleSchema.nullable().default(null).meta({ description: 'Whoever meets it leaves the flow at once, as a success.' }),
  /** Whoever meets it leaves at once. */
  exit: ruleSchema.nullable().default(null).meta({ description: 'Whoever meets it leaves the flow at once.' }),
  /** On opt-out: leave the flow (at once, unless something that they still get lies ahead), or go on without messages (FEATURES D14). */
  optOut: z
    .enum(['exit', 'continue'])
    .default('exit')
    .meta({ description: 'Whoever opts out leaves the flow, or continues without messages.' }),
  /** Which flow comes first where several are due at the same instant (FEATURES D15, D25). */
  priority: z.enum(PRIORITIES).default('normal').meta({ description: 'Where several flows are due at the same instant, the higher one goes first, and takes the last place that the frequency cap leaves.' }),
  steps: z
    .array(stepSchema)
    .max(5000)
    .default([])
    .meta({ description: 'What happens to contacts. The order has no meaning; the edges have.' }),
  edges: z
    .array(edgeSchema)
    .max(20_000)
    .default([])
    .meta({ description: 'How steps follow each other. An outlet without an edge leads out of the flow.' }),
  layout: z
    .strictObject({
      mode: z.enum(['tree', 'free']).default('tree'),
      positions: z.record(z.string(), z.strictObject({ x: z.number(), y: z.number() })).default({}),
    })
    .prefault({})
    .meta({
      description:
        'How the flow is drawn: as a tree by itself, or freely with positions by step id. It has no influence on what the flow does.',
    }),
});
export type Flow = z.infer<typeof flowSchema>;

/** Marketing needs consent and carries the unsubscribe footer; transactional does not (FEATURES A4.1). */
export const messageSchema = z.strictObject({
  key: keySchema,
  name: z.string().min(1).max(200),
  channel: z.enum(['email']).default('email'),
  purpose: z.enum(['marketing', 'transactional']).default('marketing'),
  /** The topic of consent that it is about, by key; without one the channel as a whole is asked. Of marketing only. */
  topic: keySchema.optional(),
  /** Liquid: `Hi {{ contact.first_name | default: "there" }}`. */
  subject: z.string().max(1000).default(''),
  preheader: z.string().max(1000).default(''),
  /** HTML with Liquid in its text. */
  body: z.string().max(1_000_000).default(''),
});
export type Message = z.infer<typeof messageSchema>;
