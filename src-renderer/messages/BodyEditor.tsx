// The body of a message as rich text with chips; or as HTML, where it has more in it than the rich text can show.
import { useState } from 'react';
import { ActionIcon, Alert, Textarea, Tooltip } from '@mantine/core';
import { RichTextEditor } from '@mantine/tiptap';
import { useEditor } from '@tiptap/react';
import { StarterKit } from '@tiptap/starter-kit';
import { IconBraces } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { fromEditorHtml, isEditable, toEditorHtml } from './body-html.ts';
import { MergeTagMenu } from './MergeTagMenu.tsx';
import { MergeTagNames, type MergeTagChoice } from './merge-tag-names.ts';
import { MergeTagNode } from './MergeTagNode.tsx';

type Props = { body: string; choices: readonly MergeTagChoice[]; onChange: (body: string) => void };

/** `body` is read once; give the component a key per message. */
export function BodyEditor({ body, choices, onChange }: Props) {
  const [rich] = useState(() => isEditable(body));
  return rich ? <RichBody body={body} choices={choices} onChange={onChange} /> : <SourceBody body={body} choices={choices} onChange={onChange} />;
}

function RichBody({ body, choices, onChange }: Props) {
  const { t } = useTranslation('messages');
  const editor = useEditor({
    extensions: [
      StarterKit.configure({ heading: { levels: [1, 2, 3] }, code: false, codeBlock: false, link: { openOnClick: false, defaultProtocol: 'https', HTMLAttributes: { target: null, rel: null } } }),
      MergeTagNode,
    ],
    content: toEditorHtml(body),
    shouldRerenderOnTransaction: true,
    editorProps: { attributes: { 'aria-label': t('body'), role: 'textbox', 'aria-multiline': 'true' } },
    onUpdate: ({ editor: changed }) => onChange(fromEditorHtml(changed.getHTML())),
  });
  const words = {
    boldControlLabel: t('bold'),
    italicControlLabel: t('italic'),
    h1ControlLabel: t('heading1'),
    h2ControlLabel: t('heading2'),
    bulletListControlLabel: t('bulletList'),
    orderedListControlLabel: t('numberedList'),
    linkControlLabel: t('link'),
    unlinkControlLabel: t('unlink'),
    linkEditorInputLabel: t('linkAddress'),
    linkEditorInputPlaceholder: 'https://',
    linkEditorSave: t('keep'),
    undoControlLabel: t('undo'),
    redoControlLabel: t('redo'),
  };
  return (
    <MergeTagNames.Provider value={choices}>
      <RichTextEditor editor={editor} labels={words} className="body-editor">
        <RichTextEditor.Toolbar>
          <RichTextEditor.ControlsGroup>
            <RichTextEditor.Bold />
            <RichTextEditor.Italic />
          </RichTextEditor.ControlsGroup>
          <RichTextEditor.ControlsGroup>
            <RichTextEditor.H1 />
            <RichTextEditor.H2 />
          </RichTextEditor.ControlsGroup>
          <RichTextEditor.ControlsGroup>
            <RichTextEditor.BulletList />
            <RichTextEditor.OrderedList />
          </RichTextEditor.ControlsGroup>
          <RichTextEditor.ControlsGroup>
            <RichTextEditor.Link />
            <RichTextEditor.Unlink />
          </RichTextEditor.ControlsGroup>
          <RichTextEditor.ControlsGroup>
            <RichTextEditor.Undo />
            <RichTextEditor.Redo />
          </RichTextEditor.ControlsGroup>
          <MergeTagMenu choices={choices} onChoose={(liquid) => editor?.chain().focus().insertMergeTag(liquid).run()}>
            <RichTextEditor.Control aria-label={t('insertTag')} title={t('insertTag')} className="insert-tag">
              <IconBraces size={15} stroke={1.7} aria-hidden /> {t('insertTag')}
            </RichTextEditor.Control>
          </MergeTagMenu>
        </RichTextEditor.Toolbar>
        <RichTextEditor.Content />
      </RichTextEditor>
    </MergeTagNames.Provider>
  );
}

function SourceBody({ body, choices, onChange }: Props) {
  const { t } = useTranslation('messages');
  const [text, setText] = useState(body);
  const [place, setPlace] = useState(body.length);
  const change = (next: string) => {
    setText(next);
    onChange(next);
  };
  return (
    <div>
      <Alert variant="light" color="canal" mb="sm">
        {t('htmlOnly')}
      </Alert>
      <Textarea
        label={t('bodyHtml')}
        autosize
        minRows={14}
        maxRows={30}
        spellCheck={false}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }}
        value={text}
        onChange={(event) => change(event.currentTarget.value)}
        onSelect={(event) => setPlace(event.currentTarget.selectionStart)}
        rightSection={
          <MergeTagMenu choices={choices} onChoose={(liquid) => change(text.slice(0, place) + liquid + text.slice(place))}>
            <Tooltip label={t('insertTag')}>
              <ActionIcon variant="subtle" color="gray" aria-label={t('insertTag')}>
                <IconBraces size={16} stroke={1.7} />
              </ActionIcon>
            </Tooltip>
          </MergeTagMenu>
        }
        rightSectionProps={{ style: { alignItems: 'flex-start', paddingTop: 4 } }}
      />
    </div>
  );
}
