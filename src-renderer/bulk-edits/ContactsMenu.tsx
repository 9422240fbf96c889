// The entries of the contacts screen's menu that lead to what contacts have in common: changing many, attributes, companies.
import { Menu } from '@mantine/core';
import { IconBuilding, IconEditCircle, IconHistory, IconListDetails } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { go } from '../app/routes.ts';

export function ContactsMenu({ onChangeMany }: { onChangeMany: () => void }) {
  const { t } = useTranslation('edits');
  return (
    <>
      <Menu.Item leftSection={<IconEditCircle size={16} stroke={1.6} />} onClick={onChangeMany}>
        {t('menu.change')}
      </Menu.Item>
      <Menu.Item leftSection={<IconHistory size={16} stroke={1.6} />} onClick={() => go({ screen: 'edits' })}>
        {t('menu.past')}
      </Menu.Item>
      <Menu.Divider />
      <Menu.Item leftSection={<IconListDetails size={16} stroke={1.6} />} onClick={() => go({ screen: 'attributes' })}>
        {t('menu.attributes')}
      </Menu.Item>
      <Menu.Item leftSection={<IconBuilding size={16} stroke={1.6} />} onClick={() => go({ screen: 'companies' })}>
        {t('menu.companies')}
      </Menu.Item>
      <Menu.Divider />
    </>
  );
}
