// Widgets for a contact's attributes and tags, and for values of any kind of attribute.
import { Autocomplete, NativeSelect, Select, TagsInput, TextInput, Input } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Attribute, AttributeKind } from '../../shared/contacts/contact.ts';
import type { Text } from '../../shared/text.ts';
import { useText } from '../app/i18n.ts';
import { inputProps, type FieldProps } from './field.ts';
import { asText, PatientNumber } from './simple.tsx';
import { useSources, type Sources } from './sources.tsx';
import { DateTimeInput, DayInput } from './times.tsx';

/** The name of an attribute as the user knows it: the standard ones are translated, the user's own are as written. */
export function attributeName(attribute: Sources['attributes'][number], text: (text: Text) => string): string {
  return attribute.standard ? text({ text: attribute.label }) : attribute.label;
}

/** Attributes to choose from; a chosen key that does not exist here stays visible by its key. */
export function useAttributeOptions(kinds?: readonly string[], chosen = ''): { value: string; label: string }[] {
  const { attributes } = useSources();
  const text = useText();
  const options = attributes
    .filter((attribute) => kinds === undefined || kinds.includes(attribute.kind))
    .map((attribute) => ({ value: attribute.key, label: attributeName(attribute, text) }));
  if (chosen !== '' && !options.some((option) => option.value === chosen)) options.push({ value: chosen, label: chosen });
  return options;
}

export function AttributeField(props: FieldProps) {
  const { t } = useTranslation('editor');
  const chosen = asText(props.value);
  const options = useAttributeOptions(props.meta.attributeKinds, chosen);
  return (
    <Select
      {...inputProps(props)}
      searchable
      placeholder={t('fields.chooseAttribute')}
      nothingFoundMessage={t('fields.nothingFound')}
      data={options}
      value={chosen === '' ? null : chosen}
      clearable={props.meta.required !== true}
      onChange={(key) => props.onChange(key)}
    />
  );
}

/** The value for the attribute that the sibling field names. */
export function AttributeValueField(props: FieldProps) {
  const { attributes } = useSources();
  const key = props.meta.of === undefined ? undefined : props.siblings[props.meta.of];
  const attribute = attributes.find((each) => each.key === key);
  return <ValueInput {...inputProps(props)} attribute={attribute} value={props.value ?? null} onChange={props.onChange} />;
}

type ValueInputProps = {
  id?: string;
  label?: React.ReactNode;
  description?: React.ReactNode;
  error?: string | undefined;
  withAsterisk?: boolean;
  size?: 'xs' | 'sm';
  flex?: string;
  'aria-label'?: string;
  attribute: Attribute | undefined;
  value: unknown;
  onChange(value: unknown, typing?: boolean): void;
};

/** One value of an attribute, by its kind. An attribute that is not known is written as text. */
export function ValueInput({ attribute, value, onChange, ...rest }: ValueInputProps) {
  const { t } = useTranslation('editor');
  const kind: AttributeKind = attribute?.kind ?? 'text';
  const choices = attribute?.choices ?? [];
  switch (kind) {
    case 'number':
      return <PatientNumber {...rest} value={typeof value === 'number' ? value : null} nullable onChange={onChange} />;
    case 'money':
      return <MoneyInput {...rest} value={typeof value === 'number' ? value : null} onChange={onChange} />;
    case 'yesNo':
      return (
        <NativeSelect
          {...rest}
          data={[
            { value: '', label: t('fields.choose') },
            { value: 'true', label: t('fields.yes') },
            { value: 'false', label: t('fields.no') },
          ]}
          value={typeof value === 'boolean' ? String(value) : ''}
          onChange={(event) => onChange(event.currentTarget.value === '' ? null : event.currentTarget.value === 'true')}
        />
      );
    case 'date':
      return <DayInput {...rest} clearable value={asText(value)} onChange={onChange} />;
    case 'dateTime':
      return <DateTimeInput {...rest} value={typeof value === 'number' ? value : null} onChange={onChange} />;
    case 'choice':
      return <Autocomplete {...rest} data={choices} value={asText(value)} onChange={(next) => onChange(next, true)} />;
    case 'choices':
      return (
        <TagsInput {...rest} data={choices} value={Array.isArray(value) ? value.map(String) : []} onChange={(next) => onChange(next)} />
      );
    case 'text':
      return <TextInput {...rest} value={asText(value)} onChange={(event) => onChange(event.currentTarget.value, true)} />;
  }
}

/** Money is kept in the currency's smallest unit and shown in its usual one. */
function MoneyInput({ value, onChange, ...rest }: { value: number | null; onChange(value: unknown, typing?: boolean): void }) {
  const { currency } = useSources();
  const digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  const scale = 10 ** digits;
  return (
    <PatientNumber
      {...rest}
      nullable
      decimalScale={digits}
      suffix={` ${currency}`}
      value={value === null ? null : value / scale}
      onChange={(amount, typing) => onChange(amount === null ? null : Math.round(amount * scale), typing)}
    />
  );
}

/** Any tag, also one that nobody has yet. */
export function TagField(props: FieldProps) {
  return <TagInput {...inputProps(props)} value={asText(props.value)} onChange={props.onChange} />;
}

type TagInputProps = Omit<React.ComponentProps<typeof Autocomplete>, 'value' | 'onChange' | 'data'> & {
  value: string;
  onChange(tag: string, typing?: boolean): void;
};

export function TagInput({ value, onChange, ...rest }: TagInputProps) {
  const { t } = useTranslation('editor');
  const { tags } = useSources();
  return (
    <Autocomplete
      {...rest}
      placeholder={t('fields.chooseTag')}
      data={tags.map((tag) => tag.name)}
      limit={30}
      maxLength={200}
      value={value}
      onChange={(next) => onChange(next, true)}
    />
  );
}

/** A wrapper for widgets that are several inputs under one label. */
export function Labelled({ field, children }: { field: FieldProps; children: React.ReactNode }) {
  const { id, ...wrapper } = inputProps(field);
  return (
    <Input.Wrapper
      {...wrapper}
      labelElement="div"
      labelProps={{ id: `${id}-label` }}
      inputWrapperOrder={['label', 'description', 'input', 'error']}
    >
      <div id={id} tabIndex={-1} role="group" className="kanal-group" aria-labelledby={`${id}-label`}>
        {children}
      </div>
    </Input.Wrapper>
  );
}
