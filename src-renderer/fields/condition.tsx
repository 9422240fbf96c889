// One condition of a rule as a line of words: what it is about, what is asked of it, and the value.
import { ActionIcon, Select, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { CHANNELS, type Channel } from '../../shared/contacts/contact.ts';
import { operatorsFor } from '../../shared/contacts/operators.ts';
import { dependsOnToday, isAnniversary } from '../../shared/contacts/rule-time.ts';
import { MESSAGE_ACTS, type Condition } from '../../shared/contacts/rule.ts';
import { LEAP_DAYS } from '../../shared/time.ts';
import { useText } from '../app/i18n.ts';
import { TagInput, useAttributeOptions } from './attributes.tsx';
import { Lasting, Since, Words, YesNo } from './condition-words.tsx';
import { EventQuestion, FlowQuestion, OrderQuestion, SegmentQuestion, startOf } from './history-questions.tsx';
import { Operand, operandFor } from './operand.tsx';
import { useSources, type Sources } from './sources.tsx';

/** What a condition is about, as one choice: "attribute:city", "tag", "consent", "message", "event". */
type Subject = string;

function subjectOf(condition: Condition): Subject {
  return condition.kind === 'attribute' ? `attribute:${condition.attribute}` : condition.kind;
}

/** A condition about something, with the most usual question. In a flow, history counts from the entry. */
export function newCondition(subject: Subject, inFlow: boolean, { attributes, segments }: Pick<Sources, 'attributes' | 'segments'>): Condition {
  const since = inFlow ? 'enrollment' : 'ever';
  if (subject === 'tag') return { kind: 'tag', tag: '', has: true };
  if (subject === 'consent') return { kind: 'consent', channel: 'email', given: true };
  if (subject === 'suppressed') return { kind: 'suppressed', channel: 'email', is: false };
  if (subject === 'message') return { kind: 'message', message: 'any', act: 'opened', did: true, since };
  if (subject === 'event') return { kind: 'event', event: 'order_placed', did: true, since };
  if (subject === 'order') return { kind: 'order', ...startOf('count'), since };
  if (subject === 'flow') return { kind: 'flow', flow: 'any', position: 'inside', is: true, since: 'ever' };
  if (subject === 'segment') return { kind: 'segment', segment: segments[0]?.key ?? 'none', member: true };
  const key = subject.slice('attribute:'.length);
  const attribute = attributes.find((each) => each.key === key);
  const info = operatorsFor(attribute?.kind ?? 'text')[0]!;
  return { kind: 'attribute', attribute: key, operator: info.operator, ...operandFor(info.form, undefined) };
}

type SubjectSelectProps = { value: Subject | null; onChange(subject: Subject): void; placeholder?: string };

/** Attributes and history, searchable. */
export function SubjectSelect({ value, onChange, placeholder }: SubjectSelectProps) {
  const { t } = useTranslation('editor');
  const chosen = value?.startsWith('attribute:') === true ? value.slice('attribute:'.length) : '';
  const attributes = useAttributeOptions(undefined, chosen).map(({ value: key, label }) => ({ value: `attribute:${key}`, label }));
  const history = (['message', 'order', 'event', 'tag', 'segment', 'flow', 'consent', 'suppressed'] as const).map((kind) => ({ value: kind, label: t(`rule.about.${kind}`) }));
  const data = [
    { group: t('rule.history'), items: history },
    { group: t('rule.attributes'), items: attributes },
  ];
  return (
    <Select
      size="xs"
      flex="1 1 130px"
      searchable
      aria-label={placeholder ?? t('rule.subject')}
      placeholder={placeholder}
      nothingFoundMessage={t('fields.nothingFound')}
      maxDropdownHeight={320}
      comboboxProps={{ width: 260, position: 'bottom-start', shadow: 'xl' }}
      data={data}
      value={value}
      onChange={(next) => next !== null && onChange(next)}
    />
  );
}

type ConditionEditorProps = {
  condition: Condition;
  onChange(condition: Condition, typing?: boolean): void;
  onRemove(): void;
  inFlow: boolean;
};

export function ConditionEditor({ condition, onChange, onRemove, inFlow }: ConditionEditorProps) {
  const { t } = useTranslation('editor');
  const sources = useSources();
  return (
    <div className="kanal-condition">
      <div className="kanal-condition-words">
        <Text size="xs" component="span">
          {t(`rule.lead.${condition.kind}`)}
        </Text>
        {condition.kind === 'attribute' && (
          <SubjectSelect
            value={subjectOf(condition)}
            onChange={(next) => next !== subjectOf(condition) && onChange(newCondition(next, inFlow, sources))}
          />
        )}
        <Question condition={condition} onChange={onChange} inFlow={inFlow} />
      </div>
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t('rule.removeCondition')} onClick={onRemove}>
        <IconX size={14} />
      </ActionIcon>
    </div>
  );
}

type QuestionProps = { condition: Condition; onChange(condition: Condition, typing?: boolean): void; inFlow: boolean };

function Question({ condition, onChange, inFlow }: QuestionProps) {
  const { t } = useTranslation('editor');
  const { attributes, flows, messages, topics } = useSources();
  const text = useText();
  switch (condition.kind) {
    case 'attribute': {
      const attribute = attributes.find((each) => each.key === condition.attribute);
      const offered = operatorsFor(attribute?.kind ?? 'text');
      const info = offered.find((each) => each.operator === condition.operator);
      const options = offered.map(({ operator, label }) => ({ value: operator as string, label: text(label) }));
      if (info === undefined) options.unshift({ value: condition.operator, label: condition.operator });
      return (
        <>
          <Words
            label={t('rule.operator')}
            value={condition.operator}
            options={options}
            onChange={(next) => {
              const chosen = offered.find((each) => each.operator === next)!;
              onChange({ ...condition, operator: chosen.operator, value: undefined, ...operandFor(chosen.form, condition.value), ...(dependsOnToday(chosen.operator) && { for: undefined }), ...(!isAnniversary(chosen.operator) && { leapDay: undefined }) });
            }}
          />
          <Operand
            attribute={attribute}
            form={info?.form ?? 'none'}
            value={condition.value}
            onChange={(value, typing) => onChange({ ...condition, value }, typing)}
          />
          {isAnniversary(condition.operator) && (
            <Words
              wide
              label={t('rule.leapDay')}
              value={condition.leapDay ?? 'feb28'}
              options={LEAP_DAYS.map((day) => ({ value: day, label: t(`rule.leapDay.${day}`) }))}
              onChange={(next) => onChange({ ...condition, leapDay: next === 'mar1' ? 'mar1' : undefined })}
            />
          )}
          {(condition.for !== undefined || !dependsOnToday(condition.operator)) && (
            <Lasting value={condition.for} onChange={(duration, typing) => onChange({ ...condition, for: duration }, typing)} />
          )}
        </>
      );
    }
    case 'tag':
      return (
        <>
          <YesNo wide value={condition.has} yes={t('rule.has')} no={t('rule.hasNot')} onChange={(has) => onChange({ ...condition, has })} />
          <TagInput
            size="xs"
            flex="1 1 120px"
            aria-label={t('rule.about.tag')}
            value={condition.tag}
            onChange={(tag, typing) => onChange({ ...condition, tag }, typing)}
          />
          <Lasting value={condition.for} onChange={(duration, typing) => onChange({ ...condition, for: duration }, typing)} />
        </>
      );
    case 'consent':
      return (
        <>
          <Words
            label={t('rule.channel')}
            value={condition.channel}
            options={CHANNELS.map((channel) => ({ value: channel, label: t(`channel.${channel}`) }))}
            onChange={(channel) => onChange({ ...condition, channel: channel as Channel })}
          />
          {(topics.length > 0 || condition.topic !== undefined) && <TopicWords value={condition.topic} onChange={(topic) => onChange({ ...condition, topic })} />}
          <YesNo
            value={condition.given}
            yes={t('rule.given')}
            no={t('rule.notGiven')}
            onChange={(given) => onChange({ ...condition, given })}
          />
        </>
      );
    case 'suppressed':
      return (
        <>
          <YesNo wide value={condition.is} yes={t('rule.suppressed')} no={t('rule.notSuppressed')} onChange={(is) => onChange({ ...condition, is })} />
          <Words
            label={t('rule.channel')}
            value={condition.channel}
            options={CHANNELS.map((channel) => ({ value: channel, label: t(`channel.${channel}`) }))}
            onChange={(channel) => onChange({ ...condition, channel: channel as Channel })}
          />
        </>
      );
    case 'segment':
      return <SegmentQuestion condition={condition} onChange={onChange} inFlow={inFlow} />;
    case 'order':
      return <OrderQuestion condition={condition} onChange={onChange} inFlow={inFlow} />;
    case 'flow':
      return <FlowQuestion condition={condition} onChange={onChange} inFlow={inFlow} />;
    case 'event':
      return <EventQuestion condition={condition} onChange={onChange} inFlow={inFlow} />;
    case 'message': {
      const chosen = condition.flow === undefined || condition.message !== 'any' ? condition.message : `flow:${condition.flow}`;
      const options = [
        { value: 'any', label: t('rule.anyMessage') },
        ...messages.map((each) => ({ value: each.key, label: each.name })),
        ...flows.map((flow) => ({ value: `flow:${flow.id}`, label: t('rule.anyMessageOf', { flow: flow.name }) })),
      ];
      if (!options.some((option) => option.value === chosen)) options.push({ value: chosen, label: condition.flow === 0 ? t('rule.chooseFlow') : chosen });
      return (
        <>
          <YesNo value={condition.did} yes={t('rule.did')} no={t('rule.didNot')} onChange={(did) => onChange({ ...condition, did })} />
          <Words
            label={t('rule.act')}
            value={condition.act}
            options={MESSAGE_ACTS.map((act) => ({ value: act, label: t(`act.${act}`) }))}
            onChange={(act) => onChange({ ...condition, act: act as (typeof MESSAGE_ACTS)[number] })}
          />
          <Words
            wide
            label={t('rule.message')}
            value={chosen}
            options={options}
            onChange={(next) =>
              onChange(next.startsWith('flow:') ? { ...condition, message: 'any', flow: Number(next.slice('flow:'.length)) } : { ...condition, message: next, flow: undefined })
            }
          />
          <Since value={condition.since} inFlow={inFlow} onChange={(since, typing) => onChange({ ...condition, since }, typing)} />
        </>
      );
    }
  }
}

/** Which topic of the channel; without one, the channel as a whole. */
function TopicWords({ value, onChange }: { value: string | undefined; onChange(topic: string | undefined): void }) {
  const { t } = useTranslation('editor');
  const { topics } = useSources();
  const options = [{ value: '', label: t('rule.wholeChannel') }, ...topics.filter((topic) => !topic.archived || topic.key === value).map((topic) => ({ value: topic.key, label: topic.name }))];
  if (value !== undefined && !options.some((option) => option.value === value)) options.push({ value, label: value });
  return <Words label={t('rule.topic')} value={value ?? ''} options={options} onChange={(next) => onChange(next === '' ? undefined : next)} />;
}
