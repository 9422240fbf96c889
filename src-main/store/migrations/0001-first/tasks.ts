// The tables of what people do beside the machine: tasks that they must decide, notes, and notices for them.

export const TASKS = `
  -- Cards that a person must decide. A card of a flow belongs to one visit; opening one again makes a new card (FEATURES D32).
  CREATE TABLE tasks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT UNIQUE,               -- flow:enrollment:step:visit; null: not asked by a visit
    contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
    flow_id INTEGER,
    enrollment_id INTEGER,
    step_id TEXT,
    visit INTEGER,
    reopens INTEGER,               -- the settled card that this one opens again
    asked TEXT NOT NULL DEFAULT '', -- JSON: what the step asked for, before merge tags were filled in
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    outcomes TEXT NOT NULL,        -- JSON list of { id, label }; empty: it can only be done
    priority TEXT NOT NULL CHECK (priority IN ('normal', 'high')),
    assignee TEXT NOT NULL,
    due_at INTEGER,
    escalated_at INTEGER,
    state TEXT NOT NULL CHECK (state = 'open' OR state = 'done' OR state = 'closed'),
    outcome TEXT,
    comment TEXT NOT NULL DEFAULT '',
    closed_reason TEXT,            -- why nobody needs to decide it any more: a code
    settled_by TEXT,
    settled_at INTEGER,
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX tasks_open ON tasks(due_at) WHERE state = 'open';
  CREATE INDEX tasks_settled ON tasks(settled_at) WHERE state <> 'open';
  CREATE INDEX tasks_contact ON tasks(contact_id);
  CREATE INDEX tasks_step ON tasks(flow_id, step_id) WHERE state = 'open';

  CREATE TABLE notes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    pinned INTEGER NOT NULL DEFAULT 0,
    source TEXT NOT NULL,
    flow_id INTEGER,               -- the flow that wrote it
    created_at INTEGER NOT NULL,
    edited_at INTEGER
  ) STRICT;
  CREATE INDEX notes_contact ON notes(contact_id);

  -- What flows, and imports from watched folders, tell the user. Read ones stay until they are old.
  CREATE TABLE notices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    contact_id INTEGER REFERENCES contacts(id) ON DELETE CASCADE,
    flow_id INTEGER,
    task_id INTEGER REFERENCES tasks(id) ON DELETE CASCADE,
    key TEXT UNIQUE,               -- of a flow flow:enrollment:step:visit: no visit tells the same twice
    kind TEXT NOT NULL CHECK (kind = 'flow' OR kind = 'overdue' OR kind = 'import' OR kind = 'recipe'),
    title TEXT NOT NULL,
    text TEXT NOT NULL,
    at INTEGER NOT NULL,
    read_at INTEGER
  ) STRICT;
  CREATE INDEX notices_unread ON notices(id) WHERE read_at IS NULL;
  CREATE INDEX notices_read ON notices(read_at) WHERE read_at IS NOT NULL;
  CREATE INDEX notices_contact ON notices(contact_id);
  CREATE INDEX notices_task ON notices(task_id);
`;
