// What can be filled into a message, with its name in the language of the window.
import { createContext, useContext, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useAttributes } from '../contacts/attributes.ts';

export type MergeTagChoice = { name: string; label: string };

/** The choices, attributes first; chips inside the editor find them here. */
export const MergeTagNames = createContext<readonly MergeTagChoice[]>([]);

export function useMergeTagChoices(): readonly MergeTagChoice[] {
  const { t } = useTranslation('messages');
  const attributes = useAttributes();
  return useMemo(
    () => [
      ...attributes.list.map(({ key, label }) => ({ name: `contact.${key}`, label })),
      { name: 'workspace.name', label: t('tag.workspaceName') },
      { name: 'workspace.postal_address', label: t('tag.postalAddress') },
      { name: 'unsubscribe_url', label: t('tag.unsubscribe') },
    ],
    [attributes, t],
  );
}

/** The label of a merge tag; its bare name where nothing is known of it. */
export function useMergeTagLabel(): (name: string) => string {
  const choices = useContext(MergeTagNames);
  return (name) => choices.find((choice) => choice.name === name)?.label ?? name.replace(/^contact\./, '');
}
