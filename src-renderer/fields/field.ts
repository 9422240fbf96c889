// What every field widget gets. A widget shows one value of a configuration and tells what it becomes; it keeps nothing.
import type { ReactNode } from 'react';
import type { z } from 'zod';
import type { FieldMeta } from '../../shared/fields.ts';

export type FieldProps<Value = unknown> = {
  /** Of the input element: labels and the problems panel find it by this. */
  id: string;
  value: Value | null | undefined;
  /** `typing`: one of many small changes that belong together in the history. */
  onChange(value: unknown, typing?: boolean): void;
  meta: FieldMeta;
  schema: z.ZodType;
  /** The other fields of the same configuration. */
  siblings: Readonly<Record<string, unknown>>;
  label: ReactNode;
  help?: ReactNode;
  /** A sentence; set only once it may be shown. */
  error?: string | undefined;
  /** Which conditions make sense: those about "since they entered this flow" need a flow. */
  inFlow?: boolean;
};

/** The props by which Mantine's inputs show label, help and problem. */
export function inputProps({ id, label, help, error, meta }: FieldProps): {
  id: string;
  label: ReactNode;
  description: ReactNode;
  error: string | undefined;
  withAsterisk: boolean;
} {
  return { id, label, description: help, error, withAsterisk: meta.required === true };
}
