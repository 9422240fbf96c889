// How many contacts a rule means today: "312 of 4,210 contacts match".
import { useEffect, useState } from 'react';
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { conditionsOf, type Rule } from '../../shared/contacts/rule.ts';
import { useFormats } from '../app/workspace.tsx';
import { useCall } from '../backend.ts';

const PAUSE = 300;

export function RuleCount({ rule }: { rule: Rule | null }) {
  const { t } = useTranslation('editor');
  const formats = useFormats();
  const [asked, setAsked] = useState(rule);
  // What a rule meant before its last letter is given up by the machine.
  const [screen] = useState(() => `count-${Math.random().toString(36).slice(2)}`);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(rule), PAUSE);
    return () => clearTimeout(timer);
  }, [rule]);
  const inFlow = asked !== null && conditionsOf(asked).some((each) => 'since' in each && each.since === 'enrollment');
  const reading = useCall(asked === null || inFlow ? null : 'contacts.count', { screen, rule: asked ?? { kind: 'all', rules: [] } }, ['contacts']);
  if (asked === null || rule === null) return null;
  return (
    <Text size="xs" c="dimmed" aria-live="polite">
      {inFlow
        ? t('rule.countInFlow')
        : reading.data === undefined
          ? ' '
          : t('rule.count', {
              matching: formats.number(reading.data.matching),
              total: formats.number(reading.data.total),
              count: reading.data.total,
            })}
    </Text>
  );
}
