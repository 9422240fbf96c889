// How a new segment begins: from a rule of one's own, as a fixed set, or from a template of one of the seven axes.
import { Badge, Group, Modal, SimpleGrid, Stack, Text, Title, UnstyledButton } from '@mantine/core';
import { IconFilter, IconListCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { AXES, fitTemplate, segmentTemplates, type SegmentTemplate } from '../../shared/segments/templates.ts';
import { useCall } from '../backend.ts';
import { useText } from '../app/i18n.ts';
import { go } from '../app/routes.ts';
import './segments.css';

type Props = { opened: boolean; onClose: () => void };

export function TemplateGallery({ opened, onClose }: Props) {
  const { t } = useTranslation('segments');
  const attributes = useCall(opened ? 'attributes.list' : null, {}, ['attributes']).data ?? [];
  const begin = (from: string) => {
    onClose();
    go({ screen: 'newSegment', from });
  };
  return (
    <Modal opened={opened} onClose={onClose} title={t('new')} size="xl" centered>
      <Stack gap="lg">
        <SimpleGrid cols={2} spacing="sm">
          <Choice icon={<IconFilter size={18} stroke={1.6} aria-hidden />} name={t('start.rule')} onClick={() => begin('rule')}>
            {t('start.ruleHelp')}
          </Choice>
          <Choice icon={<IconListCheck size={18} stroke={1.6} aria-hidden />} name={t('start.fixed')} onClick={() => begin('fixed')}>
            {t('start.fixedHelp')}
          </Choice>
        </SimpleGrid>
        {AXES.map((axis) => (
          <section key={axis} aria-label={t(`axis.${axis}`)}>
            <Title order={3} fz="sm" mb="xs">
              {t(`axis.${axis}`)}
            </Title>
            <SimpleGrid cols={2} spacing="sm">
              {segmentTemplates
                .filter((template) => template.axis === axis)
                .map((template) => (
                  <TemplateChoice key={template.id} template={template} attributes={attributes} onClick={() => begin(template.id)} />
                ))}
            </SimpleGrid>
          </section>
        ))}
      </Stack>
    </Modal>
  );
}

type TemplateProps = { template: SegmentTemplate; attributes: Parameters<typeof fitTemplate>[1]; onClick: () => void };

function TemplateChoice({ template, attributes, onClick }: TemplateProps) {
  const { t } = useTranslation('segments');
  const text = useText();
  const fitted = fitTemplate(template, attributes);
  const lacks = 'missing' in fitted ? fitted.missing.map(({ label }) => text(label)) : [];
  const notes = [
    ...lacks.map((attribute) => t('needsAttribute', { attribute })),
    ...(template.event === undefined ? [] : [t('needsEvent', { event: template.event })]),
  ];
  return (
    <Choice name={text(template.name)} disabled={lacks.length > 0} onClick={onClick} note={notes.join(' ')}>
      {text(template.description)}
    </Choice>
  );
}

type ChoiceProps = { icon?: ReactNode; name: string; note?: string; disabled?: boolean; onClick: () => void; children: string };

function Choice({ icon, name, note = '', disabled = false, onClick, children }: ChoiceProps) {
  return (
    <UnstyledButton className="segment-choice" disabled={disabled} onClick={onClick}>
      <Group gap={8} wrap="nowrap">
        {icon}
        <Text size="sm" fw={600}>
          {name}
        </Text>
      </Group>
      <Text size="xs" c="dimmed">
        {children}
      </Text>
      {note !== '' && (
        <Badge variant="light" color="gray" size="sm" mt={6} tt="none" fw={500}>
          {note}
        </Badge>
      )}
    </UnstyledButton>
  );
}
