// Asks for an SMTP account. The password goes to the machine's keyring and never comes back into the window.
import { Group, Input, NumberInput, PasswordInput, SegmentedControl, Select, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useTranslation } from 'react-i18next';
import type { Account, AccountRow } from '../../shared/api.ts';
import { useKeptForm } from '../app/kept-form.ts';
import { useAct } from '../backend.ts';
import { DialogFoot } from '../ui/DialogFoot.tsx';
import { SMTP_PRESETS, USUAL_PORTS } from './smtp-presets.ts';

const NEW: Account = { name: '', host: '', port: 587, security: 'starttls', user: '', fromName: '', fromAddress: '' };

export function AccountForm({ account, onDone }: { account: AccountRow | null; onDone: () => void }) {
  const { t } = useTranslation('settings');
  const { act, busy } = useAct();
  const { values: kept, set, forget } = useKeptForm<Account>(`account ${account?.id ?? ''}`, account === null ? NEW : accountOf(account));
  const end = () => {
    forget();
    onDone();
  };
  const missing = (value: string) => (value.trim() === '' ? t('account.missing') : null);
  const form = useForm({
    initialValues: { ...kept, password: '' },
    // A password is not kept anywhere in the window.
    onValuesChange: (values) => set(accountOf(values)),
    validate: { host: missing, fromAddress: (value) => (/^[^@\s]+@[^@\s]+$/.test(value.trim()) ? null : t('account.addressWrong')) },
  });

  function takePreset(name: string | null) {
    const preset = SMTP_PRESETS.find((each) => each.name === name);
    if (preset !== undefined) form.setValues({ host: preset.host, port: preset.port, security: preset.security, ...(form.values.name === '' ? { name: preset.name } : {}) });
  }

  async function save({ password, ...values }: typeof form.values) {
    const name = values.name.trim() === '' ? values.host.trim() : values.name.trim();
    const saved = { ...values, name, host: values.host.trim(), user: values.user.trim(), fromAddress: values.fromAddress.trim() };
    if ((await act('accounts.save', { id: account?.id ?? null, account: saved, password: password === '' ? null : password }, t('account.saved'))) !== undefined) end();
  }

  return (
    <form onSubmit={form.onSubmit((values) => void save(values))}>
      <Stack gap="md">
        <Select label={t('account.preset')} placeholder={t('account.presetNone')} searchable data={SMTP_PRESETS.map((preset) => preset.name)} nothingFoundMessage={t('nothingFound')} onChange={takePreset} />
        <SimpleGrid cols={2} spacing="md">
          <TextInput label={t('account.fromName')} description={t('account.fromNameHelp')} maxLength={200} {...form.getInputProps('fromName')} />
          <TextInput label={t('account.fromAddress')} description={t('account.fromAddressHelp')} maxLength={320} {...form.getInputProps('fromAddress')} />
        </SimpleGrid>
        <Group align="flex-start" wrap="nowrap">
          <TextInput flex={1} label={t('account.host')} placeholder="smtp.example.com" spellCheck={false} maxLength={255} {...form.getInputProps('host')} />
          <NumberInput w={110} label={t('account.port')} min={1} max={65_535} hideControls {...form.getInputProps('port')} />
        </Group>
        <div>
          <Input.Label component="div" size="sm" id="security" mb={4}>
            {t('account.security')}
          </Input.Label>
          <SegmentedControl
            fullWidth
            aria-labelledby="security"
            data={[
              { value: 'starttls', label: t('security.starttls') },
              { value: 'tls', label: t('security.tls') },
              { value: 'none', label: t('security.none') },
            ]}
            value={form.values.security}
            onChange={(value) => {
              const security = value;
              form.setValues({ security, port: USUAL_PORTS[security] });
            }}
          />
        </div>
        <SimpleGrid cols={2} spacing="md">
          <TextInput label={t('account.user')} autoComplete="off" spellCheck={false} maxLength={320} {...form.getInputProps('user')} />
          <PasswordInput
            label={t('account.password')}
            description={account?.hasPassword === true ? t('account.passwordKept') : t('account.passwordHelp')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            autoComplete="new-password"
            visibilityToggleButtonProps={{ 'aria-label': t('account.showPassword') }}
            {...form.getInputProps('password')}
          />
        </SimpleGrid>
        <TextInput label={t('account.name')} description={t('account.nameHelp')} maxLength={200} {...form.getInputProps('name')} />
        <DialogFoot verb={t('save')} busy={busy} onClose={end} />
      </Stack>
    </form>
  );
}

function accountOf({ name, host, port, security, user, fromName, fromAddress }: Account): Account {
  return { name, host, port, security, user, fromName, fromAddress };
}
