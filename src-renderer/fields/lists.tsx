// Widgets for lists of ways out: branches by rule, in the order in which they are tried, and shares by weight.
import { ActionIcon, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash, type Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Branch } from '../../shared/contacts/rule-fields.ts';
import type { Share } from '../../shared/fields.ts';
import { Labelled } from './attributes.tsx';
import { BranchOverlap } from './branch-overlap.tsx';
import type { FieldProps } from './field.ts';
import { RuleBuilder } from './rule-builder.tsx';
import { PatientNumber } from './simple.tsx';

type WayOut = { id: string; label: string };

export function BranchesField(props: FieldProps) {
  const { t } = useTranslation('editor');
  const branches = (Array.isArray(props.value) ? props.value : []) as Branch[];
  const change = (index: number, part: Partial<Branch>, typing?: boolean) =>
    props.onChange(branches.with(index, { ...branches[index]!, ...part }), typing);
  return (
    <Labelled field={props}>
      <Stack gap="sm">
        {branches.map((branch, index) => (
          <div key={branch.id} className="kanal-branch">
            <Stack gap="xs">
              <WayOutHead list={branches} index={index} onChange={props.onChange} />
              <RuleBuilder
                value={branch.rule}
                inFlow={props.inFlow === true}
                onChange={(rule, typing) => change(index, { rule }, typing)}
              />
            </Stack>
          </div>
        ))}
        <BranchOverlap branches={branches} />
        <Group>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPlus size={14} />}
            onClick={() => props.onChange([...branches, { id: freeId(branches), label: '', rule: null } satisfies Branch])}
          >
            {t('fields.addBranch')}
          </Button>
        </Group>
      </Stack>
    </Labelled>
  );
}

export function SharesField(props: FieldProps) {
  const { t } = useTranslation('editor');
  const shares = (Array.isArray(props.value) ? props.value : []) as Share[];
  const sum = shares.reduce((total, share) => total + share.weight, 0);
  return (
    <Labelled field={props}>
      <Stack gap="sm">
        {shares.map((share, index) => (
          <WayOutHead key={share.id} list={shares} index={index} onChange={props.onChange}>
            <PatientNumber
              size="xs"
              w={84}
              min={0}
              max={100}
              suffix=" %"
              aria-label={t('fields.weightOf', { name: share.label || share.id })}
              value={share.weight}
              onChange={(weight, typing) =>
                weight !== null && weight >= 0 && weight <= 100 && props.onChange(shares.with(index, { ...share, weight }), typing)
              }
            />
          </WayOutHead>
        ))}
        <Group justify="space-between">
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPlus size={14} />}
            onClick={() => props.onChange([...shares, { id: freeId(shares), label: '', weight: Math.max(0, 100 - sum) } satisfies Share])}
          >
            {t('fields.addShare')}
          </Button>
          <Button size="compact-sm" variant="subtle" color="gray" onClick={() => props.onChange(evenly(shares))}>
            {t('fields.evenly')}
          </Button>
          <Text size="xs" c={sum === 100 ? 'dimmed' : 'var(--kanal-red)'} className="kanal-figures" aria-live="polite">
            {t('fields.sum', { sum })}
          </Text>
        </Group>
      </Stack>
    </Labelled>
  );
}

type WayOutHeadProps<T extends WayOut> = {
  list: readonly T[];
  index: number;
  onChange(list: T[], typing?: boolean): void;
  children?: ReactNode;
};

/** The name of one way out, with the buttons that move and remove it. */
function WayOutHead<T extends WayOut>({ list, index, onChange, children }: WayOutHeadProps<T>) {
  const { t } = useTranslation('editor');
  const item = list[index]!;
  const name = item.label || String(index + 1);
  const move = (by: number) => onChange(list.toSpliced(index, 1).toSpliced(index + by, 0, item));
  return (
    <Group gap={4} wrap="nowrap">
      <TextInput
        size="xs"
        flex={1}
        maxLength={200}
        aria-label={t('fields.nameOfBranch', { number: index + 1 })}
        placeholder={t('fields.branchName')}
        value={item.label}
        onChange={(event) => onChange(list.with(index, { ...item, label: event.currentTarget.value }), true)}
      />
      {children}
      {list.length > 1 && (
        <>
          <SmallButton label={t('fields.moveUp', { name })} icon={IconArrowUp} disabled={index === 0} onClick={() => move(-1)} />
          <SmallButton label={t('fields.moveDown', { name })} icon={IconArrowDown} disabled={index === list.length - 1} onClick={() => move(1)} />
          <SmallButton label={t('fields.removeBranch', { name })} icon={IconTrash} onClick={() => onChange(list.toSpliced(index, 1))} />
        </>
      )}
    </Group>
  );
}

function SmallButton({ label, icon: Picture, disabled = false, onClick }: { label: string; icon: Icon; disabled?: boolean; onClick(): void }) {
  return (
    <ActionIcon className="kanal-quiet" variant="subtle" color="gray" size="sm" disabled={disabled} aria-label={label} onClick={onClick}>
      <Picture size={14} aria-hidden />
    </ActionIcon>
  );
}

/** The smallest "b1", "b2" ... that no way out has: ids stay when labels change, so that edges and counts do. */
function freeId(list: readonly WayOut[]): string {
  const taken = new Set(list.map((each) => each.id));
  let number = list.length + 1;
  while (taken.has(`b${number}`)) number++;
  return `b${number}`;
}

/** Equal whole shares; the first ones take what is left over. */
function evenly(shares: readonly Share[]): Share[] {
  const base = Math.floor(100 / shares.length);
  const rest = 100 - base * shares.length;
  return shares.map((share, index) => ({ ...share, weight: base + (index < rest ? 1 : 0) }));
}
