// What an operator compares with: nothing, a value, two values, a list, or a duration.
import { TagsInput, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Attribute } from '../../shared/contacts/contact.ts';
import type { OperandForm } from '../../shared/contacts/operators.ts';
import type { Operand as OperandValue } from '../../shared/contacts/rule.ts';
import { durationSchema } from '../../shared/fields.ts';
import { ValueInput } from './attributes.tsx';
import { asText } from './simple.tsx';
import { DayInput, DurationInput } from './times.tsx';

/** The operand after another operator was chosen: the old one where it still fits. */
export function operandFor(form: OperandForm, old: OperandValue | undefined): { value?: OperandValue } {
  switch (form) {
    case 'none':
      return {};
    case 'duration':
      return { value: durationSchema.safeParse(old).success ? old! : { amount: 30, unit: 'days' } };
    case 'list':
      return { value: Array.isArray(old) ? old : typeof old === 'string' && old !== '' ? [old] : [] };
    case 'range':
      return Array.isArray(old) && old.length === 2 ? { value: old } : {};
    case 'one':
      return old === undefined || Array.isArray(old) || typeof old === 'object' ? {} : { value: old };
  }
}

type OperandProps = {
  attribute: Attribute | undefined;
  form: OperandForm;
  value: OperandValue | undefined;
  onChange(value: OperandValue | undefined, typing?: boolean): void;
};

export function Operand({ attribute, form, value, onChange }: OperandProps) {
  const { t } = useTranslation('editor');
  const label = t('rule.value');
  switch (form) {
    case 'none':
      return null;
    case 'duration': {
      const duration = durationSchema.safeParse(value);
      return <DurationInput size="xs" value={duration.success ? duration.data : { amount: 30, unit: 'days' }} onChange={onChange} />;
    }
    case 'list':
      return (
        <TagsInput
          size="xs"
          flex="1 1 140px"
          aria-label={label}
          data={attribute?.choices ?? []}
          value={Array.isArray(value) ? value.map(String) : []}
          onChange={(next) => onChange(isNumeric(attribute) ? next.map(Number).filter(Number.isFinite) : next)}
        />
      );
    case 'range': {
      const [low, high] = Array.isArray(value) ? value : [];
      const tell = (next: [unknown, unknown], typing?: boolean) => onChange(next.map((each) => each ?? '') as OperandValue, typing);
      return (
        <>
          <One attribute={attribute} label={t('rule.from')} value={low} onChange={(next, typing) => tell([next, high], typing)} />
          <Text size="xs" component="span">
            {t('rule.and')}
          </Text>
          <One attribute={attribute} label={t('rule.to')} value={high} onChange={(next, typing) => tell([low, next], typing)} />
        </>
      );
    }
    case 'one':
      return (
        <One
          attribute={attribute}
          label={label}
          value={value}
          onChange={(next, typing) => onChange((next ?? undefined) as OperandValue | undefined, typing)}
        />
      );
  }
}

function isNumeric(attribute: Attribute | undefined): boolean {
  return attribute?.kind === 'number' || attribute?.kind === 'money';
}

type OneProps = { attribute: Attribute | undefined; label: string; value: unknown; onChange(value: unknown, typing?: boolean): void };

/** Dates and instants are compared with days of the calendar; one of several choices with one of them. */
function One({ attribute, label, value, onChange }: OneProps) {
  if (attribute?.kind === 'date' || attribute?.kind === 'dateTime') {
    return <DayInput size="xs" flex="1 1 120px" aria-label={label} value={asText(value)} onChange={onChange} />;
  }
  const single = attribute?.kind === 'choices' ? { ...attribute, kind: 'choice' as const } : attribute;
  return <ValueInput size="xs" flex="1 1 110px" aria-label={label} attribute={single} value={value ?? null} onChange={onChange} />;
}
