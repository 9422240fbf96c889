// What is written down about a company. Kept when a field is left, so that nothing has to be saved by hand.
import { useState } from 'react';
import { Stack, Textarea, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { COMPANY_DETAILS, type Company } from '../../shared/contacts/company.ts';
import { useAct } from '../backend.ts';

type Detail = (typeof COMPANY_DETAILS)[number];
const MOST: Record<Detail, number> = { domain: 255, phone: 60, website: 500, city: 200, country: 200, note: 5000 };

export function CompanyDetails({ company }: { company: Company }) {
  const { t } = useTranslation('companies');
  const { act } = useAct();
  const [typed, setTyped] = useState<Record<Detail, string>>(() => Object.fromEntries(COMPANY_DETAILS.map((detail) => [detail, company[detail] ?? ''])) as Record<Detail, string>);

  async function keep(detail: Detail) {
    if (typed[detail].trim() === (company[detail] ?? '')) return;
    const details = Object.fromEntries(COMPANY_DETAILS.map((each) => [each, typed[each].trim() === '' ? null : typed[each].trim()])) as Record<Detail, string | null>;
    await act('companies.save', { key: company.key, name: company.name, details });
  }

  const props = (detail: Detail) => ({
    label: t(detail),
    size: 'xs' as const,
    maxLength: MOST[detail],
    value: typed[detail],
    onChange: (event: { currentTarget: { value: string } }) => setTyped({ ...typed, [detail]: event.currentTarget.value }),
    onBlur: () => void keep(detail),
  });
  return (
    <Stack gap="sm">
      {COMPANY_DETAILS.map((detail) => (detail === 'note' ? <Textarea key={detail} {...props(detail)} autosize minRows={2} maxRows={10} /> : <TextInput key={detail} {...props(detail)} onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()} />))}
    </Stack>
  );
}
