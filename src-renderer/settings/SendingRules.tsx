// When messages may leave: how many at the most, at which hours and on which days not, and what to do with those that are late.
import { useId } from 'react';
import { Chip, Group, Input, NumberInput, SegmentedControl, Stack, Switch, Text } from '@mantine/core';
import { TimeInput } from '@mantine/dates';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../../shared/api.ts';
import { useAct, useCall } from '../backend.ts';
import { currentLanguage } from '../app/i18n.ts';
import { useKeptFields } from '../app/kept-form.ts';
import { Failed } from '../ui/Failed.tsx';
import { FormFoot } from '../ui/FormFoot.tsx';
import { Loading } from '../ui/Loading.tsx';

export function SendingRules() {
  const settings = useCall('settings.get', {}, ['settings']);
  if (settings.state === 'loading') return <Loading />;
  if (settings.data === undefined) return <Failed error={settings.error} again={settings.again} />;
  return <RulesForm settings={settings.data} />;
}

/** What is offered to whoever switches a rule on for the first time. */
const USUAL_CAP = { messages: 3, days: 7 };
const USUAL_NIGHT = { from: '21:00', to: '08:00' };
const USUAL_HOURS = 24;

/** As the form has them: a rule that is switched off remembers its numbers until it is saved. */
function valuesOf({ frequencyCap, quietHours, quietDays, lateness }: Settings) {
  return {
    hasCap: frequencyCap.messages > 0,
    cap: frequencyCap.messages > 0 ? frequencyCap : USUAL_CAP,
    hasNight: quietHours !== null,
    night: quietHours ?? USUAL_NIGHT,
    days: quietDays.map(String),
    hasLimit: lateness.hours > 0,
    hours: lateness.hours > 0 ? lateness.hours : USUAL_HOURS,
    action: lateness.action as string,
  };
}

function RulesForm({ settings }: { settings: Settings }) {
  const { t } = useTranslation('settings');
  const { act, busy } = useAct();
  const { form, isChanged, discard } = useKeptFields('sending rules', valuesOf(settings), {
    night: { to: (to, { hasNight, night }) => (hasNight && to === night.from ? t('rules.nightEmpty') : null) },
    days: (days) => (days.length === 7 ? t('rules.daysAll') : null),
  });
  const { hasCap, hasNight, hasLimit } = form.values;

  async function save({ cap, night, days, hours, action }: typeof form.values) {
    await act(
      'settings.save',
      {
        ...settings,
        frequencyCap: { messages: hasCap ? cap.messages : 0, days: cap.days },
        quietHours: hasNight ? night : null,
        quietDays: days.map(Number).toSorted((a, b) => a - b),
        lateness: { hours: hasLimit ? hours : 0, action: action === 'skip' ? 'skip' : 'hold' },
      },
      t('saved'),
    );
  }

  return (
    <form onSubmit={form.onSubmit((values) => void save(values))}>
      <Stack gap="xl">
        <Rule name={t('rules.cap')} help={t('rules.capHelp')} isOn={hasCap} onSwitch={(on) => form.setFieldValue('hasCap', on)}>
          <Group gap="sm">
            <Text size="sm">{t('rules.atMost')}</Text>
            <NumberInput w={110} aria-label={t('rules.capMessages')} min={1} max={1000} allowDecimal={false} clampBehavior="strict" {...form.getInputProps('cap.messages')} />
            <Text size="sm">{t('rules.capIn', { count: form.values.cap.messages })}</Text>
            <NumberInput w={110} aria-label={t('rules.capDays')} min={1} max={365} allowDecimal={false} clampBehavior="strict" {...form.getInputProps('cap.days')} />
            <Text size="sm">{t('rules.days', { count: form.values.cap.days })}</Text>
          </Group>
        </Rule>
        <Rule name={t('rules.night')} help={t('rules.nightHelp')} isOn={hasNight} onSwitch={(on) => form.setFieldValue('hasNight', on)}>
          <Group gap="sm" align="flex-start">
            <TimeInput w={140} required label={t('rules.from')} withAsterisk={false} {...form.getInputProps('night.from')} />
            <TimeInput w={140} required label={t('rules.to')} withAsterisk={false} {...form.getInputProps('night.to')} />
          </Group>
        </Rule>
        <QuietDays value={form.values.days} error={form.errors['days']} onChange={(days) => form.setFieldValue('days', days.toSorted())} />
        <Rule name={t('rules.late')} help={t('rules.lateHelp')} isOn={hasLimit} onSwitch={(on) => form.setFieldValue('hasLimit', on)}>
          <Group gap="sm" align="center">
            <Text size="sm">{t('rules.moreThan')}</Text>
            <NumberInput w={110} aria-label={t('rules.lateHours')} min={1} max={8760} allowDecimal={false} clampBehavior="strict" {...form.getInputProps('hours')} />
            <Text size="sm">{t('rules.hoursLate', { count: form.values.hours })}</Text>
            <SegmentedControl
              aria-label={t('rules.lateAction')}
              data={[
                { value: 'hold', label: t('rules.hold') },
                { value: 'skip', label: t('rules.skip') },
              ]}
              {...form.getInputProps('action')}
            />
          </Group>
        </Rule>
        <FormFoot isChanged={isChanged} busy={busy} onDiscard={discard} />
      </Stack>
    </form>
  );
}

type RuleProps = { name: string; help: string; isOn: boolean; onSwitch(on: boolean): void; children: React.ReactNode };

/** A rule with its switch; what it says is asked for while it is on. */
function Rule({ name, help, isOn, onSwitch, children }: RuleProps) {
  return (
    <Stack gap="sm">
      <Switch label={name} description={help} checked={isOn} onChange={(event) => onSwitch(event.currentTarget.checked)} />
      {isOn && <div style={{ paddingLeft: 46 }}>{children}</div>}
    </Stack>
  );
}

function QuietDays({ value, error, onChange }: { value: string[]; error: React.ReactNode; onChange(days: string[]): void }) {
  const { t } = useTranslation('settings');
  const id = useId();
  return (
    <Input.Wrapper label={t('rules.quietDays')} description={t('rules.quietDaysHelp')} error={error} labelElement="div" labelProps={{ id }}>
      <Chip.Group multiple value={value} onChange={onChange}>
        <Group gap={4} mt={8} role="group" aria-labelledby={id}>
          {weekdays(currentLanguage()).map((day) => (
            <Chip key={day.value} value={day.value} size="xs" radius="sm" aria-label={day.long}>
              {day.short}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
    </Input.Wrapper>
  );
}

/** Monday is 1, and 1 January 2024 was one. */
function weekdays(locale: string): { value: string; short: string; long: string }[] {
  const short = new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' });
  const long = new Intl.DateTimeFormat(locale, { weekday: 'long', timeZone: 'UTC' });
  return [1, 2, 3, 4, 5, 6, 7].map((day) => {
    const date = new Date(Date.UTC(2024, 0, day));
    return { value: String(day), short: short.format(date), long: long.format(date) };
  });
}
