// The step picker: opens at a `+` with the search focused; Enter puts the chosen step there. At the end of a branch it also offers
// to go on at a step that is there already, and on a line that others share, to leave the flow.
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { Paper, Portal, TextInput } from '@mantine/core';
import { IconArrowBack, IconArrowDownRight, IconLogout2 } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { START } from '../../shared/flow/flow.ts';
import { nextOf, titleOf, waysInto, type Spot } from '../../shared/flow/reading.ts';
import { stepType, stepTypes } from '../../shared/steps/index.ts';
import { useText } from '../app/i18n.ts';
import { canInsert, continueAt, insertBefore, insertStep, leaveHere } from './actions.ts';
import { spotName } from './describe.ts';
import { useEditor, useFlowState, useUi } from './editor-context.tsx';
import { StepIcon } from './icons.tsx';
import { endId, selectedCard } from './selection.ts';

const WIDTH = 288;
const HEIGHT = 380;

type Choice = { id: string; label: string; help?: string; icon: React.ReactNode; choose(): void };

export function Picker() {
  const picker = useUi((ui) => ui.picker);
  return picker === null ? null : <OpenPicker key={`${picker.at.from}:${picker.at.outlet}`} {...picker} />;
}

type PickerProps = { at: Spot; before?: string | undefined; x: number; y: number };

function OpenPicker({ at, before, x, y }: PickerProps) {
  const { t } = useTranslation('editor');
  const text = useText();
  const editor = useEditor();
  const flow = useFlowState((state) => state.flow);
  const [search, setSearch] = useState('');
  const [connecting, setConnecting] = useState(false);
  const [active, setActive] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLUListElement>(null);

  const below = nextOf(flow, at.from, at.outlet);
  const choices = useMemo<Choice[]>(() => {
    if (connecting) {
      return flow.steps
        .filter((step) => step.id !== at.from)
        .map((step) => {
          const type = stepType(step.type);
          return {
            id: `to-${step.id}`,
            label: text(titleOf(step)),
            icon: <StepIcon name={type?.icon ?? 'unknown'} family={type?.family ?? 'end'} />,
            choose: () => {
              continueAt(editor, at, step.id);
              editor.canvas.current?.focus(step.id);
            },
          };
        });
    }
    const all: Choice[] = stepTypes
      .filter((type) => canInsert(flow, type.type, at))
      .map((type) => ({
        id: type.type,
        label: text(type.label),
        help: text(type.help),
        icon: <StepIcon name={type.icon} family={type.family} />,
        choose: () => {
          const id = before === undefined ? insertStep(editor, type.type, at) : insertBefore(editor, type.type, before);
          if (id !== null) editor.canvas.current?.focus(id);
        },
      }));
    if (below === null && at.from !== START && flow.steps.length > 1) {
      all.push({
        id: 'continue',
        label: t('picker.continueAt'),
        icon: <IconArrowDownRight size={16} stroke={1.7} aria-hidden />,
        choose: () => setConnecting(true),
      });
    }
    if (below !== null && waysInto(flow, below).length > 1) {
      all.push({
        id: 'leave',
        label: t('picker.leave'),
        icon: <IconLogout2 size={16} stroke={1.7} aria-hidden />,
        choose: () => {
          leaveHere(editor, at);
          editor.canvas.current?.focus(endId(at));
        },
      });
    }
    return all;
  }, [connecting, flow, at, before, below, editor, text, t]);

  const wanted = search.trim().toLowerCase();
  const fits = choices
    .filter((choice) => choice.label.toLowerCase().includes(wanted))
    .concat(choices.filter((choice) => !choice.label.toLowerCase().includes(wanted) && choice.help?.toLowerCase().includes(wanted)));
  const chosen = fits[Math.min(active, fits.length - 1)];

  useEffect(() => {
    const outside = (event: PointerEvent) => {
      if (box.current?.contains(event.target as Node) !== true) editor.ui.getState().set({ picker: null });
    };
    window.addEventListener('pointerdown', outside, true);
    return () => window.removeEventListener('pointerdown', outside, true);
  }, [editor]);

  useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [active, search]);

  function close() {
    editor.ui.getState().set({ picker: null });
    const drawing = editor.drawing.current;
    const end = endId(at);
    editor.canvas.current?.focus(drawing?.byId.has(end) === true ? end : (selectedCard(editor.store.getState().selection) ?? at.from));
  }

  function keyDown(event: KeyboardEvent) {
    event.stopPropagation();
    const move = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (move !== 0 && fits.length > 0) {
      event.preventDefault();
      setActive((Math.min(active, fits.length - 1) + move + fits.length) % fits.length);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      choose(chosen);
    } else if (event.key === 'Escape') {
      event.preventDefault();
      if (connecting) back();
      else close();
    } else if (event.key === 'Tab') {
      event.preventDefault();
      close();
    }
  }

  function choose(choice: Choice | undefined) {
    if (choice === undefined) return;
    choice.choose();
    setSearch('');
    setActive(0);
  }

  function back() {
    setConnecting(false);
    setSearch('');
    setActive(0);
  }

  const left = Math.max(8, Math.min(x - WIDTH / 2, window.innerWidth - WIDTH - 8));
  const top = y + 8 + HEIGHT > window.innerHeight ? Math.max(8, Math.min(y - HEIGHT - 32, window.innerHeight - HEIGHT - 8)) : y + 8;
  const title = connecting
    ? t('picker.continueFrom', { place: text(spotName(flow, at)) })
    : t('picker.after', { place: text(spotName(flow, at)) });

  return (
    <Portal>
      <Paper
        ref={box}
        className="picker"
        withBorder
        shadow="xl"
        style={{ left, top, width: WIDTH, maxHeight: HEIGHT }}
        role="dialog"
        aria-label={title}
        onKeyDown={keyDown}
      >
        <div className="picker-title">
          {connecting && (
            <button type="button" aria-label={t('picker.back')} onClick={back}>
              <IconArrowBack size={14} aria-hidden />
            </button>
          )}
          <span>{title}</span>
        </div>
        <TextInput
          autoFocus
          size="sm"
          m="xs"
          role="combobox"
          aria-expanded
          aria-controls="picker-list"
          aria-activedescendant={chosen === undefined ? undefined : `picker-${chosen.id}`}
          aria-label={t('picker.search')}
          placeholder={t('picker.search')}
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            setActive(0);
          }}
        />
        <ul ref={list} id="picker-list" role="listbox" aria-label={title}>
          {fits.map((choice, index) => (
            <li
              key={choice.id}
              id={`picker-${choice.id}`}
              role="option"
              data-choice={choice.id}
              aria-selected={choice === chosen}
              title={choice.help}
              onPointerMove={() => setActive(index)}
              onClick={() => choose(choice)}
            >
              {choice.icon}
              <span>{choice.label}</span>
            </li>
          ))}
        </ul>
        {fits.length === 0 && <p className="palette-nothing">{t('fields.nothingFound')}</p>}
      </Paper>
    </Portal>
  );
}
