// Reads the whole file without writing anything, and shows what is wrong with it: by kind with counts, row by row with reason
// and remedy, to be mended in place or by a rule for a whole column.
import { useEffect, useState } from 'react';
import { Alert, Button, Group, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleX, IconInfoCircle } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ImportPreview, ProblemGroup } from '../../shared/contacts/import-plan.ts';
import { problemsOf } from '../backend.ts';
import { useFormats } from '../app/workspace.tsx';
import { useAttributes } from '../contacts/attributes.ts';
import { Failed } from '../ui/Failed.tsx';
import { Problems } from '../ui/Problems.tsx';
import { ColumnValues } from './ColumnValues.tsx';
import { FileProgress } from './FileProgress.tsx';
import { FindReplace } from './FindReplace.tsx';
import { changeColumn, mendedCount, previewImport, readAnew, useImport } from './import-store.ts';
import { LeftOut, ProblemGrid } from './ProblemGrid.tsx';

/** Starts a preview unless there is one; what was stopped or has failed is begun again by hand. */
export function usePreview() {
  const { preview, previewing } = useImport();
  useEffect(() => void previewImport(), []);
  return { preview, previewing };
}

/** The file could not be read to its end: why, and where that is mended. What was stopped by hand has no reason. */
export function NotRead() {
  const { t } = useTranslation('imports');
  const failure = useImport((state) => state.failure);
  const problems = problemsOf(failure);
  if (failure !== null && problems.length === 0) return <Failed error={failure} again={() => void previewImport()} />;
  return (
    <Stack gap="md" align="flex-start" maw={760}>
      {problems.length > 0 && (
        <Alert color="red" variant="light" w="100%" title={t('notRead')} role="alert">
          <Problems problems={problems} />
        </Alert>
      )}
      <Group gap="sm">
        <Button variant="default" onClick={() => void previewImport()}>
          {t('checkAgain')}
        </Button>
        {problems.length > 0 && (
          <Button variant="default" onClick={() => void readAnew()}>
            {t('readOtherwise')}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

/** Which problems are looked at: a group by its key, or what is left out or held back on purpose. */
export type Shown = { kind: 'all' } | { kind: 'group'; group: ProblemGroup } | { kind: 'skipped' | 'suppressed' };

const WORD_KINDS: ReadonlySet<string> = new Set(['choice', 'choices', 'status', 'consent', 'yesNo']);

export function CheckStep() {
  const { t } = useTranslation('imports');
  const { preview, previewing, checked, plan, failure } = useImport();
  const [shown, setShown] = useState<Shown>({ kind: 'all' });
  usePreview();
  if (plan === null) return null;
  const seen = preview ?? checked;
  if (failure !== null) return <NotRead />;
  if (seen === null) return previewing === null ? <NotRead /> : <FileProgress title={t('checking')} progress={previewing.progress} />;
  const { counts, problems } = seen;
  const isClean = counts.rows > 0 && problems.length === 0 && counts.skipped + counts.suppressed + counts.rejected === 0;
  // A group that was there before may be gone after the next look.
  const group = shown.kind === 'group' ? problems.find((each) => keyOf(each) === keyOf(shown.group)) : undefined;
  const now: Shown = shown.kind !== 'group' ? shown : group === undefined ? { kind: 'all' } : { kind: 'group', group };

  return (
    <Stack gap="lg">
      {/* What is mended is told beside the heading: a line of its own would move what somebody is about to click. */}
      <Group justify="space-between" gap="sm" mih={32}>
        <Text fw={600} role="status">
          {t('checked', { count: counts.rows, taken: counts.rows - counts.rejected - counts.skipped })}
        </Text>
        {previewing !== null && (
          <Text size="sm" c="dimmed">
            {t('checking')}
          </Text>
        )}
        {preview === null && previewing === null && (
          <Group gap="sm">
            <Text size="sm" c="var(--kanal-accent-text)">
              {t('mended', { count: mendedCount(plan) })}
            </Text>
            <Button size="compact-sm" variant="default" onClick={() => void previewImport()}>
              {t('checkAgain')}
            </Button>
          </Group>
        )}
      </Group>
      {counts.rows === 0 ? (
        <Alert color="amber" variant="light">
          {t('noRowsBelow')}
        </Alert>
      ) : isClean ? (
        <Group gap={8}>
          <IconCircleCheck size={18} stroke={1.7} color="var(--kanal-green)" aria-hidden />
          <Text>{t('nothingWrong')}</Text>
        </Group>
      ) : (
        <Groups seen={seen} shown={now} onShow={setShown} />
      )}
      {(now.kind === 'all' || now.kind === 'group') && problems.length > 0 && <ProblemGrid seen={seen} group={now.kind === 'group' ? now.group : null} />}
      {(now.kind === 'skipped' || now.kind === 'suppressed') && <LeftOut seen={seen} kind={now.kind} />}
      <FindReplace />
      {counts.rejected > 0 && (
        <Text size="sm" c="dimmed">
          {t('rejectsWill')}
        </Text>
      )}
    </Stack>
  );
}

function keyOf({ severity, kind, column }: ProblemGroup): string {
  return `${severity} ${kind} ${column}`;
}

type GroupsProps = { seen: ImportPreview; shown: Shown; onShow: (shown: Shown) => void };

/** What is wrong, by kind and column, errors before warnings; each chooses the rows that are shown below. */
function Groups({ seen: { problems, counts }, shown, onShow }: GroupsProps) {
  const { t } = useTranslation('imports');
  const others = (['skipped', 'suppressed'] as const).filter((kind) => counts[kind] > 0);
  return (
    <div className="problem-groups" role="group" aria-label={t('problemKinds')}>
      {problems.map((group) => (
        <GroupRow key={keyOf(group)} group={group} isShown={shown.kind === 'group' && keyOf(shown.group) === keyOf(group)} onShow={(on) => onShow(on ? { kind: 'group', group } : { kind: 'all' })} />
      ))}
      {others.map((kind) => (
        <Group key={kind} className="problem-group" gap="sm" wrap="nowrap" data-shown={shown.kind === kind || undefined}>
          <UnstyledButton className="problem-group-name" aria-pressed={shown.kind === kind} onClick={() => onShow(shown.kind === kind ? { kind: 'all' } : { kind })}>
            <IconInfoCircle size={17} stroke={1.7} color="var(--kanal-caption)" aria-hidden />
            <Text size="sm">{t(`kindOf.${kind}`, { count: counts[kind] })}</Text>
          </UnstyledButton>
        </Group>
      ))}
    </div>
  );
}

type RowProps = { group: ProblemGroup; isShown: boolean; onShow: (on: boolean) => void };

function GroupRow({ group, isShown, onShow }: RowProps) {
  const { t } = useTranslation('imports');
  const formats = useFormats();
  const attributes = useAttributes();
  const { plan, inspection } = useImport();
  const { column, severity, kind, count, suggested, accept } = group;
  const planned = column === null ? undefined : plan?.columns[column];
  const Mark = severity === 'error' ? IconCircleX : IconAlertTriangle;
  const accepted = planned !== undefined && accept.length > 0 && accept.every((each) => planned.accept?.includes(each));

  function takeAll() {
    if (column === null) return;
    changeColumn(column, (before) => ({ ...before, accept: [...new Set([...(before.accept ?? []), ...accept])] }));
  }

  function leaveAll() {
    if (column === null) return;
    changeColumn(column, ({ accept: taken = [], ...before }) => {
      const rest = taken.filter((each) => !accept.includes(each));
      return rest.length === 0 ? before : { ...before, accept: rest };
    });
  }

  return (
    <Group className="problem-group" gap="sm" wrap="nowrap" justify="space-between" data-shown={isShown || undefined}>
      <UnstyledButton className="problem-group-name" aria-pressed={isShown} onClick={() => onShow(!isShown)}>
        <Mark size={17} stroke={1.7} color={severity === 'error' ? 'var(--kanal-red)' : 'var(--kanal-amber)'} aria-label={t(`severity.${severity}`)} />
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {planned === undefined ? t(`finding.${kind}`) : t('findingIn', { column: planned.header, what: t(`finding.${kind}`) })}
        </Text>
        <Text size="sm" fw={600}>
          {formats.number(count)}
        </Text>
      </UnstyledButton>
      <Group gap="sm" wrap="nowrap">
        {planned !== undefined && WORD_KINDS.has(kind) && inspection !== null && <ColumnValues index={column!} column={planned} attributes={attributes} />}
        {suggested > 0 && planned !== undefined && (
          <Button size="compact-sm" variant="default" onClick={accepted ? leaveAll : takeAll}>
            {accepted ? t('leaveAll') : t('takeAll', { count: suggested })}
          </Button>
        )}
      </Group>
    </Group>
  );
}
