// What an event says in words.
import { IconAlertTriangle, IconArrowBackUp, IconArrowRight, IconArrowsJoin, IconBan, IconClipboardCheck, IconClipboardList, IconClipboardX, IconEye, IconLogin2, IconLogout2, IconMailForward, IconMailX, IconNote, IconPencil, IconPointer, IconShieldCheck, IconShieldX, IconShoppingBag, IconSparkles, IconTag, IconTagOff, IconUserPlus, IconUsersMinus, IconUsersPlus, type Icon } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { TimelineEntry } from '../../shared/api.ts';
import { subjectParts, type AttributeValue } from '../../shared/contacts/contact.ts';
import { FLOW_END_ASKED, FLOW_START_ASKED, type Arrival, type AttributeChanges, type KnownEventType } from '../../shared/contacts/event.ts';
import { useFormats, useWorkspace } from '../app/workspace.tsx';
import { useTaskWords } from '../tasks/task-words.ts';
import { minorUnits, type Attributes } from './attributes.ts';
import { isKnownType } from './event-types.ts';
import { useExitReason } from './exit-reasons.ts';

const ICONS: Record<KnownEventType, Icon> = {
  contact_added: IconUserPlus,
  attributes_changed: IconPencil,
  tag_added: IconTag,
  tag_removed: IconTagOff,
  consent_given: IconShieldCheck,
  consent_withdrawn: IconShieldX,
  suppressed: IconBan,
  suppression_removed: IconShieldCheck,
  message_sent: IconMailForward,
  message_failed: IconAlertTriangle,
  message_opened: IconEye,
  message_clicked: IconPointer,
  message_replied: IconArrowBackUp,
  message_bounced: IconMailX,
  message_complained: IconMailX,
  order_placed: IconShoppingBag,
  flow_entered: IconLogin2,
  flow_left: IconLogout2,
  flow_moved: IconArrowRight,
  contact_merged: IconArrowsJoin,
  segment_entered: IconUsersPlus,
  segment_left: IconUsersMinus,
  task_created: IconClipboardList,
  task_decided: IconClipboardCheck,
  task_closed: IconClipboardX,
  note_added: IconNote,
};

export function EventIcon({ type }: { type: string }) {
  const Shape = isKnownType(type) ? ICONS[type] : IconSparkles;
  return <Shape size={15} stroke={1.7} aria-hidden />;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

/**
 * The sentence of an event, and lines below it: attribute changes, or the properties of an event
 * of the user's own. `messages` are the names of messages by key.
 */
export function useEventSentence(entry: TimelineEntry, attributes: Attributes, messages: ReadonlyMap<string, string>): { sentence: string; details: string[] } {
  const { t } = useTranslation('contacts');
  const formats = useFormats();
  const { locale } = useWorkspace();
  const exitReason = useExitReason();
  const taskWords = useTaskWords();
  const { data, type } = entry;

  const channelName = (subject: string) => {
    const { channel, topic } = subjectParts(subject);
    return [t(`channel.${channel}`), topic].filter((part) => part !== '').join(', ');
  };
  const arrival = ({ tags = [], given = {}, withdrawn = {} }: Arrival) => [
    ...(tags.length === 0 ? [] : [t('event.cameWithTags', { tags: tags.join(', ') })]),
    ...Object.keys(given).map((channel) => t('event.consent_given', { channel: channelName(channel) })),
    ...Object.keys(withdrawn).map((channel) => t('event.consent_withdrawn', { channel: channelName(channel) })),
  ];
  if (type === 'attributes_changed' || type === 'contact_added') {
    const changes = Object.entries((data['changes'] ?? {}) as AttributeChanges);
    const show = (key: string, value: AttributeValue) => attributes.show(key, value) || t('noValue');
    const details = type === 'contact_added' ? arrival(data as Arrival) : changes.map(([key, [old, now]]) => t('change', { attribute: attributes.labelOf(key), old: show(key, old), now: show(key, now) }));
    return { sentence: t(`event.${type}`, { count: changes.length }), details };
  }
  if (type === 'order_placed') {
    const currency = textOf(data['currency']);
    const amount = typeof data['amount'] === 'number' && /^[A-Z]{3}$/.test(currency) ? new Intl.NumberFormat(locale, { style: 'currency', currency }).format(data['amount'] / minorUnits(currency)) : '';
    return { sentence: t('event.order_placed', { amount }), details: [] };
  }
  if (type === FLOW_START_ASKED || type === FLOW_END_ASKED) return { sentence: t(`event.${type}`, { flow: entry.flow ?? '' }), details: [] };
  if (isKnownType(type)) {
    const key = textOf(data['message']);
    const values = {
      tag: textOf(data['tag']),
      channel: data['channel'] === 'sms' ? t('channel.sms') : t('channel.email'),
      message: messages.get(key) ?? key,
      flow: entry.flow ?? textOf(data['flow']),
      segment: textOf(data['name']) || textOf(data['segment']),
      name: textOf(data['name']),
      link: textOf(data['url'] ?? data['link']),
      title: textOf(data['title']),
    };
    if (type === 'task_decided') return { sentence: t('event.task_decided', values), details: [textOf(data['label']), textOf(data['comment'])].filter((part) => part !== '') };
    if (type === 'task_closed') return { sentence: t('event.task_closed', values), details: [taskWords.closed(textOf(data['reason']))] };
    const reason = type === 'flow_left' ? exitReason(textOf(data['reason'])) : '';
    const detail = [reason, ...[data['topic'], data['source'], data['subject'], data['response']].map(textOf)].filter((part) => part !== '');
    return { sentence: t(`event.${type}`, values), details: detail };
  }
  const details = Object.entries(data).map(([name, value]) => `${name}: ${typeof value === 'number' ? formats.number(value) : typeof value === 'string' ? value : JSON.stringify(value)}`);
  return { sentence: t('event.custom', { name: type.replaceAll('_', ' ') }), details };
}
