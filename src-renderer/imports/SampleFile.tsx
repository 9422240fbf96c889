// A file as the wizard likes it best, to be filled in: with the headers in the language of the window and the separator of its Excel.
import { Anchor } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { saveText } from '../ui/save-text.ts';
import { useImport } from './import-store.ts';

const CELLS = {
  contacts: { headers: ['email', 'firstName', 'lastName', 'phone', 'city'], row: ['anna@example.com', 'Anna', 'Larsen', '+4520123456', 'Aarhus'] },
  orders: { headers: ['orderNumber', 'orderDate', 'email', 'amount', 'currency', 'product'], row: ['1001', '2026-02-28', 'anna@example.com', '249.00', 'DKK', 'Earl Grey'] },
  events: { headers: ['email', 'eventType', 'eventTime'], row: ['anna@example.com', 'visited_shop', '2026-02-28 14:05'] },
} as const;

export function SampleFile() {
  const { t } = useTranslation('imports');
  const kind = useImport((state) => state.kind);
  const { headers, row } = CELLS[kind];
  const save = () => {
    const lines = [headers.map((name) => t(`sample.${name}`)), [...row]].map((cells) => cells.join(';')).join('\r\n');
    // With the mark by which Excel knows UTF-8.
    saveText(`${t(`sample.file.${kind}`)}.csv`, `\ufeff${lines}\r\n`);
  };
  return (
    <Anchor component="button" type="button" size="sm" onClick={save}>
      {t('sample')}
    </Anchor>
  );
}
