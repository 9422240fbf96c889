// Widgets for plain values: text, numbers, yes or no, one of several.
import { useMemo, useState } from 'react';
import { NumberInput, Select, SegmentedControl, Input, Switch, Textarea, TextInput } from '@mantine/core';
import { z } from 'zod';
import { useText } from '../app/i18n.ts';
import { useWorkspace } from '../app/workspace.tsx';
import { inputProps, type FieldProps } from './field.ts';

export function TextField(props: FieldProps) {
  return (
    <TextInput {...inputProps(props)} value={asText(props.value)} onChange={(event) => props.onChange(event.currentTarget.value, true)} />
  );
}

export function LongTextField(props: FieldProps) {
  return (
    <Textarea
      {...inputProps(props)}
      value={asText(props.value)}
      onChange={(event) => props.onChange(event.currentTarget.value, true)}
      autosize
      minRows={2}
      maxRows={10}
    />
  );
}

export function NumberField(props: FieldProps) {
  const text = useText();
  const nullable = props.schema.safeParse(null).success;
  const limits = useMemo(() => limitsOf(props.schema), [props.schema]);
  return (
    <PatientNumber
      {...inputProps(props)}
      {...limits}
      clampBehavior="none"
      value={typeof props.value === 'number' ? props.value : null}
      onChange={props.onChange}
      nullable={nullable}
      suffix={props.meta.unit === undefined ? undefined : ` ${text(props.meta.unit)}`}
    />
  );
}

/** The least and greatest number that a field takes, and whether it must be whole. */
function limitsOf(schema: z.ZodType): { min?: number; max?: number; allowDecimal: boolean } {
  const { minimum, maximum, type } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return { min: minimum, max: maximum, allowDecimal: type !== 'integer' };
}

type PatientNumberProps = Omit<React.ComponentProps<typeof NumberInput>, 'value' | 'onChange'> & {
  value: number | null;
  onChange(value: number | null, typing?: boolean): void;
  nullable?: boolean;
};

/**
 * The marks in numbers, as people of the workspace write them: in Denmark 1.000 is a thousand, and must not be taken for one. A point
 * is a decimal mark, too, where nothing else is meant by it.
 */
function useNumberMarks(): { decimalSeparator: string; thousandSeparator: string; allowedDecimalSeparators: string[] } {
  const { locale } = useWorkspace();
  return useMemo(() => {
    const parts = new Intl.NumberFormat(locale).formatToParts(1_234_567.5);
    const markOf = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
    const [decimal, group] = [markOf('decimal') || '.', markOf('group')];
    return { decimalSeparator: decimal, thousandSeparator: group, allowedDecimalSeparators: [...new Set([decimal, '.'])].filter((mark) => mark !== group) };
  }, [locale]);
}

/** A number input that lets half-typed numbers stand, and tells only whole ones. */
export function PatientNumber({ value, onChange, nullable = false, onBlur, ...rest }: PatientNumberProps) {
  const [typed, setTyped] = useState<string | number | null>(null);
  const marks = useNumberMarks();
  return (
    <NumberInput
      {...marks}
      {...rest}
      value={typed ?? value ?? ''}
      onChange={(next) => {
        setTyped(typeof next === 'bigint' ? Number(next) : next);
        if (typeof next === 'number' && Number.isFinite(next)) onChange(next, true);
        else if (next === '' && nullable) onChange(null, true);
      }}
      onBlur={(event) => {
        setTyped(null);
        onBlur?.(event);
      }}
    />
  );
}

export function YesNoField(props: FieldProps) {
  const { id, label, description, error } = inputProps(props);
  return (
    <Switch
      id={id}
      label={label}
      description={description}
      error={error}
      checked={props.value === true}
      onChange={(event) => props.onChange(event.currentTarget.checked)}
    />
  );
}

/** Up to three options stand side by side as long as they are short; more are a list. */
export function ChoiceField(props: FieldProps) {
  const text = useText();
  const data = (props.meta.options ?? []).map((option) => ({ value: option.value, label: text(option.label) }));
  const short = data.length <= 3 && data.reduce((sum, option) => sum + option.label.length, 0) <= 30;
  const { withAsterisk, ...wrapper } = inputProps(props);
  if (short) {
    return (
      <Input.Wrapper {...wrapper} withAsterisk={withAsterisk} labelElement="div" labelProps={{ id: `${props.id}-label` }}>
        <SegmentedControl
          id={props.id}
          aria-labelledby={`${props.id}-label`}
          fullWidth
          data={data}
          value={asText(props.value)}
          onChange={(value) => props.onChange(value)}
        />
      </Input.Wrapper>
    );
  }
  return (
    <Select
      {...inputProps(props)}
      data={data}
      value={asText(props.value) === '' ? null : asText(props.value)}
      allowDeselect={false}
      onChange={(value) => value !== null && props.onChange(value)}
    />
  );
}

/** A value as text; anything that is not text is shown as nothing. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
