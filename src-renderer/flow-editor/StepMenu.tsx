// What can be done with the selected steps: the same list by right click and from the inspector.
import { Menu } from '@mantine/core';
import {
  IconArrowDown,
  IconArrowUp,
  IconArrowsExchange,
  IconCopy,
  IconCopyPlus,
  IconCut,
  IconPencil,
  IconPlayerPause,
  IconPlus,
  IconTrash,
  IconTrashX,
  type Icon,
} from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { copyToClipboard, cutToClipboard } from './clipboard.ts';
import { command, keysShown, perform, type CommandName } from './commands.ts';
import { useEditor, useUi, type Editor } from './editor-context.tsx';

const ITEMS = [
  { name: 'add', icon: IconPlus },
  { name: 'rename', icon: IconPencil },
  { name: 'duplicate', icon: IconCopyPlus },
  { name: 'copy', icon: IconCopy },
  { name: 'cut', icon: IconCut },
  { name: 'moveUp', icon: IconArrowUp },
  { name: 'moveDown', icon: IconArrowDown },
  { name: 'disable', icon: IconPlayerPause },
  { name: 'swap', icon: IconArrowsExchange },
  { name: 'delete', icon: IconTrash, colour: 'red' },
  { name: 'deleteBelow', icon: IconTrashX, colour: 'red' },
] as const satisfies { name: CommandName; icon: Icon; colour?: string }[];

function choose(editor: Editor, name: CommandName): void {
  if (name === 'copy') void copyToClipboard(editor);
  else if (name === 'cut') void cutToClipboard(editor);
  else perform(editor, name);
}

export function StepMenuItems() {
  const { t } = useTranslation('editor');
  const editor = useEditor();
  return ITEMS.filter(({ name }) => command(name).can?.(editor) !== false).map((item) => {
    const { name, icon: Picture } = item;
    return (
      <Menu.Item
        key={name}
        color={'colour' in item ? item.colour : undefined}
        leftSection={<Picture size={15} stroke={1.7} aria-hidden />}
        rightSection={<span className="menu-keys">{keysShown(name)}</span>}
        onClick={() => choose(editor, name)}
      >
        {t(`command.${name}`)}
      </Menu.Item>
    );
  });
}

/** The menu of a right click, at the pointer. */
export function StepMenu() {
  const { t } = useTranslation('editor');
  const editor = useEditor();
  const menu = useUi((ui) => ui.menu);
  if (menu === null) return null;
  return (
    <Menu
      opened
      position="bottom-start"
      withinPortal
      onClose={() => {
        editor.ui.getState().set({ menu: null });
      }}
      onDismiss={() => editor.canvas.current?.focus(menu.step)}
    >
      <Menu.Target>
        <span aria-label={t('inspector.more')} style={{ position: 'fixed', left: menu.x, top: menu.y, width: 1, height: 1 }} />
      </Menu.Target>
      <Menu.Dropdown>
        <StepMenuItems />
      </Menu.Dropdown>
    </Menu>
  );
}
