// One segment: its rule as a sentence beside the people whom it means, how many they were over time, and what uses it.
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Anchor, Button, Group, Paper, Stack, Switch, Text, TextInput, Title } from '@mantine/core';
import { useSessionStorage } from '@mantine/hooks';
import { IconListDetails, IconSnowflake, IconUserPlus, IconUsers } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { CallOutput } from '../../shared/api.ts';
import type { Rule } from '../../shared/contacts/rule.ts';
import { fitTemplate, segmentTemplates } from '../../shared/segments/templates.ts';
import { useAct, useCall } from '../backend.ts';
import { useText } from '../app/i18n.ts';
import { useQuestion } from '../app/asked.ts';
import { useScreenKeys } from '../app/keys.ts';
import { addressOf, go } from '../app/routes.ts';
import { TopBar } from '../app/TopBar.tsx';
import { useWorkspace } from '../app/workspace.tsx';
import { FieldSources } from '../fields/sources.tsx';
import { RuleBuilder } from '../fields/rule-builder.tsx';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';
import { Problems } from '../ui/Problems.tsx';
import { NameDialog } from '../ui/NameDialog.tsx';
import { AddMembers } from './AddMembers.tsx';
import { Changes } from './Changes.tsx';
import { FillFromList } from './FillFromList.tsx';
import { Sample } from './Sample.tsx';
import { SizeChart } from './SizeChart.tsx';
import './segments.css';

type Detail = CallOutput<'segments.get'>;
type Draft = { name: string; rule: Rule | null; track: boolean };

/** A segment that there is. */
export function SegmentPage({ segmentKey }: { segmentKey: string }) {
  const segment = useCall('segments.get', { key: segmentKey, sizes: 'known' }, ['segments', 'contacts', 'flows']);
  if (segment.state === 'loading') return <Loading />;
  if (segment.data === undefined) return <Failed error={segment.error} again={segment.again} />;
  const { data } = segment;
  return (
    <Editor key={data.key} place={data.key} known={data} start={{ name: data.name, rule: data.rule, track: data.track }} isFixed={data.rule === null} />
  );
}

/** One that is not saved yet; `from` is the id of a template, "rule" or "fixed". */
export function NewSegmentPage({ from }: { from: string }) {
  const text = useText();
  const attributes = useCall('attributes.list', {}, ['attributes']);
  if (attributes.state === 'loading') return <Loading />;
  if (attributes.data === undefined) return <Failed error={attributes.error} again={attributes.again} />;
  const template = segmentTemplates.find(({ id }) => id === from);
  const fitted = template === undefined ? null : fitTemplate(template, attributes.data);
  const start = {
    name: template === undefined ? '' : text(template.name),
    rule: fitted !== null && 'rule' in fitted ? fitted.rule : null,
    track: false,
  };
  return <Editor key={from} place={`new-${from}`} known={null} start={start} isFixed={from === 'fixed'} />;
}

/** `place`: what a draft that is not saved is kept by, until it is saved or discarded, wherever somebody looks meanwhile. */
type EditorProps = { place: string; known: Detail | null; start: Draft; isFixed: boolean };

function Editor({ place, known, start, isFixed }: EditorProps) {
  const { t } = useTranslation('segments');
  const { act, busy } = useAct();
  const { file } = useWorkspace();
  const [kept, setKept] = useSessionStorage<Draft | null>({ key: `kanal.segment.${file}.${place}`, defaultValue: null, getInitialValueInEffect: false });
  const draft = kept ?? start;
  const setDraft = (part: Partial<Draft>) => setKept((before) => ({ ...(before ?? start), ...part }));
  const [asking, setAsking] = useState<'add' | 'fill' | 'freeze' | null>(null);
  const saved = known === null ? null : { name: known.name, rule: known.rule, track: known.track };
  const differs = JSON.stringify(saved) !== JSON.stringify(draft);
  useEffect(() => {
    if (known !== null && !differs) setKept(null);
  }, [known, differs, setKept]);
  const key = known?.key ?? null;
  const members = useMemo((): Rule | null => (key === null ? null : { kind: 'segment', segment: key, member: true }), [key]);
  const canSave = differs && draft.name.trim() !== '' && (isFixed || draft.rule !== null);

  async function save() {
    const answer = await act(
      'segments.save',
      { key: known?.key ?? null, ...draft, rule: isFixed ? null : draft.rule },
      t('saved', { name: draft.name.trim() }),
    );
    if (answer === undefined) return;
    if (known !== null) return setDraft({ name: draft.name.trim() });
    go({ screen: 'segment', key: answer.key });
    setKept(null);
  }

  const nameField = useRef<HTMLInputElement>(null);
  const rename = useCallback(() => nameField.current?.select(), []);
  const keys = useTranslation('keys').t;
  useQuestion('edit', rename);
  useScreenKeys({ save: { does: t('save'), run: canSave && !busy ? () => void save() : null }, edit: { does: keys('renameSegment'), run: rename } });

  return (
    <FieldSources>
      <TopBar back={{ route: { screen: 'segments' }, label: t('title') }} title={known?.name ?? t('new')}>
        {known !== null && (
          <Button
            component="a"
            variant="default"
            leftSection={<IconUsers size={16} stroke={1.7} />}
            href={addressOf({ screen: 'contacts', segment: known.key })}
          >
            {t('showContacts')}
          </Button>
        )}
        {known !== null && !isFixed && (
          <Button variant="default" leftSection={<IconSnowflake size={16} stroke={1.7} />} title={t('freezeHelp')} onClick={() => setAsking('freeze')}>
            {t('freeze')}
          </Button>
        )}
        {kept !== null && differs && (
          <Button variant="subtle" color="gray" onClick={() => setKept(null)}>
            {t('discard')}
          </Button>
        )}
        <Button disabled={!canSave} loading={busy} onClick={() => void save()}>
          {t('save')}
        </Button>
      </TopBar>
      <div className="screen-scroll">
        <div className="screen-page segment-page">
          <Stack gap="lg">
            <TextInput
              ref={nameField}
              label={t('name')}
              placeholder={t('namePlaceholder')}
              maxLength={200}
              data-autofocus={known === null || undefined}
              value={draft.name}
              onChange={(event) => setDraft({ name: event.currentTarget.value })}
            />
            {known !== null && known.problems.length > 0 && <Problems problems={known.problems} />}
            {isFixed ? (
              <FixedHelp segment={known} onAdd={() => setAsking('add')} onFill={() => setAsking('fill')} />
            ) : (
              <div role="group" aria-label={t('who')}>
                <Title order={2} fz="sm" mb="xs">
                  {t('who')}
                </Title>
                <RuleBuilder value={draft.rule} onChange={(rule) => setDraft({ rule })} />
              </div>
            )}
            {!isFixed && (
              <Switch
                label={t('track')}
                description={t('trackHelp')}
                checked={draft.track}
                onChange={(event) => setDraft({ track: event.currentTarget.checked })}
              />
            )}
          </Stack>
          <Stack gap="lg">
            <Paper withBorder p="lg">
              {isFixed && known !== null ? (
                <Sample rule={members} onTakeOut={(contact) => void act('segments.members', { key: known.key, remove: [contact] })} />
              ) : (
                <Sample rule={isFixed ? null : draft.rule} />
              )}
            </Paper>
            {known !== null && (
              <Paper withBorder p="lg">
                <Title order={2} fz="sm" mb="sm">
                  {t('overTime')}
                </Title>
                <SizeChart sizes={known.sizes} />
              </Paper>
            )}
            {known !== null && (
              <Paper withBorder p="lg">
                <Title order={2} fz="sm" mb="sm">
                  {t('changes')}
                </Title>
                <Changes segment={known.key} isKept={isFixed || known.track || known.usedBy.flows.length > 0} />
              </Paper>
            )}
            {known !== null && <Uses segment={known} />}
          </Stack>
        </div>
      </div>
      {known !== null && <AddMembers opened={asking === 'add'} segment={known.key} onClose={() => setAsking(null)} />}
      {known !== null && <FillFromList opened={asking === 'fill'} segment={known.key} onClose={() => setAsking(null)} />}
      {known !== null && asking === 'freeze' && <Freeze segment={known} onClose={() => setAsking(null)} />}
    </FieldSources>
  );
}

/** A fixed set of those who are in it now, under a name of its own. */
function Freeze({ segment, onClose }: { segment: Detail; onClose: () => void }) {
  const { t } = useTranslation('segments');
  const { act, busy } = useAct();
  async function freeze(name: string) {
    const answer = await act('segments.freeze', { key: segment.key, name }, t('frozen', { name }));
    if (answer !== undefined) go({ screen: 'segment', key: answer.key });
  }
  return (
    <NameDialog
      opened
      onClose={onClose}
      busy={busy}
      onName={freeze}
      title={t('freeze')}
      label={t('name')}
      description={t('freezeHelp')}
      verb={t('freezeDo')}
    />
  );
}

function FixedHelp({ segment, onAdd, onFill }: { segment: Detail | null; onAdd: () => void; onFill: () => void }) {
  const { t } = useTranslation('segments');
  return (
    <Stack gap="sm" align="flex-start">
      <Text size="sm" c="dimmed">
        {t(segment === null ? 'fixedNew' : 'fixedHelp')}
      </Text>
      {segment !== null && (
        <Group gap="sm">
          <Button variant="default" leftSection={<IconUserPlus size={16} stroke={1.7} />} onClick={onAdd}>
            {t('addMembers')}
          </Button>
          <Button variant="default" leftSection={<IconListDetails size={16} stroke={1.7} />} onClick={onFill}>
            {t('fillTitle')}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

function Uses({ segment: { usedBy } }: { segment: Detail }) {
  const { t } = useTranslation('segments');
  const links = [
    ...usedBy.flows.map(({ id, name }) => ({ name, href: addressOf({ screen: 'flow', id }) })),
    ...usedBy.segments.map(({ key, name }) => ({ name, href: addressOf({ screen: 'segment', key }) })),
  ];
  return (
    <Paper withBorder p="lg">
      <Title order={2} fz="sm" mb="sm">
        {t('usedBy')}
      </Title>
      {links.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('unused')}
        </Text>
      )}
      <Group gap="md">
        {links.map(({ name, href }) => (
          <Anchor key={href} href={href} size="sm">
            {name}
          </Anchor>
        ))}
      </Group>
    </Paper>
  );
}
