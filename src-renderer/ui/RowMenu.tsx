// The menu at the end of a row in a table: what can be done with it, and at last removing it, which is asked about first.
import { useState, type ReactNode } from 'react';
import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconTrash } from '@tabler/icons-react';
import { Confirm } from './Confirm.tsx';

type Props = {
  label: string;
  remove: { verb: string; title: string; ask: string };
  busy: boolean;
  /** Answers whether the question has done its part. */
  onRemove: () => Promise<boolean>;
  /** Items before it. */
  children?: ReactNode;
};

export function RowMenu({ label, remove, busy, onRemove, children }: Props) {
  const [removing, setRemoving] = useState(false);
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={label}>
            <IconDots size={18} stroke={1.7} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {children}
          <Menu.Item color="red" leftSection={<IconTrash size={16} stroke={1.6} />} onClick={() => setRemoving(true)}>
            {remove.verb}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Confirm opened={removing} title={remove.title} verb={remove.verb} busy={busy} onConfirm={() => void onRemove().then((isOver) => isOver && setRemoving(false))} onClose={() => setRemoving(false)}>
        {remove.ask}
      </Confirm>
    </>
  );
}
