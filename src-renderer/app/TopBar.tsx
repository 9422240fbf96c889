// What a screen puts into the top bar: its name, and to the right its actions. The bar itself belongs to the frame.
import { createContext, useContext, useEffect, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { ActionIcon, Group, Title } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useScreenKeys } from './keys.ts';
import { addressOf, go, type Route } from './routes.ts';
import { useWorkspace } from './workspace.tsx';

export const TopBarSlot = createContext<HTMLElement | null>(null);

type Props = {
  /** Where the arrow before the name leads, with its words. */
  back?: { route: Route; label: string };
  /** The screen's name; also the title of the window. */
  title: string;
  /** Drawn instead of the plain title, for example a name that can be edited. */
  name?: ReactNode;
  /** Between the name and the actions. */
  middle?: ReactNode;
  /** Buttons, the most important one last. */
  children?: ReactNode;
};

/** Fills the top bar while the screen is shown. A screen uses it once. */
export function TopBar({ back, title, name, middle, children }: Props) {
  const slot = useContext(TopBarSlot);
  const workspace = useWorkspace();
  useEffect(() => {
    document.title = `${title} – ${workspace.name} – Kanal`;
  }, [title, workspace.name]);
  useScreenKeys(back === undefined ? {} : { close: { does: back.label, run: () => go(back.route) } });
  if (slot === null) return null;
  return createPortal(
    <>
      {back !== undefined && (
        <ActionIcon component="a" href={addressOf(back.route)} variant="subtle" color="gray" aria-label={back.label} title={back.label}>
          <IconArrowLeft size={18} stroke={1.7} />
        </ActionIcon>
      )}
      {name ?? (
        <Title order={1} fz="md" lineClamp={1} miw={0}>
          {title}
        </Title>
      )}
      <div className="frame-middle">{middle}</div>
      <Group className="frame-actions" gap="sm" wrap="nowrap">
        {children}
      </Group>
    </>,
    slot,
  );
}
