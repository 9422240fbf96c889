// Which events the program knows by name.
import { EVENT_TYPES, type KnownEventType } from '../../shared/contacts/event.ts';

/** Whether the program itself records events of this type. */
export function isKnownType(type: string): type is KnownEventType {
  return (EVENT_TYPES as readonly string[]).includes(type);
}
