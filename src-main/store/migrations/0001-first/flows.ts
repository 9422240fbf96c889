// The tables of messages, flows, who is in them, and the way everybody took.

export const FLOWS = `
  CREATE TABLE messages (
    key TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    channel TEXT NOT NULL,
    purpose TEXT NOT NULL,
    topic TEXT,                    -- of consent; null: the channel as a whole
    subject TEXT NOT NULL,
    preheader TEXT NOT NULL,
    body TEXT NOT NULL,
    cost INTEGER,                  -- minor units per message
    updated_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE flows (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('draft', 'live', 'paused', 'archived')),
    draft TEXT NOT NULL,           -- JSON of the flow
    revision INTEGER NOT NULL,     -- of the draft; rises with every save
    saved_at INTEGER NOT NULL,
    live_version INTEGER,
    kept_versions TEXT NOT NULL DEFAULT '[]', -- JSON: the earlier ones that people may still follow, who were kept on them
    priority INTEGER NOT NULL DEFAULT 1, -- of the live version; the lower goes first: 0 high, 1 normal, 2 low
    paused_at INTEGER,
    -- How the last pause ended: what was meant to leave before resumed_at is sent or skipped, whatever its lateness.
    resumed_at INTEGER,
    resumed_as TEXT CHECK (resumed_as IN ('send', 'skip')),
    drain TEXT CHECK (drain IN ('pause', 'archive')), -- nobody comes in any more; what becomes of the flow when the last one has left
    halted TEXT,                   -- JSON: the step that failed for so many that the flow was paused
    created_at INTEGER NOT NULL
  ) STRICT;

  -- Published versions: never changed, never removed.
  CREATE TABLE flow_versions (
    flow_id INTEGER NOT NULL REFERENCES flows(id),
    number INTEGER NOT NULL,
    flow TEXT NOT NULL,            -- JSON
    messages TEXT NOT NULL,        -- JSON: the messages as published with it
    published_at INTEGER NOT NULL,
    PRIMARY KEY (flow_id, number)
  ) STRICT, WITHOUT ROWID;

  -- A list of three after IN becomes a table of its own each time that a row is written; hence the many ORs, of which each costs next to nothing.
  CREATE TABLE enrollments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    flow_id INTEGER NOT NULL REFERENCES flows(id),
    contact_id INTEGER NOT NULL,
    entry_key TEXT NOT NULL,       -- what may happen only once: '' or an occurrence such as 'birthday:2026'
    parallel_key TEXT NOT NULL DEFAULT '', -- passages of one contact beside each other: the value of the event's property
    trigger_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state = 'active' OR state = 'held' OR state = 'failed' OR state = 'finished' OR state = 'exited'),
    step_id TEXT,
    step_entered_at INTEGER NOT NULL,
    step_shift INTEGER NOT NULL DEFAULT 0, -- ms by which pauses have moved this stay on
    step_after_event INTEGER NOT NULL DEFAULT 0, -- the last event that was recorded then
    started INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER,
    visit INTEGER NOT NULL DEFAULT 1,
    message_result TEXT,
    exit_reason TEXT,
    failure TEXT,
    failed_at INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0, -- how often the step has failed in this visit
    entered_at INTEGER NOT NULL,
    left_at INTEGER,
    parent_id INTEGER,             -- of a parallel path: the passage that was divided; the path is no passage of its own
    fork INTEGER NOT NULL DEFAULT 0, -- the visit of the parent in which that was
    path TEXT NOT NULL DEFAULT '', -- the way out by which the path left that step
    kept_version INTEGER           -- the version that somebody was kept on when a later one was published; null: follows the one that is live
  ) STRICT;
  CREATE UNIQUE INDEX enrollments_inside ON enrollments(flow_id, contact_id, parallel_key, path) WHERE state = 'active' OR state = 'held' OR state = 'failed';
  -- By flow, so that people who are overdue in a paused flow cost the others nothing.
  CREATE INDEX enrollments_due ON enrollments(flow_id, due_at) WHERE state = 'active' AND due_at IS NOT NULL;
  CREATE INDEX enrollments_stuck ON enrollments(flow_id, state) WHERE state IN ('held', 'failed');
  CREATE INDEX enrollments_left ON enrollments(flow_id, left_at) WHERE left_at IS NOT NULL;
  CREATE INDEX enrollments_paths ON enrollments(parent_id) WHERE parent_id IS NOT NULL;
  -- Who is on an earlier version, and where: counted from the index alone.
  CREATE INDEX enrollments_kept ON enrollments(flow_id, kept_version, step_id, parent_id, state) WHERE kept_version IS NOT NULL AND (state = 'active' OR state = 'held' OR state = 'failed');
  CREATE INDEX enrollments_contact ON enrollments(contact_id, flow_id, entered_at);
  -- With the instant at which they came, so that people who came together, and mostly go on together, lie together in it, wherever they lie in the table.
  CREATE INDEX enrollments_step ON enrollments(flow_id, step_id, step_entered_at) WHERE state = 'active' OR state = 'held' OR state = 'failed';
  CREATE UNIQUE INDEX enrollments_occurrence ON enrollments(flow_id, contact_id, entry_key) WHERE entry_key <> '';

  -- Who comes into a flow later: spread over some time, or when the passage that they are in has ended (due_at null).
  CREATE TABLE waiting_entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    flow_id INTEGER NOT NULL REFERENCES flows(id) ON DELETE CASCADE,
    contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
    entry_key TEXT NOT NULL,
    parallel_key TEXT NOT NULL,
    trigger_id TEXT NOT NULL,
    source TEXT NOT NULL,
    since INTEGER NOT NULL,        -- when they took their place in the line
    due_at INTEGER,
    UNIQUE (flow_id, contact_id, parallel_key)
  ) STRICT;
  CREATE INDEX waiting_entries_due ON waiting_entries(flow_id, due_at);
  CREATE INDEX waiting_entries_contact ON waiting_entries(contact_id);

  -- What a trigger remembers of a contact from event to event, such as what has added up since it last started.
  CREATE TABLE trigger_memories (
    flow_id INTEGER NOT NULL,
    trigger_id TEXT NOT NULL,
    contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
    memory TEXT NOT NULL,          -- JSON
    PRIMARY KEY (flow_id, trigger_id, contact_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX trigger_memories_contact ON trigger_memories(contact_id);

  -- Append-only: one row for each stay at a step that has ended. outlet is null when it ended in an exit.
  CREATE TABLE visits (
    enrollment_id INTEGER NOT NULL,
    visit INTEGER NOT NULL,
    flow_id INTEGER NOT NULL,
    version INTEGER NOT NULL,      -- the version that was live at that moment (FAULTS I4)
    step_id TEXT NOT NULL,
    entered_at INTEGER NOT NULL,
    left_at INTEGER NOT NULL,
    outlet TEXT,
    PRIMARY KEY (enrollment_id, visit)
  ) STRICT, WITHOUT ROWID;

  -- Sums of the visits and of the ledger, kept in the transactions that write those; tests compare them.
  CREATE TABLE step_counts (
    flow_id INTEGER NOT NULL,
    step_id TEXT NOT NULL,
    what TEXT NOT NULL,            -- 'left:<outlet>', 'left:exit', 'late' (events after the time-out of their wait); for the whole flow (step ''): 'entered', 'finished', 'exited'
    n INTEGER NOT NULL,
    PRIMARY KEY (flow_id, step_id, what)
  ) STRICT, WITHOUT ROWID;
`;
