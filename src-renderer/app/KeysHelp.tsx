// The help on keys: those of the screen that is shown, and those that count everywhere. F1, or ? where nobody writes. F5 reads again.
import { useCallback, useEffect, useState } from 'react';
import { Kbd, Modal, Table, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { refresh } from '../backend.ts';
import { useQuestion } from './asked.ts';
import { goToRegion, isField, platformKeys, useKeyLines, type KeyLine } from './keys.ts';

export function KeysHelp() {
  const { t } = useTranslation('keys');
  const [opened, setOpened] = useState(false);
  const screen = [...useKeyLines((state) => state.lines).values()].flat();
  useQuestion('keys', useCallback(() => setOpened(true), []));
  useEffect(() => {
    const hear = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey) return;
      if (event.ctrlKey || event.metaKey) {
        // Where a screen has nothing to save, a browser would save its page.
        const isSaved = ![...useKeyLines.getState().lines.values()].flat().some(({ keys }) => keys.includes('Ctrl+S'));
        if (event.key.toLowerCase() === 's' && isSaved) event.preventDefault();
        return;
      }
      if (event.key === 'F5') refresh();
      else if (event.key === 'F6' && document.querySelector('[role=dialog][aria-modal=true]') === null) goToRegion(event.shiftKey ? -1 : 1);
      else if (event.key === 'F1' || (event.key === '?' && !isField(event.target))) setOpened((before) => !before);
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', hear);
    return () => window.removeEventListener('keydown', hear);
  }, []);
  const everywhere: KeyLine[] = [
    { keys: ['Ctrl+K'], does: t('palette') },
    { keys: ['F6', 'Shift+F6'], does: t('regions') },
    { keys: ['Ctrl+,'], does: t('settings') },
    { keys: ['F5'], does: t('refresh') },
    { keys: ['F1', '?'], does: t('help') },
  ];
  return (
    <Modal opened={opened} onClose={() => setOpened(false)} title={t('title')} centered size="lg">
      {screen.length > 0 && <Lines title={t('here')} lines={screen} />}
      <Lines title={t('everywhere')} lines={everywhere} />
    </Modal>
  );
}

function Lines({ title, lines }: { title: string; lines: readonly KeyLine[] }) {
  return (
    <>
      <Text size="sm" fw={600} mt="sm" mb={4}>
        {title}
      </Text>
      <Table verticalSpacing={5} horizontalSpacing={0} withRowBorders={false} aria-label={title}>
        <Table.Tbody>
          {lines.map(({ keys, does }) => (
            <Table.Tr key={`${keys.join()} ${does}`}>
              <Table.Td w={230}>
                {keys.map((each, index) => (
                  <span key={each}>
                    {index > 0 && ' '}
                    <Kbd size="xs">{platformKeys(each)}</Kbd>
                  </span>
                ))}
              </Table.Td>
              <Table.Td>{does}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  );
}
