// The menu of trigger types, behind whatever opens it: choosing one adds it to the flow.
import type { ReactNode } from 'react';
import { Menu } from '@mantine/core';
import { triggerTypes } from '../../shared/triggers/index.ts';
import { useText } from '../app/i18n.ts';
import { addNewTrigger } from './actions.ts';
import { useEditor } from './editor-context.tsx';
import { StepIcon } from './icons.tsx';

export function TriggerMenu({ children }: { children: ReactNode }) {
  const editor = useEditor();
  const text = useText();
  return (
    <Menu position="bottom-start" withinPortal>
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown>
        {triggerTypes.map((type) => (
          <Menu.Item key={type.type} leftSection={<StepIcon name={type.icon} family="trigger" />} onClick={() => addNewTrigger(editor, type.type)}>
            {text(type.label)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
