// The form of a configuration, drawn from its definition: every field that is asked for, with its problems at their place.
import { Stack } from '@mantine/core';
import { useState } from 'react';
import type { z } from 'zod';
import { fieldsOf, isAsked, type FieldMeta } from '../../shared/fields.ts';
import type { Problem } from '../../shared/problem.ts';
import { useText } from '../app/i18n.ts';
import { widgets } from './widgets.tsx';

type ConfigFormProps = {
  /** Begins the ids of the inputs; `fieldId` finds one again. */
  name: string;
  config: z.ZodObject;
  values: Readonly<Record<string, unknown>>;
  onChange(field: string, value: unknown, meta: FieldMeta, typing: boolean): void;
  problems: readonly Problem[];
  /** Shows problems also at fields that were never left (after "Check flow", or when jumping to a problem). */
  showAll?: boolean;
  inFlow?: boolean;
};

/** The id of a field's input. `field` may be a path inside it ("branches.0.rule"). */
export function fieldId(name: string, field: string): string {
  return `${name}-${field.split('.')[0]!}`;
}

/** No field is red before it was left once (UX 2.3). */
export function ConfigForm({ name, config, values, onChange, problems, showAll = false, inFlow = false }: ConfigFormProps) {
  const text = useText();
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const shown = filled(config, values);
  return (
    <Stack gap="md">
      {fieldsOf(config)
        .filter(({ meta }) => isAsked(meta, shown))
        .map(({ name: field, schema, meta }) => {
          const Widget = widgets[meta.kind];
          const mine = problems.filter((problem) => problem.place?.field?.split('.')[0] === field);
          const error = (showAll || left.has(field)) && mine.length > 0 ? mine.map((problem) => text(problem.text)).join(' ') : undefined;
          return (
            <div
              key={field}
              onBlur={(event) => {
                if (!event.currentTarget.contains(event.relatedTarget))
                  setLeft((before) => (before.has(field) ? before : new Set(before).add(field)));
              }}
            >
              <Widget
                id={fieldId(name, field)}
                value={shown[field]}
                onChange={(value, typing) => onChange(field, value, meta, typing === true)}
                meta={meta}
                schema={schema}
                siblings={shown}
                label={text(meta.label)}
                help={meta.help === undefined ? undefined : text(meta.help)}
                error={error}
                inFlow={inFlow}
              />
            </div>
          );
        })}
    </Stack>
  );
}

/** What a configuration says together with the defaults of what it does not say. */
function filled(config: z.ZodObject, values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const defaults = config.safeParse({});
  return { ...(defaults.success ? defaults.data : {}), ...values };
}
