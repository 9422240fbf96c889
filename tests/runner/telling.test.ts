// What flows write down and tell: notes on contacts, and notices for the user (FEATURES A4.10, A5.22).
import { afterEach, describe, expect, test } from 'vitest';
import { DAY, HOUR } from '../../shared/time.ts';
import { taskHandlers } from '../../src-main/handlers/tasks.ts';
import { addContact } from '../workspace-fixture.ts';
import { flowOf, stage, type Stage } from './story.ts';

let s: Stage;
afterEach(() => s.workspace.close());

const tasks = () => taskHandlers(s.workspace);
const eventsOf = (contact: number, type: string) => s.all('SELECT id FROM events WHERE contact_id = ? AND type = ?', contact, type);

describe('notes and notices of a flow', () => {
  test('a note is written with merge tags, once a visit; a blank one is not', async () => {
    s = stage();
    s.live(flowOf({ steps: [{ id: 'note', type: 'addNote', config: { text: 'Hello {{ contact.first_name }}!' } }, { id: 'blank', type: 'addNote', config: { text: '{{ contact.phone }}' } }] }));
    const ada = addContact(s.workspace, { email: 'ada@example.com', first_name: 'Ada' });
    await s.pass(DAY);
    expect(s.all('SELECT contact_id AS contact, text, source FROM notes')).toEqual([{ contact: ada, text: 'Hello Ada!', source: 'flow' }]);
    expect(eventsOf(ada, 'note_added')).toHaveLength(1);
  });

  test('a notice is told once, read, and forgotten when it is old', async () => {
    s = stage();
    s.live(flowOf({ steps: [{ id: 'tell', type: 'notify', config: { title: '{{ contact.first_name | default: "Somebody" }} is here', text: 'Look.' } }] }));
    addContact(s.workspace, { email: 'ada@example.com', first_name: 'Ada' });
    addContact(s.workspace, { email: 'bo@example.com' });
    await s.pass(DAY);
    // On the desktop, too.
    expect(s.workspace.heard.filter(({ type }) => type === 'notice')).toEqual([{ type: 'notice', title: 'Ada is here', body: 'Look.' }, { type: 'notice', title: 'Somebody is here', body: 'Look.' }]);
    const list = () => tasks()['notices.list']({ unread: false, limit: 10 }) as { unread: number; rows: { id: number; title: string; contactName: string }[] };
    expect(list()).toMatchObject({ unread: 2, rows: [{ title: 'Somebody is here', contactName: 'bo@example.com' }, { title: 'Ada is here', contactName: 'Ada' }] });
    await tasks()['notices.read']({ ids: [list().rows[0]!.id] });
    expect(list().unread).toBe(1);
    await tasks()['notices.read']({ ids: null });
    await s.pass(100 * DAY);
    await tasks()['notices.read']({ ids: null });
    expect(list()).toEqual({ unread: 0, rows: [] });
  });

  test('a template that asks for too much fails its own contact, and nobody else', async () => {
    s = stage();
    s.live(flowOf({ steps: [{ id: 'note', type: 'addNote', config: { text: '{% if contact.first_name %}{% for i in (1..9000000) %}x{% endfor %}{% endif %}fine' } }] }));
    addContact(s.workspace, { email: 'ada@example.com', first_name: 'Ada' });
    const bo = addContact(s.workspace, { email: 'bo@example.com' });
    await s.pass(HOUR);
    expect(s.all(`SELECT contact_id AS contact FROM enrollments WHERE state = 'finished'`)).toEqual([{ contact: bo }]);
    expect(s.one(`SELECT count(*) FROM enrollments WHERE state = 'failed'`)).toBe(1);
  });
});
