// Changes the kind of an attribute, after showing how many values are kept, shortened or lost, and some of those.
import { useState } from 'react';
import { Alert, Modal, Select, Stack, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { AttributeOverview } from '../../shared/api.ts';
import type { AttributeKind } from '../../shared/contacts/contact.ts';
import { CONVERTIBLE, type Conversion } from '../../shared/contacts/conversion.ts';
import { useAct, useCall } from '../backend.ts';
import { showValue } from '../contacts/attributes.ts';
import { useFormats, useWorkspace } from '../app/workspace.tsx';
import { DialogFoot } from '../ui/DialogFoot.tsx';

export function KindDialog({ attribute, onClose }: { attribute: AttributeOverview; onClose: () => void }) {
  const { t } = useTranslation('attributes');
  const { act, busy } = useAct();
  const [kind, setKind] = useState<AttributeKind>(CONVERTIBLE[attribute.kind][0]!);
  const seen = useCall('attributes.convert', { key: attribute.key, kind, dryRun: true });
  const { flows, segments } = attribute.usedBy;
  const isUsed = flows.length + segments.length > 0;

  async function convert() {
    if ((await act('attributes.convert', { key: attribute.key, kind }, t('converted', { attribute: attribute.label }))) !== undefined) onClose();
  }

  return (
    <Modal opened onClose={onClose} title={t('changeKindOf', { attribute: attribute.label })} centered size="lg">
      <Stack gap="md">
        <Select data-autofocus label={t('newKind')} allowDeselect={false} data={CONVERTIBLE[attribute.kind].map((each) => ({ value: each, label: t(`kind.${each}`) }))} value={kind} onChange={(chosen) => setKind(chosen as AttributeKind)} />
        {isUsed && (
          <Alert color="amber" variant="light">
            {t('kindUsed', { names: [...flows, ...segments].map(({ name }) => name).join(', ') })}
          </Alert>
        )}
        {seen.data !== undefined && <Effect conversion={seen.data} from={attribute.kind} to={kind} />}
        <DialogFoot verb={(seen.data?.lost ?? 0) > 0 ? t('convertLosing', { count: seen.data?.lost ?? 0 }) : t('convert')} danger={(seen.data?.lost ?? 0) > 0} busy={busy} disabled={seen.state !== 'ready' || isUsed} onAnswer={() => void convert()} onClose={onClose} />
      </Stack>
    </Modal>
  );
}

function Effect({ conversion, from, to }: { conversion: Conversion; from: AttributeKind; to: AttributeKind }) {
  const { t } = useTranslation('attributes');
  const formats = useFormats();
  const { locale } = useWorkspace();
  const currency = useCall('settings.get', {}, ['settings']).data?.currency ?? 'EUR';
  const show = (value: Conversion['samples'][number]['before'], kind: AttributeKind) => showValue(value, { key: 'value', label: '', kind }, formats, locale, currency, { yes: t('yes'), no: t('no') });
  return (
    <>
      <Text size="sm" role="status">
        {t('conversion', { kept: conversion.kept, lost: conversion.lost })} {conversion.shortened > 0 && t('conversionShortened', { count: conversion.shortened })}
      </Text>
      {conversion.samples.length > 0 && (
        <div className="preview-table" tabIndex={0} role="region" aria-label={t('conversionSamples')}>
          <Table verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('before')}</Table.Th>
                <Table.Th>{t('after')}</Table.Th>
                <Table.Th ta="right">{t('contacts')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {conversion.samples.map((sample, index) => (
                <Table.Tr key={index}>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>{show(sample.before, from)}</Table.Td>
                  <Table.Td>{sample.after === null ? <Text size="sm" c="var(--kanal-red)">{t('lostValue')}</Text> : show(sample.after, to)}</Table.Td>
                  <Table.Td ta="right">{formats.number(sample.contacts)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </>
  );
}
