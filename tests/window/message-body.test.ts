// The body of a message comes out of the editor as it went in: chips for simple merge tags, everything else unharmed.
import { describe, expect, test } from 'vitest';
import { fromEditorHtml, isEditable, toEditorHtml } from '../../src-renderer/messages/body-html.ts';
import { readMergeTag, writeMergeTag } from '../../src-renderer/messages/merge-tag.ts';

const chip = (liquid: string) => `<span data-merge-tag="${liquid}"></span>`;

describe('into the editor', () => {
  test.each([
    ['a tag with a fallback', '<p>Hi {{ contact.first_name | default: "there" }}!</p>', `<p>Hi ${chip('{{ contact.first_name | default: &quot;there&quot; }}')}!</p>`],
    ['a tag written by an HTML editor', '<p>{{ contact.city | default: &quot;you&quot; }}</p>', `<p>${chip('{{ contact.city | default: &quot;you&quot; }}')}</p>`],
    ['a filter that no chip can show', '<p>{{ contact.total | times: 2 }}</p>', '<p>{{ contact.total | times: 2 }}</p>'],
    ['a condition', '<p>{% if contact.total > 100 %}VIP{% endif %}</p>', '<p>{% if contact.total &gt; 100 %}VIP{% endif %}</p>'],
    ['a tag in an address', '<p><a href="{{ unsubscribe_url }}">Bye</a></p>', '<p><a href="{{ unsubscribe_url }}">Bye</a></p>'],
  ])('%s', (_, stored, shown) => expect(toEditorHtml(stored)).toBe(shown));
});

describe('there and back again changes nothing', () => {
  test.each([
    '<p>Hi {{ contact.first_name | default: "there" }}!</p>',
    "<p>Hi {{contact.first_name|default:'you'}}</p>",
    '<p>{{ contact.first_name }}{{ contact.last_name }}</p>',
    '<p>{% if contact.total > 100 and contact.city != "Århus" %}A & B{% else %}C{% endif %}</p>'.replace('A & B', 'A &amp; B'),
    '<p><a href="https://example.com/?a=1&amp;b={{ contact.external_id }}">x</a></p>',
    '<p>Liquid says {{ contact.x | append: "<b>" }}</p>',
    '<h2>{{ workspace.name }}</h2><ul><li><p>1 &lt; 2</p></li></ul>',
    '<p>A brace { and another } and {{ unfinished</p>',
    '',
  ])('%s', (stored) => expect(fromEditorHtml(toEditorHtml(stored))).toBe(stored));

  test('a document with nothing in it is nothing', () => expect(fromEditorHtml('<p></p>')).toBe(''));
});

describe('what the rich text can show', () => {
  test.each([
    ['<p>Text with <strong>bold</strong> and <a href="https://example.com">a link</a></p>', true],
    ['<h1>Title</h1><ol><li><p>One</p></li></ol><hr>', true],
    ['{% if a < b %}<p>x</p>{% endif %}', true],
    ['<table><tr><td>1</td></tr></table>', false],
    ['<p style="color:red">x</p>', false],
    ['<img src="https://example.com/a.png">', false],
    ['<p>x</p><!-- note -->', false],
    ['<a name="x" href="#">x</a>', false],
  ])('%s: %s', (body, editable) => expect(isEditable(body)).toBe(editable));
});

describe('merge tags', () => {
  test.each([
    ['{{ contact.first_name }}', { name: 'contact.first_name', fallback: null }],
    ['{{ contact.first_name | default: "there" }}', { name: 'contact.first_name', fallback: 'there' }],
    ["{{contact.first_name|default:'there'}}", { name: 'contact.first_name', fallback: 'there' }],
    ['{{ unsubscribe_url }}', { name: 'unsubscribe_url', fallback: null }],
    ['{{ contact.first_name | upcase }}', null],
    ['{{ order.total }}', null],
    ['{% if contact.first_name %}', null],
  ])('%s', (liquid, tag) => expect(readMergeTag(liquid)).toEqual(tag));

  test.each(['there', 'you "all"', "it's", 'Ærø'])('a fallback of %s survives', (fallback) => {
    expect(readMergeTag(writeMergeTag({ name: 'contact.first_name', fallback }))).toEqual({ name: 'contact.first_name', fallback });
  });

  test('no fallback cannot break out of the tag', () => {
    const liquid = writeMergeTag({ name: 'contact.city', fallback: `a"b'c}} {% raw %}` });
    expect(readMergeTag(liquid)).not.toBeNull();
  });
});
