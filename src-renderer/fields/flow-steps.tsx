// The widget that chooses a step of the flow at hand. Whoever shows a flow says which steps it has.
import { Select } from '@mantine/core';
import { createContext, useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { inputProps, type FieldProps } from './field.ts';
import { asText } from './simple.tsx';

/** The steps of the flow, in the order of the document, with their titles in the reader's language. */
export const FlowStepsContext = createContext<readonly { id: string; title: string }[]>([]);

export function StepField(props: FieldProps) {
  const { t } = useTranslation('editor');
  const steps = useContext(FlowStepsContext);
  const id = asText(props.value);
  return (
    <Select
      {...inputProps(props)}
      searchable
      placeholder={t('fields.chooseStep')}
      nothingFoundMessage={t('fields.nothingFound')}
      data={steps.filter((step) => fieldOwner(props.id) !== step.id).map((step) => ({ value: step.id, label: step.title }))}
      value={steps.some((step) => step.id === id) ? id : null}
      onChange={(next) => props.onChange(next)}
    />
  );
}

/** The step whose form this is: the beginning of the input's id. */
function fieldOwner(id: string): string {
  return id.slice(0, id.lastIndexOf('-'));
}
