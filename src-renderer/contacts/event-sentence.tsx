// What an event says in words.
import { IconAlertTriangle, IconArrowBackUp, IconArrowRight, IconArrowsJoin, IconBan, IconClipboardCheck, IconClipboardList, IconClipboardX, IconEye, IconLogin2, IconLogout2, IconMailForward, IconMailX, IconNote, IconPencil, IconPointer, IconShieldCheck, IconShieldX, IconShoppingBag, IconSparkles, IconTag, IconTagOff, IconUserPlus, IconUsersMinus, IconUsersPlus, type Icon } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { TimelineEntry } from '../../shared/api.ts';
import { eventWords, isKnownType } from '../../shared/contacts/event-words.ts';
import type { KnownEventType } from '../../shared/contacts/event.ts';
import { useFormats, useWorkspace } from '../app/workspace.tsx';
import { useTaskWords } from '../tasks/task-words.ts';
import { minorUnits, type Attributes } from './attributes.ts';
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
  order_changed: IconShoppingBag,
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

/** How what events name by keys is called. */
export type Names = { message(key: string): string; topic(key: string): string };

/**
 * The sentence of an event, and lines below it: attribute changes, or the properties of an event
 * of the user's own. `names` finds those of messages and topics by their keys.
 */
export function useEventSentence(entry: TimelineEntry, attributes: Attributes, names: Names): { sentence: string; details: string[] } {
  const { t } = useTranslation('contacts');
  const formats = useFormats();
  const { locale } = useWorkspace();
  const exitReason = useExitReason();
  const taskWords = useTaskWords();
  return eventWords(entry, {
    word: (key, values) => t(key, values ?? {}),
    attributeLabel: attributes.labelOf,
    value: attributes.show,
    messageName: names.message,
    topicName: names.topic,
    exitReason,
    closedReason: taskWords.closed,
    number: formats.number,
    money: (amount, currency) => new Intl.NumberFormat(locale, { style: 'currency', currency }).format(amount / minorUnits(currency)),
  });
}
