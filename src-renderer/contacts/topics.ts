// Topics of consent by their names.
import { useCallback } from 'react';
import { useCall } from '../backend.ts';

/** The name of a topic by its key; the key where the topic is unknown. */
export function useTopicName(): (key: string) => string {
  const topics = useCall('topics.list', {}, ['settings']).data;
  return useCallback((key) => topics?.find((topic) => topic.key === key)?.name ?? key, [topics]);
}
