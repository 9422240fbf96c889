// The contact list: only the rows in view are drawn, so that a million scroll like ten. Columns are sorted by their heads, and
// moved by dragging these or with Alt and the arrow keys; in the rows the arrow keys go up and down.
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { Checkbox, VisuallyHidden } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ContactRow } from '../../shared/api.ts';
import { addressOf, go } from '../app/routes.ts';
import type { Formats } from '../app/workspace.tsx';
import type { Column } from './ColumnChoice.tsx';
import { ConsentText } from './ConsentText.tsx';
import type { Attributes } from './attributes.ts';
import { movedTo, useDraggedOrder } from './dragged-order.ts';
import type { ContactPages } from './contact-pages.ts';
import { contactTitle } from './contact-name.ts';
import { drawnHeight, isHeld, observeScaled, ROW_HEIGHT, scaleOf } from './scaled-scroll.ts';
import { Tags } from './Tags.tsx';

export type Sort = { attribute: string; descending: boolean };

/** Least width in pixels, and share of what is left. */
const WIDTHS: Record<string, [number, number]> = { email: [250, 1.6], ':tags': [190, 1.3], ':consent': [140, 0.7], ':added': [110, 0.5] };
const USUAL_WIDTH: [number, number] = [130, 1];
const NUMERIC = new Set(['number', 'money']);

type Props = {
  pages: ContactPages;
  columns: Column[];
  onColumns: (keys: string[]) => void;
  attributes: Attributes;
  formats: Formats;
  sort: Sort | null;
  onSort: (sort: Sort | null) => void;
  /** Another search or filter begins at the top. */
  searchKey: string;
  selected: ReadonlySet<number>;
  onSelect: (selected: ReadonlySet<number>) => void;
};

export function ContactTable({ pages, columns, onColumns, attributes, formats, sort, onSort, searchKey, selected, onSelect }: Props) {
  const { t } = useTranslation('contacts');
  const scroller = useRef<HTMLDivElement>(null);
  const total = useRef(pages.total);
  total.current = pages.total;
  const virtual = useVirtualizer({
    count: pages.total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    observeElementOffset: observeScaled(() => total.current),
  });
  const held = isHeld(pages.total);
  const offset = virtual.scrollOffset ?? 0;
  const items = virtual.getVirtualItems();
  const from = items[0]?.index ?? 0;
  const to = items.at(-1)?.index ?? 0;
  const { look } = pages;
  useEffect(() => look(from, to), [look, from, to]);
  // Braces: browsers answer scrollTo with a promise, which is no way to clean up.
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [searchKey, sort]);

  const widths = columns.map(({ key }) => WIDTHS[key] ?? USUAL_WIDTH);
  const row = {
    gridTemplateColumns: `36px ${widths.map(([least, share]) => `minmax(${least}px, ${share}fr)`).join(' ')}`,
    minWidth: widths.reduce((sum, [least]) => sum + least, 68),
  };
  const kinds = new Map(attributes.list.map((attribute) => [attribute.key, attribute.kind]));
  const isNumeric = (key: string) => NUMERIC.has(kinds.get(key) ?? '');

  /** The last one ticked: with Shift, all between it and the next one follow, as far as they have been looked at. */
  const anchor = useRef<number | null>(null);
  function tick(index: number, on: boolean, withShift: boolean) {
    const start = withShift && anchor.current !== null ? anchor.current : index;
    const next = new Set(selected);
    for (let at = Math.min(start, index); at <= Math.max(start, index); at++) {
      const id = pages.row(at)?.id;
      if (id === undefined) continue;
      if (on) next.add(id);
      else next.delete(id);
    }
    anchor.current = index;
    onSelect(next);
  }

  const [said, setSaid] = useState('');
  /** Where the arrow keys have led: the row gets the focus once it is drawn. */
  const [wanted, setWanted] = useState<number | null>(null);
  useEffect(() => {
    if (wanted === null) return;
    const link = scroller.current?.querySelector<HTMLElement>(`[data-row="${wanted}"] .grid-link`);
    if (link === null || link === undefined) return;
    link.focus({ preventScroll: true });
    setWanted(null);
  }, [wanted, from, to, pages]);

  function goToRow(index: number) {
    const element = scroller.current;
    if (element === null || pages.total === 0) return;
    const place = Math.max(0, Math.min(index, pages.total - 1));
    const view = element.clientHeight - ROW_HEIGHT;
    const top = place * ROW_HEIGHT;
    const seen = virtual.scrollOffset ?? 0;
    const target = top < seen ? top : top + ROW_HEIGHT > seen + view ? top + ROW_HEIGHT - view : null;
    if (target !== null) element.scrollTo({ top: target / scaleOf(element, pages.total) });
    setWanted(place);
  }

  function onKeyDown(event: KeyboardEvent<HTMLDivElement>) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const at = (event.target as HTMLElement).closest('[data-row]')?.getAttribute('data-row') ?? null;
    // From the list itself, down leads to the first row in view.
    const index = at === null ? null : Number(at);
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / ROW_HEIGHT) - 2);
    const first = Math.ceil((virtual.scrollOffset ?? 0) / ROW_HEIGHT);
    const steps: Record<string, number> = {
      ArrowDown: index === null ? first : index + 1,
      ArrowUp: (index ?? 1) - 1,
      PageDown: (index ?? first) + page,
      PageUp: (index ?? first) - page,
      Home: 0,
      End: pages.total - 1,
    };
    if (event.target === event.currentTarget || index !== null) {
      const next = steps[event.key];
      if (next !== undefined) {
        event.preventDefault();
        return goToRow(next);
      }
    }
    if (event.key === ' ' && index !== null && (event.target as HTMLElement).matches('.grid-link')) {
      event.preventDefault();
      const id = pages.row(index)?.id;
      if (id !== undefined) tick(index, !selected.has(id), event.shiftKey);
    }
  }

  return (
    <>
      <VisuallyHidden role="status">{said}</VisuallyHidden>
      <div
        className="grid-table"
        ref={scroller}
        role="table"
        aria-rowcount={pages.total + 1}
        aria-label={t('title')}
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <div className="grid-head" role="row" aria-rowindex={1} style={row}>
          <div role="columnheader">
            <VisuallyHidden>{t('selection')}</VisuallyHidden>
          </div>
          <Heads columns={columns} onColumns={onColumns} sort={sort} onSort={onSort} isNumeric={isNumeric} onMoved={setSaid} />
        </div>
        <div role="rowgroup" style={{ height: drawnHeight(pages.total), position: 'relative' }}>
          <div className={held ? 'grid-held' : undefined}>
            {items.map((item) => {
              const contact = pages.row(item.index);
              return (
                <div
                  key={item.key}
                  className="grid-row"
                  role="row"
                  data-row={item.index}
                  data-contact={contact?.id}
                  aria-rowindex={item.index + 2}
                  style={{ ...row, transform: `translateY(${held ? item.start - offset : item.start}px)`, height: ROW_HEIGHT }}
                  onClick={() => contact !== undefined && go({ screen: 'contact', id: contact.id })}
                >
                  <div role="cell" className="grid-tick" onClick={(event) => event.stopPropagation()}>
                    {contact !== undefined && (
                      <Checkbox
                        size="xs"
                        aria-label={t('select', { name: contactTitle(contact) })}
                        checked={selected.has(contact.id)}
                        onChange={(event) => tick(item.index, event.currentTarget.checked, (event.nativeEvent as MouseEvent).shiftKey)}
                      />
                    )}
                  </div>
                  {columns.map(({ key }, index) => (
                    <div key={key} role="cell" data-end={isNumeric(key) || undefined}>
                      {contact === undefined ? (
                        <span className="grid-pending" />
                      ) : (
                        <Cell row={contact} column={key} first={index === 0} attributes={attributes} formats={formats} />
                      )}
                    </div>
                  ))}
                </div>
              );
            })}
          </div>
        </div>
      </div>
    </>
  );
}

/** `onMoved` hears in words where a column has come to. */
type HeadsProps = Pick<Props, 'columns' | 'onColumns' | 'sort' | 'onSort'> & {
  isNumeric: (key: string) => boolean;
  onMoved: (said: string) => void;
};

function Heads({ columns, onColumns, sort, onSort, isNumeric, onMoved }: HeadsProps) {
  const { t } = useTranslation('contact-list');
  const keys = columns.map(({ key }) => key);

  function move(key: string, label: string, place: number) {
    if (place < 0 || place >= keys.length) return;
    onColumns(movedTo(keys, key, place));
    onMoved(t('movedTo', { column: label, place: place + 1, of: keys.length }));
  }

  const dragProps = useDraggedOrder(keys, (key, place) => move(key, columns.find((each) => each.key === key)?.label ?? key, place));

  return columns.map(({ key, label }, index) => {
    const active = sort?.attribute === key;
    const next = !active ? { attribute: key, descending: false } : sort.descending ? null : { attribute: key, descending: true };
    return (
      <div
        key={key}
        role="columnheader"
        data-end={isNumeric(key) || undefined}
        aria-sort={active ? (sort.descending ? 'descending' : 'ascending') : undefined}
        {...dragProps(key)}
        onKeyDown={(event) => {
          if (!event.altKey || (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight')) return;
          event.preventDefault();
          move(key, label, index + (event.key === 'ArrowLeft' ? -1 : 1));
        }}
      >
        {key === ':tags' ? (
          <span>{label}</span>
        ) : (
          <button type="button" title={t('headHelp')} onClick={() => onSort(next)}>
            {label}
            {active && (sort.descending ? <IconArrowDown size={13} aria-hidden /> : <IconArrowUp size={13} aria-hidden />)}
          </button>
        )}
      </div>
    );
  });
}

type CellProps = { row: ContactRow; column: string; first: boolean; attributes: Attributes; formats: Formats };

function Cell({ row, column, first, attributes, formats }: CellProps) {
  if (column === ':tags') return <Tags tags={row.tags} />;
  if (column === ':consent') return <ConsentText row={row} />;
  const shown = column === ':added' ? formats.date(row.addedAt) : attributes.show(column, row.values[column]);
  if (!first) return <span title={shown}>{shown}</span>;
  return (
    <a className="grid-link" href={addressOf({ screen: 'contact', id: row.id })} onClick={(event) => event.stopPropagation()}>
      {shown === '' ? contactTitle(row) : shown}
    </a>
  );
}
