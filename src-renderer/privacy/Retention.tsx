// How long contacts are kept of whom nothing is heard, whom that would mean, and who is on the list now.
import { useState } from 'react';
import { Alert, Anchor, Button, Checkbox, Group, NumberInput, Radio, Stack, Switch, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { CallOutput, RetentionRow } from '../../shared/api.ts';
import { addressOf } from '../app/routes.ts';
import { useKeptFields } from '../app/kept-form.ts';
import { useFormats } from '../app/workspace.tsx';
import { useAct, useCall } from '../backend.ts';
import { Confirm } from '../ui/Confirm.tsx';
import { Failed } from '../ui/Failed.tsx';
import { FormFoot } from '../ui/FormFoot.tsx';
import { Loading } from '../ui/Loading.tsx';
import { tellErased } from './tell-erased.ts';

const USUAL_MONTHS = 36;

export function Retention() {
  const rule = useCall('retention.get', {}, ['settings', 'contacts']);
  if (rule.state === 'loading') return <Loading />;
  if (rule.data === undefined) return <Failed error={rule.error} again={rule.again} />;
  return (
    <Stack gap="lg">
      <RuleForm rule={rule.data} />
      {rule.data.listed > 0 && <QuietList rule={rule.data} />}
    </Stack>
  );
}

type Rule = CallOutput<'retention.get'>;

function RuleForm({ rule }: { rule: Rule }) {
  const { t } = useTranslation('privacy');
  const { act, busy } = useAct();
  const saved = { isOn: rule.months > 0, months: rule.months > 0 ? rule.months : USUAL_MONTHS, action: rule.action, graceDays: rule.graceDays };
  const { form, isChanged, discard } = useKeptFields('retention', saved);
  const { isOn, months, action, graceDays } = form.values;
  const [asking, setAsking] = useState(false);
  const preview = useCall(isOn ? 'retention.preview' : null, { months }, ['contacts']).data;

  async function save() {
    await act('retention.save', { months: isOn ? months : 0, action, graceDays }, t('retention.saved'));
    setAsking(false);
  }

  return (
    <Stack
      gap="md"
      component="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (isOn && action === 'erase') setAsking(true);
        else void save();
      }}
    >
      <Switch label={t('retention.switch')} checked={isOn} onChange={(event) => form.setFieldValue('isOn', event.currentTarget.checked)} />
      {isOn && (
        <Stack gap="md" pl={46}>
          <Group gap="sm">
            <Text size="sm">{t('retention.after')}</Text>
            <NumberInput w={100} aria-label={t('retention.months')} min={1} max={600} allowDecimal={false} clampBehavior="strict" value={months} onChange={(value) => typeof value === 'number' && value >= 1 && form.setFieldValue('months', value)} />
            <Text size="sm">{t('retention.monthsQuiet', { count: months })}</Text>
          </Group>
          <Radio.Group value={action} onChange={(value) => form.setFieldValue('action', value === 'erase' ? 'erase' : 'review')} aria-label={t('retention.action')}>
            <Stack gap="xs">
              <Radio value="review" label={t('retention.review')} />
              <Radio value="erase" label={t('retention.erase')} />
            </Stack>
          </Radio.Group>
          {action === 'erase' && (
            <Group gap="sm">
              <Text size="sm">{t('retention.grace')}</Text>
              <NumberInput w={100} aria-label={t('retention.graceDays')} min={1} max={365} allowDecimal={false} clampBehavior="strict" value={graceDays} onChange={(value) => typeof value === 'number' && value >= 1 && form.setFieldValue('graceDays', value)} />
              <Text size="sm">{t('retention.days', { count: graceDays })}</Text>
            </Group>
          )}
          {preview !== undefined && <Preview preview={preview} />}
        </Stack>
      )}
      <FormFoot isChanged={isChanged} busy={busy} onDiscard={discard} />
      <Confirm opened={asking} title={t('retention.confirmTitle')} verb={t('save')} busy={busy} onConfirm={() => void save()} onClose={() => setAsking(false)}>
        {t('retention.confirm', { count: preview?.total ?? 0, days: graceDays })}
      </Confirm>
    </Stack>
  );
}

function Preview({ preview }: { preview: CallOutput<'retention.preview'> }) {
  const { t } = useTranslation('privacy');
  const formats = useFormats();
  const some = preview.rows.slice(0, 3).map(({ name, lastHeard }) => t('retention.heard', { name, date: formats.date(lastHeard) }));
  return (
    <Alert variant="light" color={preview.total === 0 ? 'gray' : 'yellow'} role="status">
      {[t('retention.preview', { count: preview.total }), ...some].join(' · ')}
    </Alert>
  );
}

/** Who is on the list now: to keep, or to erase at once. */
function QuietList({ rule }: { rule: Rule }) {
  const { t } = useTranslation('privacy');
  const formats = useFormats();
  const list = useCall('retention.list', { limit: 50 }, ['contacts', 'settings']).data;
  const { act, busy } = useAct();
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [asking, setAsking] = useState(false);
  if (list === undefined) return null;
  const ids = list.rows.map(({ contact }) => contact).filter((id) => chosen.has(id));
  const toggle = (id: number) => setChosen((before) => new Set(before.has(id) ? [...before].filter((each) => each !== id) : [...before, id]));

  async function erase() {
    const done = await act('erasure.erase', { contacts: ids });
    if (done === undefined) return;
    tellErased(done, t);
    setAsking(false);
  }

  return (
    <Stack gap="sm">
      <Text fw={600} size="sm">
        {rule.nextErasure === null ? t('retention.listed', { count: rule.listed }) : t('retention.listedErase', { count: rule.listed, date: formats.date(rule.nextErasure) })}
      </Text>
      <Table verticalSpacing={4}>
        <Table.Tbody>
          {list.rows.map((row: RetentionRow) => (
            <Table.Tr key={row.contact}>
              <Table.Td w={30}>
                <Checkbox size="xs" aria-label={row.name} checked={chosen.has(row.contact)} onChange={() => toggle(row.contact)} />
              </Table.Td>
              <Table.Td>
                <Anchor size="sm" href={addressOf({ screen: 'contact', id: row.contact })}>
                  {row.name}
                </Anchor>
              </Table.Td>
              <Table.Td c="dimmed">{t('retention.lastHeard', { date: formats.date(row.lastHeard) })}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      <Group gap="sm">
        <Button size="xs" variant="default" onClick={() => setChosen(new Set(ids.length === list.rows.length ? [] : list.rows.map(({ contact }) => contact)))}>
          {ids.length === list.rows.length ? t('retention.chooseNone') : t('retention.chooseAll')}
        </Button>
        <Button size="xs" variant="default" disabled={ids.length === 0 || busy} onClick={() => void act('retention.keep', { contacts: ids }, t('retention.kept', { count: ids.length }))}>
          {t('retention.keep')}
        </Button>
        <Button size="xs" color="red" disabled={ids.length === 0} onClick={() => setAsking(true)}>
          {t('retention.eraseNow')}
        </Button>
      </Group>
      <Confirm opened={asking} title={t('erase.title')} verb={t('erase.verb')} busy={busy} onConfirm={() => void erase()} onClose={() => setAsking(false)}>
        {t('erase.askMany', { count: ids.length })}
      </Confirm>
    </Stack>
  );
}
