// The rule builder: a condition tree that reads as a sentence, with the number of contacts that it means today.
import { useState } from 'react';
import { ActionIcon, Button, Group as Row, NativeSelect, Stack, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { isGroup, ruleSchema, type Group, type Rule } from '../../shared/contacts/rule.ts';
import { ConditionEditor, newCondition, SubjectSelect } from './condition.tsx';
import { Labelled } from './attributes.tsx';
import type { FieldProps } from './field.ts';
import { RuleCount } from './rule-count.tsx';
import { useSources } from './sources.tsx';
import './fields.css';

export function RuleField(props: FieldProps) {
  return (
    <Labelled field={props}>
      <RuleBuilder value={(props.value ?? null) as Rule | null} onChange={props.onChange} inFlow={props.inFlow === true} />
    </Labelled>
  );
}

type RuleBuilderProps = {
  value: Rule | null;
  onChange(rule: Rule | null, typing?: boolean): void;
  /** Offers conditions about "since they entered this flow". */
  inFlow?: boolean;
};

/** Half-finished conditions stay in the builder until they say something; only whole rules are told. */
export function RuleBuilder({ value, onChange, inFlow = false }: RuleBuilderProps) {
  const [draft, setDraft] = useState<Rule | null>(value);
  const [told, setTold] = useState<Rule | null>(value);
  const { t } = useTranslation('editor');

  // Somebody else changed the rule (an undo, another version): the builder follows.
  if (value !== told) {
    setTold(value);
    setDraft(value);
  }

  function change(group: Group, typing?: boolean) {
    const rule = unwrapped(group);
    setDraft(rule);
    if (rule !== null && !ruleSchema.safeParse(rule).success) return;
    setTold(rule);
    onChange(rule, typing);
  }

  const group: Group = draft === null ? { kind: 'all', rules: [] } : isGroup(draft) ? draft : { kind: 'all', rules: [draft] };
  return (
    <Stack gap="xs" className="kanal-rule">
      <GroupEditor group={group} onChange={change} inFlow={inFlow} depth={0} />
      {draft !== null && told !== draft && (
        <Text size="xs" c="var(--kanal-amber)">
          {t('rule.unfinished')}
        </Text>
      )}
      <RuleCount rule={told === draft ? draft : null} />
    </Stack>
  );
}

/** One condition alone needs no group around it; none at all is no rule. */
function unwrapped(group: Group): Rule | null {
  if (group.rules.length === 0) return null;
  return group.rules.length === 1 && group.kind === 'all' ? group.rules[0]! : group;
}

type GroupEditorProps = { group: Group; onChange(group: Group, typing?: boolean): void; onRemove?(): void; inFlow: boolean; depth: number };

function GroupEditor({ group, onChange, onRemove, inFlow, depth }: GroupEditorProps) {
  const { t } = useTranslation('editor');
  const sources = useSources();
  const replace = (index: number, rule: Rule, typing?: boolean) => onChange({ ...group, rules: group.rules.with(index, rule) }, typing);
  const remove = (index: number) => onChange({ ...group, rules: group.rules.filter((_, each) => each !== index) });
  const add = (rule: Rule) => onChange({ ...group, rules: [...group.rules, rule] });
  const several = group.rules.length > 1 || group.kind !== 'all' || depth > 0;
  return (
    <Stack gap="xs" className={depth > 0 ? 'kanal-rule-group' : undefined}>
      {several && (
        <Row gap="xs" wrap="nowrap">
          <NativeSelect
            size="xs"
            flex={1}
            aria-label={t('rule.howMany')}
            value={group.kind}
            onChange={(event) => onChange({ ...group, kind: event.currentTarget.value as Group['kind'] })}
            data={(['all', 'any', 'none'] as const).map((kind) => ({ value: kind, label: t(`rule.${kind}`) }))}
          />
          {onRemove !== undefined && (
            <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t('rule.removeGroup')} onClick={onRemove}>
              <IconX size={14} />
            </ActionIcon>
          )}
        </Row>
      )}
      {group.rules.map((rule, index) => (
        <div key={index}>
          {index > 0 && (
            <Text size="xs" c="dimmed" mb={4}>
              {t(group.kind === 'all' ? 'rule.and' : 'rule.or')}
            </Text>
          )}
          {isGroup(rule) ? (
            <GroupEditor
              group={rule}
              onChange={(next, typing) => replace(index, next, typing)}
              onRemove={() => remove(index)}
              inFlow={inFlow}
              depth={depth + 1}
            />
          ) : (
            <ConditionEditor
              condition={rule}
              onChange={(next, typing) => replace(index, next, typing)}
              onRemove={() => remove(index)}
              inFlow={inFlow}
            />
          )}
        </div>
      ))}
      <Row gap="xs" wrap="nowrap">
        <SubjectSelect
          placeholder={t('rule.addCondition')}
          value={null}
          onChange={(subject) => add(newCondition(subject, inFlow, sources))}
        />
        {depth < 3 && group.rules.length > 0 && (
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            onClick={() => add({ kind: group.kind === 'any' ? 'all' : 'any', rules: [] })}
          >
            {t('rule.addGroup')}
          </Button>
        )}
      </Row>
    </Stack>
  );
}
