// What fields offer to choose from: attributes, tags, messages and settings of the workspace. Read once for a whole screen.
import { createContext, useContext, useMemo, type ReactNode } from 'react';
import { useCall } from '../backend.ts';
import type { CallOutput } from '../../shared/api.ts';

export type Sources = {
  attributes: CallOutput<'attributes.list'>;
  tags: CallOutput<'tags.list'>;
  messages: CallOutput<'messages.list'>;
  segments: CallOutput<'segments.list'>;
  flows: CallOutput<'flows.list'>;
  topics: CallOutput<'topics.list'>;
  calendars: CallOutput<'calendars.list'>;
  timeZone: string;
  currency: string;
  /** False until the lists have been read: a key that is not in them may still be known. */
  known: boolean;
};

const nothing: Sources = { attributes: [], tags: [], messages: [], segments: [], flows: [], calendars: [], topics: [], timeZone: 'UTC', currency: 'EUR', known: false };
const SourcesContext = createContext<Sources>(nothing);

/** Reads the lists and keeps them up to date for all fields inside. */
export function FieldSources({ children }: { children: ReactNode }) {
  const attributes = useCall('attributes.list', {}, ['attributes', 'workspace']).data;
  const tags = useCall('tags.list', {}, ['contacts', 'workspace']).data;
  const messages = useCall('messages.list', {}, ['messages', 'workspace']).data;
  const segments = useCall('segments.list', { sizes: false }, ['segments', 'workspace']).data;
  const flows = useCall('flows.list', {}, ['flows', 'workspace']).data;
  const topics = useCall('topics.list', {}, ['settings', 'workspace']).data;
  const calendars = useCall('calendars.list', {}, ['calendars', 'workspace']).data;
  const settings = useCall('settings.get', {}, ['settings', 'workspace']).data;
  const sources = useMemo<Sources>(
    () => ({
      attributes: attributes ?? nothing.attributes,
      tags: tags ?? nothing.tags,
      messages: messages ?? nothing.messages,
      segments: segments ?? nothing.segments,
      flows: flows ?? nothing.flows,
      calendars: calendars ?? nothing.calendars,
      topics: topics ?? nothing.topics,
      timeZone: settings?.timeZone ?? nothing.timeZone,
      currency: settings?.currency ?? nothing.currency,
      known: attributes !== undefined && messages !== undefined && segments !== undefined,
    }),
    [attributes, tags, messages, segments, flows, topics, calendars, settings],
  );
  return <SourcesContext value={sources}>{children}</SourcesContext>;
}

export function useSources(): Sources {
  return useContext(SourcesContext);
}
