// How many contacts match more than one way of a branch, and some of them: the first way takes them (FEATURES D22).
import { useEffect, useState } from 'react';
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Branch } from '../../shared/contacts/rule-fields.ts';
import { comparableWays, MOST_COMPARED, type WayRule } from '../../shared/flow/overlap.ts';
import { branchLabel } from '../../shared/steps/branch.ts';
import { useText } from '../app/i18n.ts';
import { useFormats } from '../app/workspace.tsx';
import { useCall } from '../backend.ts';
import { contactTitle } from '../contacts/contact-name.ts';

/** After the last change; counting it costs more than counting one rule. */
const PAUSE = 800;

export function BranchOverlap({ branches }: { branches: readonly Branch[] }) {
  const { t } = useTranslation('editor');
  const text = useText();
  const formats = useFormats();
  const ways = JSON.stringify(comparableWays(branches));
  const [asked, setAsked] = useState(ways);
  const [screen] = useState(() => `overlap-${Math.random().toString(36).slice(2)}`);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(ways), PAUSE);
    return () => clearTimeout(timer);
  }, [ways]);
  const compared = JSON.parse(asked) as WayRule[];
  const isAsked = compared.length > 1 && compared.length <= MOST_COMPARED;
  const overlap = useCall(isAsked ? 'flows.overlap' : null, { screen, ways: isAsked ? compared : [] }).data;
  if (!isAsked || overlap === undefined || overlap.count === 0) return null;
  const labelOf = (id: string) => branches.flatMap((each, index) => (each.id === id ? [text(branchLabel(each, index))] : [])).join('');
  const names = overlap.first.map((contact) => t('overlap.who', { name: contactTitle(contact), ways: contact.ways.map(labelOf).join(', ') }));
  return (
    <Text size="xs" c="dimmed" aria-live="polite">
      {t('overlap.some', { count: overlap.count, number: formats.number(overlap.count), names: names.join('; '), more: overlap.count > names.length ? 'yes' : 'no' })}
    </Text>
  );
}
