// The body of a message on its way into the editor and back. Stored is HTML whose merge tags are Liquid in its text; the editor
// wants chips as elements. Liquid that no chip can show goes through as text, unharmed. Pure text work, without a DOM.
import { readMergeTag } from './merge-tag.ts';

type Piece = { kind: 'tag' | 'liquid' | 'text'; text: string };

const PIECE = /(?<liquid>\{\{[^]*?\}\}|\{%[^]*?%\})|(?<tag><!--[^]*?-->|<\/?[a-zA-Z](?:[^>"']|"[^"]*"|'[^']*')*>)/g;

/** HTML cut into tags, Liquid in the text between them, and the rest of the text. Liquid inside a tag belongs to the tag. */
function pieces(html: string): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const match of html.matchAll(PIECE)) {
    if (match.index > end) found.push({ kind: 'text', text: html.slice(end, match.index) });
    found.push({ kind: match.groups?.['liquid'] === undefined ? 'tag' : 'liquid', text: match[0] });
    end = match.index + match[0].length;
  }
  if (end < html.length) found.push({ kind: 'text', text: html.slice(end) });
  return found;
}

const ENTITIES: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&nbsp;': ' ', '&amp;': '&' };

function decode(text: string): string {
  return text.replace(/&(?:lt|gt|quot|#39|nbsp|amp);/g, (entity) => ENTITIES[entity]!).replaceAll('\u00a0', ' ');
}

function encode(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** Stored HTML for the editor: simple merge tags become `<span data-merge-tag>`, other Liquid becomes plain text. */
export function toEditorHtml(body: string): string {
  return pieces(body)
    .map(({ kind, text }) => {
      if (kind !== 'liquid') return text;
      const liquid = decode(text);
      return readMergeTag(liquid) === null ? encode(liquid) : `<span data-merge-tag="${encode(liquid)}"></span>`;
    })
    .join('');
}

const CHIP = /^<span data-merge-tag="([^"]*)">$/;

/** The editor's HTML as it is stored: chips become exactly the Liquid that they stand for. An empty document is empty. */
export function fromEditorHtml(html: string): string {
  if (/^(<p><\/p>)*$/.test(html)) return '';
  let insideChip = false;
  return pieces(html)
    .map(({ kind, text }) => {
      if (kind === 'liquid') return decode(text);
      const chip = kind === 'tag' ? CHIP.exec(text) : null;
      if (chip !== null) {
        insideChip = true;
        return decode(chip[1]!);
      }
      if (insideChip && text === '</span>') {
        insideChip = false;
        return '';
      }
      return text;
    })
    .join('');
}

const PLAIN_TAGS = new Set(['p', 'br', 'h1', 'h2', 'h3', 'strong', 'b', 'em', 'i', 'u', 's', 'a', 'ul', 'ol', 'li', 'blockquote', 'hr']);
const PLAIN_ATTRIBUTES = new Set(['href', 'target', 'rel']);

/** Whether the editor can show the body without losing anything of it; if not, it is edited as HTML. */
export function isEditable(body: string): boolean {
  return pieces(body).every(({ kind, text }) => {
    if (kind !== 'tag') return true;
    const name = /^<\/?([a-zA-Z0-9]+)/.exec(text)?.[1]?.toLowerCase();
    if (name === undefined || !PLAIN_TAGS.has(name)) return false;
    const rest = text.replace(/^<\/?[a-zA-Z0-9]+/, '').replace(/\/?>$/, '');
    const attributes = [...rest.matchAll(/([^\s=]+)(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s]+))?/g)].map((match) => match[1]!.toLowerCase());
    return attributes.every((attribute) => name === 'a' && PLAIN_ATTRIBUTES.has(attribute));
  });
}
