// What a reader gets: values by kind and language, escaping, cleaning, the locked footer, plain text, bytes; and what a
// hostile or broken template costs (FAULTS 0.4, F31, F32; FEATURES A7.1).
import fc from 'fast-check';
import MailComposer from 'nodemailer/lib/mail-composer';
import { afterAll, describe, expect, test } from 'vitest';
import { oneLine } from '../../shared/messages/header-text.ts';
import { systemClock } from '../../src-main/clock.ts';
import { composeMail } from '../../src-main/rendering/compose.ts';
import type { Reader, Rendered, RenderedMail, RenderJob } from '../../src-main/rendering/job.ts';
import { createRenderer } from '../../src-main/rendering/renderer.ts';

const renderer = createRenderer(systemClock);
afterAll(() => renderer.close());

const UNSUBSCRIBE = 'mailto:shop@example.dk?subject=unsubscribe%201.abc';

function job(
  message: Partial<RenderJob['message']>,
  readers: Partial<Reader>[] = [{}],
  workspace: Partial<RenderJob['workspace']> = {},
): RenderJob {
  return {
    message: { purpose: 'marketing', subject: 'Subject', preheader: '', body: '<p>Body</p>', ...message },
    kinds: {
      email: 'text',
      first_name: 'text',
      spent: 'money',
      score: 'number',
      born: 'date',
      seen: 'dateTime',
      vip: 'yesNo',
      likes: 'choices',
      plan: 'choice',
    },
    workspace: {
      name: 'Testbutik',
      postalAddress: 'Testvej 1\n2100 København Ø',
      locale: 'da-DK',
      zone: 'Europe/Copenhagen',
      currency: 'DKK',
      ...workspace,
    },
    from: { name: 'Butikken', address: 'shop@example.dk' },
    now: Date.UTC(2026, 2, 2, 8, 0),
    readers: readers.map((reader) => ({
      to: 'ada@example.dk',
      messageId: 'kanal.1@example.dk',
      unsubscribeUrl: UNSUBSCRIBE,
      ...reader,
      values: { email: 'ada@example.dk', ...reader.values },
    })),
  };
}

async function renderOne(
  message: Partial<RenderJob['message']>,
  values: Reader['values'] = {},
  workspace: Partial<RenderJob['workspace']> = {},
): Promise<RenderedMail> {
  const [rendered] = await renderer.render(job(message, [{ values }], workspace));
  if ('failure' in rendered!) throw new Error(`${rendered.failure}: ${rendered.detail}`);
  return rendered!;
}

/** What stands in the body's cell. */
const bodyOf = (html: string) => /class="kanal-body"[^>]*>\n([\s\S]*?)\n<\/td>/.exec(html)![1]!;
const inBody = async (body: string, values: Reader['values'] = {}, workspace: Partial<RenderJob['workspace']> = {}) =>
  bodyOf((await renderOne({ body }, values, workspace)).html);
/** Intl writes blanks that do not break. */
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]|&nbsp;/g, ' ');

describe('values', () => {
  const CASES: [string, Reader['values'], string][] = [
    ['{{ contact.first_name }}', { first_name: '<b>Ada & Co</b>' }, '&lt;b&gt;Ada &amp; Co&lt;/b&gt;'],
    ['{{ contact.first_name | default: "there" }}', {}, 'there'],
    ['{{ contact.first_name | default: "there" }}', { first_name: '' }, 'there'],
    ['{{ contact.first_name | upcase }}', { first_name: 'Åse' }, 'ÅSE'],
    ['{{ contact.spent }}', { spent: 123456 }, '1.234,56 kr.'],
    ['{{ contact.spent }}', { spent: 123456, language: 'en-GB' }, 'DKK 1,234.56'],
    ['{{ contact.score }}', { score: 1234.5 }, '1.234,5'],
    ['{{ contact.born }}', { born: '1990-02-28' }, '28. februar 1990'],
    ['{{ contact.born }}', { born: '1990-02-28', language: 'sv' }, '28 februari 1990'],
    ['{{ contact.born | date: "%Y/%m" }}', { born: '1990-02-28' }, '1990/02'],
    ['{{ contact.born | date: "%B" }}', { born: '1990-02-28', language: 'pl' }, 'luty'],
    ['{{ contact.seen }}', { seen: Date.UTC(2026, 6, 1, 22, 30) }, '2. juli 2026 kl. 00.30'],
    [
      '{{ contact.seen | date: "%Y-%m-%d %H:%M" }}',
      { seen: Date.UTC(2026, 6, 1, 22, 30), time_zone: 'America/New_York' },
      '2026-07-01 18:30',
    ],
    ['{{ contact.vip }}', { vip: true }, 'ja'],
    ['{{ contact.vip }}', { vip: false, language: 'nl' }, 'nee'],
    ['{{ contact.likes }}', { likes: ['te', 'kaffe'] }, 'te, kaffe'],
    ['{% for like in contact.likes %}[{{ like }}]{% endfor %}', { likes: ['te', 'kaffe'] }, '[te][kaffe]'],
    ['{% if contact.spent > 100 %}big{% else %}small{% endif %}', { spent: 10001 }, 'big'],
    ['{% if contact.spent == 50 %}fifty{% endif %}', { spent: 5000 }, 'fifty'],
    ['{% if contact.vip %}vip{% else %}not{% endif %}', { vip: false }, 'not'],
    [
      '{% if contact.spent&nbsp;&gt;&nbsp;100 and contact.email != &quot;&quot; %}x{% endif %}{% if contact.spent &gt; 100 %}big{% endif %}',
      { spent: 10001 },
      'xbig',
    ],
    ['{{ contact.first_name | default: &quot;there&quot; }}', {}, 'there'],
    ['{{ "now" | date: "%Y-%m-%d" }}', {}, '2026-03-02'],
    ['{{ workspace.name }}, {{ workspace.postal_address | newline_to_br }}', {}, 'Testbutik, Testvej 1<br />2100 København Ø'],
    ['{% capture x %}{{ contact.first_name }}{% endcapture %}{{ x }}', { first_name: 'A & B' }, 'A &amp; B'],
    ['{{ contact.first_name | escape }}', { first_name: 'A & B' }, 'A &amp; B'],
  ];
  test.each(CASES)('%s with %j is %s', async (body, values, expected) => {
    expect(plain(await inBody(body, values))).toBe(expected);
  });

  test('subject and preheader are plain text, in one line', async () => {
    const { subject, preheader, html } = await renderOne(
      { subject: ' Hi {{ contact.first_name }}\n', preheader: '{{ contact.first_name }}' },
      { first_name: 'A & "B"\r\nBcc: x@y.dk' },
    );
    expect([subject, preheader]).toEqual(['Hi A & "B" Bcc: x@y.dk', 'A & "B" Bcc: x@y.dk']);
    expect(html).toContain('<title>Hi A &amp; &quot;B&quot; Bcc: x@y.dk</title>');
    expect(html).toMatch(/display:none[^>]*>A &amp; &quot;B&quot; Bcc/);
  });
});

describe('what is missing or broken is said, for this reader alone', () => {
  const CASES: [string, Record<string, unknown>][] = [
    ['{{ contact.first_name }}', { failure: 'missing-value', detail: 'contact.first_name' }],
    ['{{ contact.no_such }}', { failure: 'missing-value', detail: 'contact.no_such' }],
    ['{{ contact.likes | first }}', { failure: 'missing-value', detail: 'contact.likes' }],
    ['{{ contact.constructor }}', { failure: 'missing-value' }],
    ['{{ contact.__proto__ }}', { failure: 'missing-value' }],
    ['{% render "package.json" %}', { failure: 'template', detail: expect.stringContaining('"render" not found') }],
    ['{% include "/etc/passwd" %}', { failure: 'template' }],
    ['{% layout "x" %}', { failure: 'template' }],
    ['{{ contact.email | raw }}', { failure: 'template', detail: expect.stringContaining('undefined filter') }],
    ['{{ contact.email', { failure: 'template' }],
    ['{% if %}', { failure: 'template' }],
    ['{% for i in (1..100000000) %}{% endfor %}', { failure: 'template' }],
    ['{% for i in (1..3000) %}{% for j in (1..3000) %}x{% endfor %}{% endfor %}', { failure: 'template' }],
    [`{% assign a = "aaaaaaaaaa" %}${'{% assign a = a | append: a %}'.repeat(20)}{{ a }}`, { failure: 'template' }],
  ];
  test.each(CASES)('%s', async (body, expected) => {
    const [broken] = await renderer.render(job({ body }));
    expect(broken).toMatchObject(expected);
  });

  test('inside an `if` that asks for it, nothing is missing', async () => {
    expect(await inBody('{% if contact.first_name %}Hi {{ contact.first_name }}{% else %}Hi{% endif %}')).toBe('Hi');
  });

  test('one that hangs the thread is stopped, and the others are rendered', async () => {
    // Looked at five times as often as in earnest, so that the thread is found hanging before Liquid's own limit ends it.
    const impatient = createRenderer({ after: (ms, act) => systemClock.after(ms / 5, act) });
    const slow =
      '{% if contact.first_name == "slow" %}{% for i in (1..2200) %}{% for j in (1..2200) %}{% if j > i %}{% endif %}{% endfor %}{% endfor %}{% endif %}ok';
    await impatient.render(job({ body: 'warm' }));
    const rendered = await impatient.render(job({ body: slow }, [{ values: {} }, { values: { first_name: 'slow' } }, { values: {} }]));
    expect(rendered.map((each: Rendered) => ('failure' in each ? each.failure : 'ok'))).toEqual(['ok', 'too-slow', 'ok']);
    expect((await impatient.render(job({ body: 'again' }))).map((each) => 'failure' in each)).toEqual([false]);
    await impatient.close();
  });

  test('what is too much for everybody is not tried with everybody', async () => {
    const rendered = await renderer.render(
      job(
        { body: '{% for i in (1..100000000) %}{% endfor %}' },
        Array.from({ length: 500 }, () => ({})),
      ),
    );
    expect(rendered).toHaveLength(500);
    expect(new Set(rendered.map((each) => ('failure' in each ? each.failure : 'ok')))).toEqual(new Set(['template']));
  });
});

describe('cleaning', () => {
  const CASES: [string, string][] = [
    ['<p onclick="x()">a</p>', '<p>a</p>'],
    ['<script>alert(1)</script>a', 'a'],
    ['<a href="javascript:alert(1)">a</a>', '<a>a</a>'],
    ['<a href="{{ contact.first_name }}">a</a>', '<a>a</a>'],
    ['<iframe src="https://x.dk"></iframe><form><input></form>a', 'a'],
    ['<img src="https://x.dk/a.png" onerror="x()" alt="A">', '<img src="https://x.dk/a.png" alt="A" />'],
    ['<img src="file:///etc/passwd"><img src="data:text/html,x"><img src="//x.dk/a.png">', '<img /><img /><img />'],
    [
      '<a href="https://x.dk/?a=1&amp;b={{ contact.email | url_encode }}">a</a>',
      '<a href="https://x.dk/?a=1&amp;b=ada%40example.dk">a</a>',
    ],
    ['<table><tr><td style="color:red">a</td></tr></table>', '<table><tr><td style="color:red">a</td></tr></table>'],
  ];
  test.each(CASES)('%s', async (body, expected) => {
    expect(await inBody(body, { first_name: 'javascript:alert(1)' })).toBe(expected);
  });
});

describe('the footer', () => {
  const FOOTERS: [string, RegExp, string][] = [
    ['da', /Du får denne e-mail/, 'Afmeld'],
    ['en', /You receive this e-mail/, 'Unsubscribe'],
    ['nl-BE', /U ontvangt deze e-mail/, 'Afmelden'],
    ['Polish', /Otrzymujesz tę wiadomość/, 'Wypisz się'],
    ['sv_SE', /Du får det här mejlet/, 'Avsluta prenumerationen'],
    ['', /Du får denne e-mail/, 'Afmeld'],
    ['klingon', /Du får denne e-mail/, 'Afmeld'],
    ['fr', /You receive this e-mail/, 'Unsubscribe'],
  ];
  test.each(FOOTERS)('in the language of the reader: %j', async (language, why, unsubscribe) => {
    const { html, text } = await renderOne({}, { language });
    for (const part of [html, text]) {
      expect(part).toMatch(why);
      expect(part).toContain('Butikken, Testvej 1, 2100 København Ø');
      expect(part).toContain(unsubscribe);
      expect(part).toContain(UNSUBSCRIBE);
    }
  });

  test('cannot be left out, hidden by an open tag, or had where it is not due', async () => {
    const { html } = await renderOne({ body: '<div style="display:none"><!-- <p>open' });
    expect(html.indexOf('</div>')).toBeLessThan(html.indexOf('Afmeld'));
    expect(html).not.toContain('<!-- <p>');
    const { html: receipt, headers } = await renderOne({ purpose: 'transactional' });
    expect(receipt).not.toContain('Afmeld');
    expect(headers).toEqual({ 'Auto-Submitted': 'auto-generated' });
  });
});

test('the plain text says the same, with its links', async () => {
  const { text } = await renderOne({
    purpose: 'transactional',
    body: '<h1>Hello</h1><p>Look at <a href="https://x.dk/a">this</a> &amp; that.</p><ul><li>one</li><li>two</li></ul><img src="https://x.dk/a.png" alt="A">',
  });
  expect(text).toBe('Hello\n\nLook at this <https://x.dk/a> & that.\n\n * one\n * two\n');
});

test('the same mail gives the same bytes and the same hash (D26)', async () => {
  const once = (await renderOne({ body: '<p>{{ contact.email }}</p>' })).bytes!;
  const again = (await renderOne({ body: '<p>{{ contact.email }}</p>' })).bytes!;
  const other = (await renderOne({ body: '<p>{{ contact.email }}!</p>' })).bytes!;
  expect(again.hash).toBe(once.hash);
  expect(Buffer.from(again.eml).equals(Buffer.from(once.eml))).toBe(true);
  expect(other.hash).not.toBe(once.hash);
  const eml = Buffer.from(once.eml).toString('latin1');
  expect(eml.split('\r\n').every((line) => line.length <= 998 && !/[\r\n]/.test(line))).toBe(true);
  expect(eml).toMatch(/^Message-ID: <kanal\.1@example\.dk>$/m);
  expect(eml).toMatch(/^Date: Mon, 02 Mar 2026 08:00:00 \+0000$/m);
});

test('the bytes are those that nodemailer would stream', async () => {
  const words = ['Hello', 'blåbær', 'łódź', '日本語', '🎉', '=3D', '.', '..', '\n.\n', '\r\n', ' \n', '\t', 'a'.repeat(200), 'é'.repeat(90), '<p>', '&nbsp;'];
  const text = fc.array(fc.constantFrom(...words), { maxLength: 200 }).map((some) => `${some.join(' ')}\n`);
  await fc.assert(
    fc.asyncProperty(text, text, fc.constantFrom('Butikken', 'Bøger & Øl'), fc.constantFrom('ada@example.dk', 'øl@øl.dk'), async (html, bare, name, to) => {
      const mail = { from: { name, address: 'shop@example.dk' }, to, subject: oneLine(bare.slice(0, 90)), html, text: bare, messageId: 'kanal.1@example.dk', headers: { Precedence: 'bulk' }, date: new Date(0) };
      const streamed = new MailComposer({
        ...mail,
        to: { name: '', address: to },
        messageId: `<${mail.messageId}>`,
        headers: [{ key: 'Precedence', value: { prepared: true, value: 'bulk' } }],
        baseBoundary: 'kanal1exampledk',
        encoding: 'utf-8',
        newline: 'windows',
      });
      expect(composeMail(mail).toString()).toBe((await streamed.compile().build()).toString());
    }),
    { numRuns: 200 },
  );
});

test('nothing breaks out of a header', () => {
  const parts = {
    from: { name: 'Shop\r\nBcc: x@y.dk', address: 'shop@example.dk' },
    to: 'ada@example.dk',
    subject: 'Hi\r\nBcc: x@y.dk',
    html: '',
    text: 'x',
    messageId: 'a@b',
    headers: {},
    date: new Date(0),
  };
  expect(composeMail(parts).toString()).not.toMatch(/^Bcc/m);
  expect(() => composeMail({ ...parts, to: 'a@b.dk>\r\nBcc: <x@y.dk' })).toThrow();
  expect(() => composeMail({ ...parts, headers: { 'List-Unsubscribe': '<x>\r\nBcc: x@y.dk' } })).toThrow('not one line');
  expect(() => composeMail({ ...parts, headers: { 'X\r\nBcc': 'x' } })).toThrow();
});
