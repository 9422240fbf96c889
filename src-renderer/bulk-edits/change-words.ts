// What a change of many contacts does, in words of the user's language.
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { BulkChange } from '../../shared/contacts/bulk-edit.ts';
import { useCall } from '../backend.ts';
import { useAttributes } from '../contacts/attributes.ts';

/** Answers the sentence of a change: "Size becomes L". */
export function useChangeWords(): (change: BulkChange) => string {
  const { t } = useTranslation('edits');
  const attributes = useAttributes();
  const segments = useCall('segments.list', { sizes: false }, ['segments']).data;
  return useCallback(
    (change: BulkChange): string => {
      const segment = (key: string) => segments?.find((each) => each.key === key)?.name ?? key;
      switch (change.kind) {
        case 'set':
          return t('words.set', { attribute: attributes.labelOf(change.attribute), value: attributes.show(change.attribute, change.value) });
        case 'clear':
          return t('words.clear', { attribute: attributes.labelOf(change.attribute) });
        case 'append':
          return t('words.append', { attribute: attributes.labelOf(change.attribute), value: attributes.show(change.attribute, change.value) });
        case 'replace':
          return change.to === null
            ? t('words.dropChoice', { attribute: attributes.labelOf(change.attribute), from: change.from })
            : t('words.replace', { attribute: attributes.labelOf(change.attribute), from: change.from, to: change.to });
        case 'addTag':
          return t('words.addTag', { tag: change.tag });
        case 'removeTag':
          return t('words.removeTag', { tag: change.tag });
        case 'addToSegment':
          return t('words.addToSegment', { segment: segment(change.segment) });
        case 'removeFromSegment':
          return t('words.removeFromSegment', { segment: segment(change.segment) });
      }
    },
    [t, attributes, segments],
  );
}
