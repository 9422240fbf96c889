// The attributes of a contact, each editable where it stands: Enter keeps, Escape leaves it as it was.
import { useCallback, useEffect, useRef, useState } from 'react';
import { ActionIcon, UnstyledButton } from '@mantine/core';
import { IconBuilding } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ContactDetail } from '../../shared/api.ts';
import type { AttributeValue } from '../../shared/contacts/contact.ts';
import { companyKey } from '../../shared/contacts/company.ts';
import { useText } from '../app/i18n.ts';
import { showFailure } from '../app/notices.tsx';
import { useQuestion } from '../app/asked.ts';
import { useScreenKeys } from '../app/keys.ts';
import { addressOf } from '../app/routes.ts';
import { call, problemsOf } from '../backend.ts';
import { AttributeHistory } from './AttributeHistory.tsx';
import type { Attributes, KnownAttribute } from './attributes.ts';
import { ValueInput } from './ValueInput.tsx';

type Props = { contact: ContactDetail; attributes: Attributes };

export function AttributeList({ contact, attributes }: Props) {
  const { t } = useTranslation('contacts');
  const text = useText();
  const keys = useTranslation('keys').t;
  const list = useRef<HTMLDListElement>(null);
  const [editing, setEditing] = useState<string | null>(null);
  /** The value on which the focus is, or the first one. */
  const editHere = () => setEditing(document.activeElement?.closest<HTMLElement>('[data-attribute]')?.dataset['attribute'] ?? attributes.list[0]?.key ?? null);
  useScreenKeys({ edit: { does: keys('editValue'), run: editHere } }, [{ keys: ['Enter'], does: keys('keepValue') }, { keys: ['Esc'], does: keys('leaveValue') }]);
  useQuestion('edit', useCallback(() => setEditing(attributes.list[0]?.key ?? null), [attributes.list]));
  /** Whoever is done with a field by keyboard goes on from where it was. */
  const before = useRef<string | null>(null);
  useEffect(() => {
    const left = editing === null ? before.current : null;
    before.current = editing;
    if (left !== null && (document.activeElement === null || document.activeElement === document.body)) list.current?.querySelector<HTMLElement>(`[data-attribute="${left}"] .fact-value`)?.focus();
  }, [editing]);

  /** Why it cannot be kept, so that what was typed stays to be mended; `null`: it is kept. */
  async function keep(attribute: KnownAttribute, value: AttributeValue): Promise<string | null> {
    if (value === (contact.values[attribute.key] ?? null)) return leave();
    try {
      await call('contacts.update', { id: contact.id, values: { [attribute.key]: value as string } });
      return leave();
    } catch (error) {
      const problems = problemsOf(error);
      if (problems.length > 0) return problems.map((problem) => text(problem.text)).join(' ');
      showFailure(error);
      return leave();
    }
  }

  function leave(): null {
    setEditing(null);
    return null;
  }

  return (
    <dl className="facts" ref={list}>
      {attributes.list.map((attribute) => {
        const shown = attributes.show(attribute.key, contact.values[attribute.key]);
        return (
          <div key={attribute.key} data-attribute={attribute.key}>
            <dt>{attribute.label}</dt>
            <dd>
              {editing === attribute.key ? (
                <ValueInput
                  attribute={attribute}
                  value={contact.values[attribute.key] ?? null}
                  onKeep={(value) => keep(attribute, value)}
                  onLeave={leave}
                />
              ) : (
                <UnstyledButton className="fact-value" data-empty={shown === '' || undefined} onClick={() => setEditing(attribute.key)} aria-label={t('edit', { attribute: attribute.label, value: shown })}>
                  {shown === '' ? t('noValue') : shown}
                </UnstyledButton>
              )}
              {attribute.key === 'company' && shown !== '' && (
                <ActionIcon component="a" className="fact-link" variant="subtle" color="gray" size="sm" href={addressOf({ screen: 'company', key: companyKey(shown) })} aria-label={t('toCompany', { company: shown })} title={t('toCompany', { company: shown })}>
                  <IconBuilding size={15} stroke={1.7} />
                </ActionIcon>
              )}
              <AttributeHistory contact={contact.id} attribute={attribute} attributes={attributes} />
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
