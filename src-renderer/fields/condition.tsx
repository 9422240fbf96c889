// One condition of a rule as a line of words: what it is about, what is asked of it, and the value.
import { ActionIcon, NativeSelect, Select, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { CHANNELS, type Channel } from '../../shared/contacts/contact.ts';
import { EVENT_TYPES } from '../../shared/contacts/event.ts';
import { operatorsFor } from '../../shared/contacts/operators.ts';
import { ruleText } from '../../shared/contacts/rule-words.ts';
import { MESSAGE_ACTS, type Condition } from '../../shared/contacts/rule.ts';
import { durationSchema, type Duration } from '../../shared/fields.ts';
import { useText } from '../app/i18n.ts';
import { TagInput, useAttributeOptions } from './attributes.tsx';
import { Operand, operandFor } from './operand.tsx';
import { PatientNumber } from './simple.tsx';
import { useSources, type Sources } from './sources.tsx';
import { DurationInput } from './times.tsx';

/** What a condition is about, as one choice: "attribute:city", "tag", "consent", "message", "event". */
type Subject = string;

function subjectOf(condition: Condition): Subject {
  return condition.kind === 'attribute' ? `attribute:${condition.attribute}` : condition.kind;
}

/** A condition about something, with the most usual question. In a flow, history counts from the entry. */
export function newCondition(subject: Subject, inFlow: boolean, attributes: Sources['attributes']): Condition {
  const since = inFlow ? 'enrollment' : 'ever';
  if (subject === 'tag') return { kind: 'tag', tag: '', has: true };
  if (subject === 'consent') return { kind: 'consent', channel: 'email', given: true };
  if (subject === 'message') return { kind: 'message', message: 'any', act: 'opened', did: true, since };
  if (subject === 'event') return { kind: 'event', event: 'order_placed', did: true, since };
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
  const history = (['message', 'tag', 'consent', 'event'] as const).map((kind) => ({ value: kind, label: t(`rule.about.${kind}`) }));
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
  const { attributes } = useSources();
  return (
    <div className="kanal-condition">
      <div className="kanal-condition-words">
        {isAsked(condition) && (
          <Text size="xs" component="span">
            {t(`rule.lead.${condition.kind}`)}
          </Text>
        )}
        {condition.kind === 'attribute' && (
          <SubjectSelect
            value={subjectOf(condition)}
            onChange={(next) => next !== subjectOf(condition) && onChange(newCondition(next, inFlow, attributes))}
          />
        )}
        {isAsked(condition) ? <Question condition={condition} onChange={onChange} inFlow={inFlow} /> : <ReadOut condition={condition} />}
      </div>
      <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t('rule.removeCondition')} onClick={onRemove}>
        <IconX size={14} />
      </ActionIcon>
    </div>
  );
}

/** The kinds that have a form here; the others are read out and can be removed. */
type Asked = Extract<Condition, { kind: 'attribute' | 'tag' | 'consent' | 'segment' | 'message' | 'event' }>;
const ASKED: ReadonlySet<string> = new Set<Asked['kind']>(['attribute', 'tag', 'consent', 'segment', 'message', 'event']);

function isAsked(condition: Condition): condition is Asked {
  return ASKED.has(condition.kind);
}

/** A condition that came from a file or a template, in words. */
function ReadOut({ condition }: { condition: Condition }) {
  const { attributes, messages } = useSources();
  const text = useText();
  const words = ruleText(condition, {
    attribute: (key) => attributes.find((each) => each.key === key),
    message: (key) => messages.find((each) => each.key === key)?.name,
    segment: () => undefined,
  });
  return (
    <Text size="xs" component="span">
      {text(words)}
    </Text>
  );
}

type QuestionProps = { condition: Asked; onChange(condition: Condition, typing?: boolean): void; inFlow: boolean };

function Question({ condition, onChange, inFlow }: QuestionProps) {
  const { t } = useTranslation('editor');
  const { attributes, messages } = useSources();
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
              onChange({ ...condition, operator: chosen.operator, value: undefined, ...operandFor(chosen.form, condition.value) });
            }}
          />
          <Operand
            attribute={attribute}
            form={info?.form ?? 'none'}
            value={condition.value}
            onChange={(value, typing) => onChange({ ...condition, value }, typing)}
          />
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
          <YesNo
            value={condition.given}
            yes={t('rule.given')}
            no={t('rule.notGiven')}
            onChange={(given) => onChange({ ...condition, given })}
          />
        </>
      );
    case 'segment':
      return (
        <>
          <YesNo
            value={condition.member}
            yes={t('rule.member')}
            no={t('rule.notMember')}
            onChange={(member) => onChange({ ...condition, member })}
          />
          <Text size="xs" fw={600} component="span">
            {condition.segment}
          </Text>
        </>
      );
    case 'message': {
      const options = [{ value: 'any', label: t('rule.anyMessage') }, ...messages.map((each) => ({ value: each.key, label: each.name }))];
      if (!options.some((option) => option.value === condition.message))
        options.push({ value: condition.message, label: condition.message });
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
            value={condition.message}
            options={options}
            onChange={(message) => onChange({ ...condition, message })}
          />
          <Since value={condition.since} inFlow={inFlow} onChange={(since, typing) => onChange({ ...condition, since }, typing)} />
        </>
      );
    }
    case 'event': {
      const known: readonly string[] = EVENT_TYPES;
      const types = known.includes(condition.event) ? known : [condition.event, ...known];
      return (
        <>
          <YesNo value={condition.did} yes={t('rule.did')} no={t('rule.didNot')} onChange={(did) => onChange({ ...condition, did })} />
          <Words
            wide
            label={t('rule.event')}
            value={condition.event}
            options={types.map((type) => ({ value: type, label: t(`event.${type as 'order_placed'}`, { defaultValue: type }) }))}
            onChange={(event) => onChange({ ...condition, event })}
          />
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
          {condition.where !== undefined && condition.where.length > 0 && (
            <Text size="xs" c="dimmed">
              {t('rule.where', { count: condition.where.length })}
            </Text>
          )}
        </>
      );
    }
  }
}

/** A small list that reads as a word of the sentence. */
function Words({
  label,
  value,
  options,
  wide = false,
  onChange,
}: {
  label: string;
  value: string;
  options: { value: string; label: string }[];
  /** For words that are whole phrases or names. */
  wide?: boolean;
  onChange(value: string): void;
}) {
  return (
    <NativeSelect
      size="xs"
      flex={wide ? '1 1 190px' : '1 1 100px'}
      aria-label={label}
      data={options}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

type YesNoProps = { value: boolean; yes: string; no: string; wide?: boolean; onChange(value: boolean): void };

function YesNo({ value, yes, no, wide = false, onChange }: YesNoProps) {
  const { t } = useTranslation('editor');
  return (
    <Words
      wide={wide}
      label={t('rule.yesOrNo')}
      value={value ? 'yes' : 'no'}
      options={[
        { value: 'yes', label: yes },
        { value: 'no', label: no },
      ]}
      onChange={(next) => onChange(next === 'yes')}
    />
  );
}

type SinceValue = 'enrollment' | 'ever' | Duration;

/** The period that counts is always said (FEATURES D10). */
function Since({ value, inFlow, onChange }: { value: SinceValue; inFlow: boolean; onChange(value: SinceValue, typing?: boolean): void }) {
  const { t } = useTranslation('editor');
  const duration = durationSchema.safeParse(value);
  const kind = duration.success ? 'within' : (value as 'enrollment' | 'ever');
  const kinds = (['enrollment', 'ever', 'within'] as const).filter((each) => each !== 'enrollment' || inFlow || kind === 'enrollment');
  return (
    <>
      <Words
        wide
        label={t('rule.since')}
        value={kind}
        options={kinds.map((each) => ({ value: each, label: t(`since.${each}`) }))}
        onChange={(next) => onChange(next === 'within' ? { amount: 30, unit: 'days' } : (next as 'enrollment' | 'ever'))}
      />
      {duration.success && <DurationInput size="xs" value={duration.data} onChange={onChange} />}
    </>
  );
}
