// One widget for each kind of field.
import type { ComponentType } from 'react';
import type { FieldKind } from '../../shared/fields.ts';
import { AttributeField, AttributeValueField, TagField } from './attributes.tsx';
import type { FieldProps } from './field.ts';
import { StepField } from './flow-steps.tsx';
import { CalendarField, FlowField } from './flows-and-calendars.tsx';
import { FormsField } from './forms.tsx';
import { BranchesField, SharesField } from './lists.tsx';
import { MessageField } from './message.tsx';
import { RuleField } from './rule-builder.tsx';
import { SegmentField } from './segment.tsx';
import { TopicField } from './topic.tsx';
import { ChoiceField, LongTextField, NumberField, TextField, YesNoField } from './simple.tsx';
import { DateField, DateTimeField, DurationField, TimeOfDayField, TimeZoneField, WeekdaysField } from './times.tsx';

export const widgets: Record<FieldKind, ComponentType<FieldProps>> = {
  text: TextField,
  longText: LongTextField,
  number: NumberField,
  yesNo: YesNoField,
  choice: ChoiceField,
  duration: DurationField,
  timeOfDay: TimeOfDayField,
  weekdays: WeekdaysField,
  date: DateField,
  dateTime: DateTimeField,
  timeZone: TimeZoneField,
  attribute: AttributeField,
  attributeValue: AttributeValueField,
  tag: TagField,
  message: MessageField,
  segment: SegmentField,
  topic: TopicField,
  calendar: CalendarField,
  flow: FlowField,
  step: StepField,
  rule: RuleField,
  branches: BranchesField,
  shares: SharesField,
  forms: FormsField,
};
