// The pictures of steps, triggers and families, by the names that their definitions use.
import {
  IconArrowsSplit,
  IconArrowsSplit2,
  IconBell,
  IconBolt,
  IconCalendarEvent,
  IconClock,
  IconDoorExit,
  IconEar,
  IconFilter,
  IconHandClick,
  IconHourglass,
  IconListCheck,
  IconMail,
  IconMessage,
  IconNote,
  IconPencil,
  IconPuzzle,
  IconShoppingCart,
  IconTag,
  IconTagOff,
  IconTargetArrow,
  IconThumbUp,
  IconUserCheck,
  IconUserPlus,
  IconUsersMinus,
  IconUsersPlus,
  IconCalendarRepeat,
  IconCalendarStar,
  IconZzz,
  IconGauge,
  IconStairsUp,
  IconArrowForwardUp,
  IconFlag,
  IconArrowBackUp,
  IconBriefcase,
  IconClockPlay,
  IconArrowsShuffle,
  IconPlayerStop,
  IconBroadcast,
  IconDeviceMobileMessage,
  IconGitFork,
  IconGitMerge,
  IconWebhook,
  type Icon,
} from '@tabler/icons-react';

const ICONS: Readonly<Record<string, Icon>> = {
  mail: IconMail,
  message: IconMessage,
  hourglass: IconHourglass,
  clock: IconClock,
  branch: IconArrowsSplit2,
  split: IconArrowsSplit,
  filter: IconFilter,
  ear: IconEar,
  listCheck: IconListCheck,
  pencil: IconPencil,
  tag: IconTag,
  tagOff: IconTagOff,
  exit: IconDoorExit,
  hand: IconHandClick,
  userPlus: IconUserPlus,
  usersPlus: IconUsersPlus,
  usersMinus: IconUsersMinus,
  calendar: IconCalendarEvent,
  bolt: IconBolt,
  cart: IconShoppingCart,
  consent: IconThumbUp,
  task: IconUserCheck,
  note: IconNote,
  bell: IconBell,
  goal: IconTargetArrow,
  repeat: IconCalendarRepeat,
  calendarStar: IconCalendarStar,
  zzz: IconZzz,
  score: IconGauge,
  stairs: IconStairsUp,
  flowArrow: IconArrowForwardUp,
  flag: IconFlag,
  jump: IconArrowBackUp,
  briefcase: IconBriefcase,
  window: IconClockPlay,
  dice: IconArrowsShuffle,
  stop: IconPlayerStop,
  broadcast: IconBroadcast,
  sms: IconDeviceMobileMessage,
  fork: IconGitFork,
  join: IconGitMerge,
  webhook: IconWebhook,
};

type Props = { name: string; family?: string; size?: number };

/** Decoration beside a name; `family` gives it its colour. A name without a picture gets a piece of a puzzle. */
export function StepIcon({ name, family, size = 16 }: Props) {
  const Picture = ICONS[name] ?? IconPuzzle;
  return (
    <Picture
      size={size}
      stroke={1.7}
      aria-hidden
      color={family === undefined ? undefined : `var(--kanal-family-${family})`}
      style={{ flex: 'none' }}
    />
  );
}
