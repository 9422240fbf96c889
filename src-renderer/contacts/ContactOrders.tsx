// What a contact has bought: the sum, how often, since when; and the orders, the latest first.
import { useState } from 'react';
import { Button, Group, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { OrderRow } from '../../shared/contacts/history.ts';
import { call, useCall } from '../backend.ts';
import { showFailure } from '../app/notices.tsx';
import { useFormats, useWorkspace } from '../app/workspace.tsx';
import { Failed } from '../ui/Failed.tsx';
import { Loading } from '../ui/Loading.tsx';
import { minorUnits } from './attributes.ts';

const PAGE = 50;

export function ContactOrders({ id }: { id: number }) {
  const { t } = useTranslation('contact-page');
  const formats = useFormats();
  const { locale } = useWorkspace();
  const newest = useCall('contacts.orders', { id, limit: PAGE }, ['contacts', 'counts']);
  const [older, setOlder] = useState<OrderRow[]>([]);
  if (newest.data === undefined) return newest.state === 'failed' ? <Failed error={newest.error} again={newest.again} /> : <Loading />;
  const { count, first, last, sums } = newest.data;
  const known = new Set(newest.data.rows.map((order) => order.id));
  const orders = [...newest.data.rows, ...older.filter((order) => !known.has(order.id))];
  const money = (amount: number, currency: string) => new Intl.NumberFormat(locale, { style: 'currency', currency }).format(amount / minorUnits(currency));
  if (count === 0) {
    return (
      <Text size="sm" c="dimmed" py="xl" ta="center">
        {t('noOrders')}
      </Text>
    );
  }

  async function readOlder() {
    try {
      const more = await call('contacts.orders', { id, before: orders.at(-1)?.id ?? null, limit: PAGE });
      setOlder((before) => [...before, ...more.rows]);
    } catch (error) {
      showFailure(error);
    }
  }

  const figures = [
    { label: t('orders.sum'), value: sums.map(({ amount, currency }) => money(amount, currency)).join(' · ') },
    { label: t('orders.count'), value: formats.number(count) },
    ...sums.slice(0, 1).flatMap(({ amount, currency }) => (sums.length === 1 ? [{ label: t('orders.average'), value: money(amount / count, currency) }] : [])),
    { label: t('orders.first'), value: first === null ? '' : formats.date(first) },
    { label: t('orders.last'), value: last === null ? '' : formats.date(last) },
  ];
  return (
    <>
      <Group component="dl" gap="xl" m={0} mb="lg">
        {figures.map(({ label, value }) => (
          <div key={label}>
            <Text component="dt" fz="xs" c="dimmed">
              {label}
            </Text>
            <Text component="dd" m={0} fw={600}>
              {value}
            </Text>
          </div>
        ))}
      </Group>
      <Table verticalSpacing={8}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={60}>{t('orders.nth')}</Table.Th>
            <Table.Th>{t('orders.key')}</Table.Th>
            <Table.Th>{t('orders.products')}</Table.Th>
            <Table.Th>{t('orders.when')}</Table.Th>
            <Table.Th ta="end">{t('orders.amount')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {orders.map((order) => (
            <Table.Tr key={order.id}>
              <Table.Td>{formats.number(order.nth)}</Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{order.key}</Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{productsOf(order)}</Table.Td>
              <Table.Td>{formats.date(order.at)}</Table.Td>
              <Table.Td ta="end" style={{ whiteSpace: 'nowrap' }}>
                {money(order.amount, order.currency)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {orders.length < count && (
        <Button variant="subtle" size="compact-sm" mt="sm" onClick={() => void readOlder()}>
          {t('older')}
        </Button>
      )}
    </>
  );
}

/** What was ordered, as far as the order names it: `product`, or `products` by name. */
function productsOf({ data }: OrderRow): string {
  const nameOf = (product: unknown): string => {
    if (typeof product === 'string' || typeof product === 'number') return String(product);
    if (typeof product !== 'object' || product === null) return '';
    const { name, title, product: called, sku } = product as Record<string, unknown>;
    return nameOf(name ?? title ?? called ?? sku ?? '');
  };
  const all = [data['product'], ...(Array.isArray(data['products']) ? (data['products'] as unknown[]) : [data['products']])];
  return all.map(nameOf).filter((name) => name !== '').join(', ');
}
