// Which events can change who meets a rule: by them it is told what is behind it when somebody has come to meet it, or meets it no more.
import type { ContactEvent } from './event.ts';
import { conditionsOf, type Condition, type Rule } from './rule.ts';

type Told = Pick<ContactEvent, 'type' | 'data'>;

/** By what a contact is another one than before: all of it may have changed. */
const WHOLE = new Set(['contact_added', 'contact_merged']);
const TAGS = new Set(['tag_added', 'tag_removed']);
const CONSENTS = new Set(['consent_given', 'consent_withdrawn']);
const SUPPRESSIONS = new Set(['suppressed', 'suppression_removed']);
const FLOWS = new Set(['flow_entered', 'flow_left', 'flow_moved']);
const SEGMENTS = new Set(['segment_entered', 'segment_left']);

/** Whether what an event tells may decide about a rule; `segment` answers the rule of a segment that it names. In doubt it may. */
export function mayDecide(rule: Rule, event: Told, segment: (key: string) => Rule | null | undefined, seen: ReadonlySet<string> = new Set()): boolean {
  return conditionsOf(rule).some((condition) => WHOLE.has(event.type) || concerns(condition, event, segment, seen));
}

function concerns(condition: Condition, event: Told, segment: (key: string) => Rule | null | undefined, seen: ReadonlySet<string>): boolean {
  const { type, data } = event;
  switch (condition.kind) {
    case 'attribute':
      return type === 'attributes_changed' && Object.hasOwn(data.changes ?? {}, condition.attribute);
    case 'tag':
      return TAGS.has(type) && String(data.tag).toLowerCase() === condition.tag.trim().toLowerCase();
    case 'consent':
      return CONSENTS.has(type) && data.channel === condition.channel;
    case 'suppressed':
      // With another address it is asked about another row.
      return (SUPPRESSIONS.has(type) && data.channel === condition.channel) || type === 'attributes_changed';
    case 'segment': {
      const inner = seen.has(condition.segment) ? null : segment(condition.segment);
      if (inner === null || inner === undefined) return SEGMENTS.has(type) && data.segment === condition.segment;
      return mayDecide(inner, event, segment, new Set([...seen, condition.segment]));
    }
    case 'event':
      return type === condition.event;
    case 'message':
      return type === `message_${condition.act}`;
    case 'order':
      return type.startsWith('order_');
    case 'flow':
      return FLOWS.has(type);
  }
}
