// The contact list: only the rows in view are drawn, so that a hundred thousand scroll like ten.
import { useEffect, useRef } from 'react';
import { Checkbox, VisuallyHidden } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ContactRow } from '../../shared/api.ts';
import { addressOf, go } from '../app/routes.ts';
import type { Formats } from '../app/workspace.tsx';
import { ConsentText } from './ConsentText.tsx';
import type { Attributes } from './attributes.ts';
import type { ContactPages } from './contact-pages.ts';
import { contactTitle } from './contact-name.ts';
import { Tags } from './Tags.tsx';

export type Sort = { attribute: string; descending: boolean };

const ROW_HEIGHT = 40;
/** Least width in pixels, and share of what is left. */
const WIDTHS: Record<string, [number, number]> = { email: [250, 1.6], ':tags': [190, 1.3], ':consent': [140, 0.7], ':added': [110, 0.5] };
const USUAL_WIDTH: [number, number] = [130, 1];
const NUMERIC = new Set(['number', 'money']);

type Props = {
  pages: ContactPages;
  columns: string[];
  attributes: Attributes;
  formats: Formats;
  sort: Sort | null;
  onSort: (sort: Sort | null) => void;
  searchKey: string;
  selected: ReadonlySet<number>;
  onSelect: (selected: ReadonlySet<number>) => void;
};

export function ContactTable({ pages, columns, attributes, formats, sort, onSort, searchKey, selected, onSelect }: Props) {
  const { t } = useTranslation('contacts');
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: pages.total, getScrollElement: () => scroller.current, estimateSize: () => ROW_HEIGHT, overscan: 12 });
  const items = virtual.getVirtualItems();
  const from = items[0]?.index ?? 0;
  const to = items.at(-1)?.index ?? 0;
  const { look } = pages;
  useEffect(() => look(from, to), [look, from, to]);
  // Braces: browsers answer scrollTo with a promise, which is no way to clean up.
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [searchKey, sort]);

  const widths = columns.map((key) => WIDTHS[key] ?? USUAL_WIDTH);
  const row = { gridTemplateColumns: `36px ${widths.map(([least, share]) => `minmax(${least}px, ${share}fr)`).join(' ')}`, minWidth: widths.reduce((sum, [least]) => sum + least, 68) };
  const kinds = new Map(attributes.list.map((attribute) => [attribute.key, attribute.kind]));
  const isNumeric = (key: string) => NUMERIC.has(kinds.get(key) ?? '');
  const labels: Record<string, string> = { ':tags': t('column.tags'), ':consent': t('column.consent'), ':added': t('column.added') };
  const label = (key: string) => labels[key] ?? attributes.labelOf(key);

  /** The last one ticked: with Shift, all between it and the next one follow, as far as they have been looked at. */
  const anchor = useRef<number | null>(null);
  function tick(index: number, on: boolean, withShift: boolean) {
    const from = withShift && anchor.current !== null ? anchor.current : index;
    const next = new Set(selected);
    for (let at = Math.min(from, index); at <= Math.max(from, index); at++) {
      const id = pages.row(at)?.id;
      if (id === undefined) continue;
      if (on) next.add(id);
      else next.delete(id);
    }
    anchor.current = index;
    onSelect(next);
  }

  return (
    <div className="grid-table" ref={scroller} role="table" aria-rowcount={pages.total + 1} aria-label={t('title')} tabIndex={0}>
      <div className="grid-head" role="row" aria-rowindex={1} style={row}>
        <div role="columnheader">
          <VisuallyHidden>{t('selection')}</VisuallyHidden>
        </div>
        {columns.map((key) => {
          const attribute = key === ':added' ? 'added_at' : key;
          const active = sort?.attribute === attribute;
          const cannotSort = key === ':tags' || key === ':consent';
          const next = !active ? { attribute, descending: false } : sort.descending ? null : { attribute, descending: true };
          return (
            <div key={key} role="columnheader" data-end={isNumeric(key) || undefined} aria-sort={active ? (sort.descending ? 'descending' : 'ascending') : undefined}>
              {cannotSort ? (
                <span>{label(key)}</span>
              ) : (
                <button type="button" onClick={() => onSort(next)}>
                  {label(key)}
                  {active && (sort.descending ? <IconArrowDown size={13} aria-hidden /> : <IconArrowUp size={13} aria-hidden />)}
                </button>
              )}
            </div>
          );
        })}
      </div>
      <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {items.map((item) => {
          const contact = pages.row(item.index);
          return (
            <div
              key={item.key}
              className="grid-row"
              role="row"
              aria-rowindex={item.index + 2}
              style={{ ...row, transform: `translateY(${item.start}px)`, height: ROW_HEIGHT }}
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
              {columns.map((key, index) => (
                <div key={key} role="cell" data-end={isNumeric(key) || undefined}>
                  {contact === undefined ? <span className="grid-pending" /> : <Cell row={contact} column={key} first={index === 0} attributes={attributes} formats={formats} />}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
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
