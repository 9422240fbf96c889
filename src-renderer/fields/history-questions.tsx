// What a condition asks about a contact's history: events with their properties, orders, passages through flows, segments.
import { ActionIcon, Button, Text, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { EVENT_TYPES } from '../../shared/contacts/event.ts';
import { orderMeasureText, orderOperators, PROPERTY_OPERATORS, type OperandKind } from '../../shared/contacts/operators.ts';
import {
  END_OF_FLOW,
  FLOW_POSITIONS,
  ORDER_MEASURES,
  type Condition,
  type FlowPosition,
  type OrderMeasure,
} from '../../shared/contacts/rule.ts';
import type { Attribute, AttributeKind } from '../../shared/contacts/contact.ts';
import { titleOf } from '../../shared/flow/reading.ts';
import { useText } from '../app/i18n.ts';
import { useCall } from '../backend.ts';
import { Lasting, Since, Words, YesNo, type SinceValue } from './condition-words.tsx';
import { Operand, operandFor } from './operand.tsx';
import { PatientNumber } from './simple.tsx';
import { useSources } from './sources.tsx';

type Of<Kind extends Condition['kind']> = Extract<Condition, { kind: Kind }>;
type QuestionProps<Kind extends Condition['kind']> = {
  condition: Of<Kind>;
  onChange(condition: Condition, typing?: boolean): void;
  inFlow: boolean;
};

const KIND_OF: Record<OperandKind, AttributeKind> = { text: 'text', number: 'number', money: 'money', date: 'date', choice: 'text' };

/** Stands for a value that no attribute holds, so that it is asked for as one of its kind. */
function valueOf(of: OperandKind): Attribute {
  return { key: 'value', label: '', kind: KIND_OF[of] };
}

export function EventQuestion({ condition, onChange, inFlow }: QuestionProps<'event'>) {
  const { t } = useTranslation('editor');
  const isOwn = !(EVENT_TYPES as readonly string[]).includes(condition.event);
  return (
    <>
      <YesNo value={condition.did} yes={t('rule.did')} no={t('rule.didNot')} onChange={(did) => onChange({ ...condition, did })} />
      <Words
        wide
        label={t('rule.event')}
        value={isOwn ? '' : condition.event}
        options={[
          ...EVENT_TYPES.map((type) => ({ value: type as string, label: t(`event.${type}`) })),
          { value: '', label: t('rule.otherEvent') },
        ]}
        onChange={(event) => onChange({ ...condition, event })}
      />
      {isOwn && (
        <TextInput
          size="xs"
          flex="1 1 130px"
          aria-label={t('rule.eventName')}
          placeholder="page_viewed"
          value={condition.event}
          onChange={(event) => onChange({ ...condition, event: event.currentTarget.value.toLowerCase().replaceAll(/[\s-]+/g, '_') }, true)}
        />
      )}
      <Text size="xs" component="span">
        {t('rule.atLeast')}
      </Text>
      <PatientNumber
        size="xs"
        w={70}
        min={1}
        allowDecimal={false}
        aria-label={t('rule.times')}
        value={condition.times ?? 1}
        onChange={(times, typing) => times !== null && times >= 1 && onChange({ ...condition, times }, typing)}
      />
      <Text size="xs" component="span">
        {t('rule.timesUnit', { count: condition.times ?? 1 })}
      </Text>
      <Since value={condition.since} inFlow={inFlow} onChange={(since, typing) => onChange({ ...condition, since }, typing)} />
      <Filters condition={condition} onChange={onChange} />
    </>
  );
}

/** What the event's own properties must be. */
function Filters({ condition, onChange }: Omit<QuestionProps<'event'>, 'inFlow'>) {
  const { t } = useTranslation('editor');
  const text = useText();
  const where = condition.where ?? [];
  const tell = (next: typeof where, typing?: boolean) => onChange({ ...condition, where: next.length === 0 ? undefined : next }, typing);
  return (
    <>
      {where.map((filter, index) => {
        const info = PROPERTY_OPERATORS.find(({ operator }) => operator === filter.operator);
        const change = (part: Partial<typeof filter>, typing?: boolean) => tell(where.with(index, { ...filter, ...part }), typing);
        return (
          <div className="kanal-condition-words kanal-filter" key={index}>
            <Text size="xs" component="span">
              {t('rule.filter')}
            </Text>
            <TextInput
              size="xs"
              flex="1 1 100px"
              aria-label={t('rule.property')}
              placeholder={t('rule.property')}
              value={filter.property}
              onChange={(event) => change({ property: event.currentTarget.value }, true)}
            />
            <Words
              label={t('rule.operator')}
              value={filter.operator}
              options={PROPERTY_OPERATORS.map(({ operator, label }) => ({ value: operator, label: text(label) }))}
              onChange={(next) => {
                const chosen = PROPERTY_OPERATORS.find(({ operator }) => operator === next)!;
                change({
                  operator: chosen.operator,
                  value: undefined,
                  ...operandFor(chosen.form, chosen.of === info?.of ? filter.value : undefined),
                });
              }}
            />
            <Operand
              attribute={valueOf(info?.of ?? 'text')}
              form={info?.form ?? 'none'}
              value={filter.value}
              onChange={(value, typing) => change({ value }, typing)}
            />
            <ActionIcon
              variant="subtle"
              color="gray"
              size="sm"
              aria-label={t('rule.removeFilter')}
              onClick={() => tell(where.toSpliced(index, 1))}
            >
              <IconX size={14} />
            </ActionIcon>
          </div>
        );
      })}
      <Button size="compact-xs" variant="subtle" color="gray" onClick={() => tell([...where, { property: '', operator: 'equals' }])}>
        {t('rule.addFilter')}
      </Button>
    </>
  );
}

export function OrderQuestion({ condition, onChange, inFlow }: QuestionProps<'order'>) {
  const { t } = useTranslation('editor');
  const text = useText();
  const { measure, operator, value, product, since } = condition;
  const offered = orderOperators(measure);
  const info = offered.find((each) => each.operator === operator);
  return (
    <>
      <Words
        wide
        label={t('rule.measure')}
        value={measure}
        options={ORDER_MEASURES.map((each) => ({ value: each, label: text(orderMeasureText(each)) }))}
        onChange={(next) => onChange({ ...condition, ...startOf(next as OrderMeasure) })}
      />
      <Words
        wide
        label={t('rule.operator')}
        value={operator}
        options={offered.map((each) => ({ value: each.operator, label: text(each.label) }))}
        onChange={(next) => {
          const chosen = offered.find((each) => each.operator === next)!;
          onChange({ ...condition, operator: chosen.operator, value: undefined, ...operandFor(chosen.form, value) });
        }}
      />
      <Operand
        attribute={valueOf(info?.of ?? 'number')}
        form={info?.form ?? 'none'}
        value={value}
        onChange={(next, typing) => onChange({ ...condition, value: next }, typing)}
      />
      <TextInput
        size="xs"
        flex="1 1 130px"
        aria-label={t('rule.product')}
        placeholder={t('rule.anyProduct')}
        value={product ?? ''}
        onChange={(event) =>
          onChange({ ...condition, product: event.currentTarget.value === '' ? undefined : event.currentTarget.value }, true)
        }
      />
      <Since value={since} inFlow={inFlow} onChange={(next, typing) => onChange({ ...condition, since: next }, typing)} />
    </>
  );
}

/** The most usual question about a measure of orders. */
export function startOf(measure: OrderMeasure): Pick<Of<'order'>, 'measure' | 'operator' | 'value'> {
  if (measure === 'last' || measure === 'first') return { measure, operator: 'inLast', value: { amount: 30, unit: 'days' } };
  return { measure, operator: 'atLeast', value: measure === 'count' ? 1 : undefined };
}

const OWN_REASONS = [END_OF_FLOW, 'goal', 'exit-rule', 'exit-step', 'opted-out'] as const;

export function FlowQuestion({ condition, onChange }: QuestionProps<'flow'>) {
  const { t } = useTranslation('editor');
  const text = useText();
  const { flows } = useSources();
  const { flow, position, is, step, reason, since } = condition;
  const detail = useCall(typeof flow === 'number' && flow > 0 ? 'flows.get' : null, { flow: typeof flow === 'number' ? flow : 0 }, [
    'flows',
  ]).data;
  const steps = detail === undefined ? [] : (detail.live?.flow ?? detail.draft).steps;
  const flowOptions = [
    ...(flow === 0 ? [{ value: '0', label: t('rule.chooseFlow') }] : []),
    ...(position === 'atStep' ? [] : [{ value: 'any', label: t('rule.anyFlow') }]),
    ...flows.map(({ id, name }) => ({ value: String(id), label: name })),
  ];
  if (!flowOptions.some((each) => each.value === String(flow))) flowOptions.push({ value: String(flow), label: String(flow) });
  const positions = FLOW_POSITIONS.flatMap((each) =>
    ([true, false] as const).map((yes) => ({ value: `${each}.${yes ? 'yes' : 'no'}`, label: t(`position.${each}.${yes ? 'yes' : 'no'}`) })),
  );
  const stepOptions = [
    { value: '', label: t('rule.chooseStep') },
    ...steps.map((each) => ({ value: each.id, label: text(titleOf(each)) })),
  ];
  if (step !== undefined && !steps.some(({ id }) => id === step)) stepOptions.push({ value: step, label: step });
  const ownReasons = steps.flatMap(({ type, config }) =>
    type === 'exit' && typeof config.reason === 'string' && config.reason.trim() !== '' ? [config.reason.trim()] : [],
  );
  const otherReasons = [...new Set([...ownReasons, ...(reason === undefined ? [] : [reason])])].filter(
    (each) => !(OWN_REASONS as readonly string[]).includes(each),
  );

  function place(next: string) {
    const [where, yes] = next.split('.') as [FlowPosition, string];
    onChange({
      ...condition,
      position: where,
      is: yes === 'yes',
      step: undefined,
      reason: undefined,
      ...(where === 'atStep' && flow === 'any' && { flow: 0 }),
      ...(where === 'inside' || where === 'atStep' ? { since: 'ever' as const } : {}),
    });
  }

  return (
    <>
      <Words wide label={t('rule.position')} value={`${position}.${is ? 'yes' : 'no'}`} options={positions} onChange={place} />
      <Words
        wide
        label={t('rule.flow')}
        value={String(flow)}
        options={flowOptions}
        onChange={(next) => onChange({ ...condition, flow: next === 'any' ? 'any' : Number(next), step: undefined })}
      />
      {position === 'atStep' && (
        <Words
          wide
          label={t('rule.step')}
          value={step ?? ''}
          options={stepOptions}
          onChange={(next) => onChange({ ...condition, step: next === '' ? undefined : next })}
        />
      )}
      {position === 'left' && (
        <Words
          wide
          label={t('rule.reason')}
          value={reason ?? ''}
          options={[
            { value: '', label: t('rule.anyReason') },
            ...OWN_REASONS.map((each) => ({ value: each, label: t(`leaving.${each}`) })),
            ...otherReasons.map((each) => ({ value: each, label: `“${each}”` })),
          ]}
          onChange={(next) => onChange({ ...condition, reason: next === '' ? undefined : next })}
        />
      )}
      {(position === 'entered' || position === 'left') && (
        <Since
          value={since}
          inFlow={false}
          onChange={(next, typing) => onChange({ ...condition, since: next as Exclude<SinceValue, 'enrollment'> }, typing)}
        />
      )}
    </>
  );
}

export function SegmentQuestion({ condition, onChange }: QuestionProps<'segment'>) {
  const { t } = useTranslation('editor');
  const { segments } = useSources();
  const options = segments.map(({ key, name }) => ({ value: key, label: name }));
  const chosen = segments.find(({ key }) => key === condition.segment);
  if (chosen === undefined) options.unshift({ value: condition.segment, label: t('rule.chooseSegment') });
  const isKept = chosen !== undefined && (chosen.rule === null || chosen.track);
  return (
    <>
      <YesNo
        value={condition.member}
        yes={t('rule.member')}
        no={t('rule.notMember')}
        onChange={(member) => onChange({ ...condition, member, ...(!member && { for: undefined }) })}
      />
      <Words
        wide
        label={t('rule.about.segment')}
        value={condition.segment}
        options={options}
        onChange={(segment) => onChange({ ...condition, segment, for: undefined })}
      />
      {condition.member && (isKept || condition.for !== undefined) && (
        <Lasting value={condition.for} onChange={(duration, typing) => onChange({ ...condition, for: duration }, typing)} />
      )}
    </>
  );
}
