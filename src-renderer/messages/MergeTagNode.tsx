// A merge tag inside the rich text: an atom that carries its Liquid and shows itself as a chip. A click changes the fallback.
import { useState } from 'react';
import { Button, Group, Popover, Stack, Text, TextInput } from '@mantine/core';
import { mergeAttributes, Node } from '@tiptap/core';
import { NodeViewWrapper, ReactNodeViewRenderer, type NodeViewProps } from '@tiptap/react';
import { useTranslation } from 'react-i18next';
import { readMergeTag, writeMergeTag } from './merge-tag.ts';
import { useMergeTagLabel } from './merge-tag-names.ts';

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    mergeTag: {
      /** Puts a merge tag at the cursor; `liquid` must be one that `readMergeTag` understands. */
      insertMergeTag: (liquid: string) => ReturnType;
    };
  }
}

export const MergeTagNode = Node.create({
  name: 'mergeTag',
  group: 'inline',
  inline: true,
  atom: true,
  addAttributes() {
    return {
      liquid: {
        default: '',
        parseHTML: (element: HTMLElement) => element.getAttribute('data-merge-tag') ?? '',
        renderHTML: (attributes: Record<string, unknown>) => ({ 'data-merge-tag': String(attributes['liquid']) }),
      },
    };
  },
  parseHTML() {
    return [{ tag: 'span[data-merge-tag]' }];
  },
  renderHTML({ HTMLAttributes }) {
    return ['span', mergeAttributes(HTMLAttributes)];
  },
  renderText({ node }) {
    return String(node.attrs['liquid']);
  },
  addNodeView() {
    return ReactNodeViewRenderer(Chip, { as: 'span' });
  },
  addCommands() {
    return {
      insertMergeTag:
        (liquid: string) =>
        ({ chain }) =>
          chain().insertContent({ type: 'mergeTag', attrs: { liquid } }).run(),
    };
  },
});

function Chip({ node, selected, updateAttributes, deleteNode, editor }: NodeViewProps) {
  const { t } = useTranslation('messages');
  const labelOf = useMergeTagLabel();
  const [opened, setOpened] = useState(false);
  const liquid = String(node.attrs['liquid']);
  const tag = readMergeTag(liquid) ?? { name: liquid, fallback: null };
  const [fallback, setFallback] = useState(tag.fallback ?? '');
  const label = labelOf(tag.name);

  function keep() {
    setOpened(false);
    updateAttributes({ liquid: writeMergeTag({ name: tag.name, fallback }) });
    editor.commands.focus();
  }

  return (
    <NodeViewWrapper as="span" className="merge-chip-place">
      <Popover opened={opened} onChange={setOpened} width={260} position="bottom" trapFocus withinPortal>
        <Popover.Target>
          <button
            type="button"
            className="merge-chip"
            data-selected={selected || undefined}
            contentEditable={false}
            title={liquid}
            onClick={() => {
              setFallback(tag.fallback ?? '');
              setOpened(true);
            }}
          >
            {label}
            {tag.fallback !== null && <span className="merge-chip-fallback">{tag.fallback}</span>}
          </button>
        </Popover.Target>
        <Popover.Dropdown>
          <Stack gap="sm">
            <Text size="sm" fw={600}>
              {label}
            </Text>
            <TextInput
              size="xs"
              label={t('fallback')}
              description={t('fallbackHelp')}
              data-autofocus
              value={fallback}
              onChange={(event) => setFallback(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === 'Enter') keep();
                event.stopPropagation();
              }}
            />
            <Group justify="space-between">
              <Button size="compact-sm" variant="subtle" color="red" onClick={deleteNode}>
                {t('removeTag')}
              </Button>
              <Button size="compact-sm" onClick={keep}>
                {t('keep')}
              </Button>
            </Group>
          </Stack>
        </Popover.Dropdown>
      </Popover>
    </NodeViewWrapper>
  );
}
