// What publishing means for people, in sentences: the live version and the draft were both run on a copy (FEATURES B2).
import { Loader, Group, List, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RemovedChoice } from '../../shared/flow/removed.ts';
import type { Leaving, PreviewedStep, PublishPreview } from '../../shared/simulation/publish-preview.ts';
import { useText } from '../app/i18n.ts';
import { call, useCall } from '../backend.ts';
import { useEditor } from './editor-context.tsx';
import type { Existing } from './ExistingMatches.tsx';
import type { Backfill } from './LivePeople.tsx';

const DAYS = 7;
const WAYS = ['now', 'today', 'within', 'later'] as const satisfies (keyof Leaving)[];
/** So long a choice rests before it is tried. */
const PAUSE = 300;
const NAMED = 5;

type Found = { of: string; preview: PublishPreview | null };

type Choices = { removed: RemovedChoice[]; keep: boolean; existing?: Existing | undefined; backfill?: Backfill | undefined };

export function PublishEffect({ removed, keep, existing, backfill }: Choices) {
  const { t } = useTranslation('live-flows');
  const { store } = useEditor();
  const choices = JSON.stringify({ removed, keep, existing, backfill } satisfies Choices);
  const [found, setFound] = useState<Found | null>(null);

  useEffect(() => {
    let isWanted = true;
    const timer = setTimeout(() => {
      const ask = async () => {
        await store.getState().flush();
        return call('simulations.previewPublish', { flow: store.getState().flowId, days: DAYS, ...(JSON.parse(choices) as Choices) });
      };
      ask().then(
        (preview) => isWanted && setFound({ of: choices, preview }),
        () => isWanted && setFound({ of: choices, preview: null }),
      );
    }, PAUSE);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [store, choices]);

  return (
    <Stack gap={4} aria-live="polite">
      <Text fw={600} size="sm">
        {t('effect.title')}
      </Text>
      {found?.of !== choices ? (
        <Group gap={8}>
          <Loader size={14} aria-hidden />
          <Text size="sm" c="dimmed">
            {t('effect.loading')}
          </Text>
        </Group>
      ) : found.preview === null ? (
        <Text size="sm">{t('effect.failed')}</Text>
      ) : (
        <Effect preview={found.preview} />
      )}
    </Stack>
  );
}

function Effect({ preview }: { preview: PublishPreview }) {
  const { t, i18n } = useTranslation('live-flows');
  const text = useText();
  const messages = useCall('messages.list', {}, ['messages']).data ?? [];
  const list = new Intl.ListFormat(i18n.language);
  const nameOf = (key: string) => messages.find((message) => message.key === key)?.name ?? key;
  const { twice, existing, backfill } = preview;

  function sentence({ title, people: count, removed, to, before, after }: PreviewedStep): string {
    const step = text(title);
    if (removed) return to === null ? t('effect.removedOut', { count, step }) : t('effect.removedTo', { count, step, to: text(to.title) });
    if (WAYS.every((way) => before[way] === after[way])) return t('effect.unchanged', { count, step });
    const ways = WAYS.filter((way) => after[way] > 0).map((way) => t(`effect.${way}`, { n: after[way], days: DAYS }));
    return t('effect.step', { count, step, ways: list.format(ways) });
  }

  const sentToThem = (sent: readonly { message: string; count: number }[]) =>
    sent.length === 0 ? null : (
      <List size="sm" spacing={2} withPadding>
        {sent.map(({ message, count }) => (
          <List.Item key={message}>{t('effect.existingMessage', { message: nameOf(message), count, days: DAYS })}</List.Item>
        ))}
      </List>
    );

  return (
    <List size="sm" spacing={2}>
      {preview.steps.map((step) => (
        <List.Item key={step.step}>{sentence(step)}</List.Item>
      ))}
      {preview.atSeveral > 0 && <List.Item>{t('effect.atSeveral', { count: preview.atSeveral })}</List.Item>}
      {preview.kept.map(({ version, people }) => (
        <List.Item key={version}>{t('keep.stays', { version, count: people })}</List.Item>
      ))}
      {preview.messages
        .filter(({ before, after }) => before !== after)
        .map(({ message, before, after }) => (
          <List.Item key={message}>{t('effect.message', { message: nameOf(message), before, after, days: DAYS })}</List.Item>
        ))}
      {existing !== null && (
        <List.Item>
          {t('effect.existing', { count: existing.people, entered: existing.entered, days: DAYS })}
          {sentToThem(existing.messages)}
        </List.Item>
      )}
      {backfill !== null && (
        <List.Item>
          {t('effect.backfill', { count: backfill.people })}
          {sentToThem(backfill.messages)}
        </List.Item>
      )}
      <List.Item c={twice.count === 0 ? undefined : 'var(--kanal-red)'}>
        {twice.count === 0 ? t('effect.once') : t('effect.twice', { count: twice.count, who: list.format(twice.first.slice(0, NAMED).map(({ contact, email, message }) => `${email ?? contact} (${nameOf(message)})`)) })}
      </List.Item>
    </List>
  );
}
