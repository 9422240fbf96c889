// The first schema of a workspace: everything that a workspace file holds.
import type { Database } from 'better-sqlite3';

export function migrate(db: Database): void {
  db.exec(`
    CREATE TABLE settings (
      key TEXT PRIMARY KEY,
      value TEXT NOT NULL            -- JSON
    ) STRICT, WITHOUT ROWID;

    -- Custom attributes are columns of contacts, named 'a_' and the key, so that rules stay plain SQL.
    CREATE TABLE attributes (
      id INTEGER PRIMARY KEY,
      key TEXT NOT NULL UNIQUE,
      label TEXT NOT NULL,
      kind TEXT NOT NULL,
      choices TEXT,                  -- JSON list
      created_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE contacts (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      email TEXT UNIQUE,             -- normalised: trimmed, lower case, IDN
      phone TEXT,
      external_id TEXT,
      first_name TEXT,
      last_name TEXT,
      language TEXT,
      time_zone TEXT,                -- IANA; null: the workspace's
      added_at INTEGER NOT NULL,
      import_id INTEGER              -- the import that added it
    ) STRICT;
    CREATE INDEX contacts_phone ON contacts(phone) WHERE phone IS NOT NULL;
    CREATE INDEX contacts_external_id ON contacts(external_id) WHERE external_id IS NOT NULL;
    CREATE INDEX contacts_time_zone ON contacts(time_zone) WHERE time_zone IS NOT NULL;

    CREATE TABLE tags (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE contact_tags (
      contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
      tag_id INTEGER NOT NULL REFERENCES tags(id),
      added_at INTEGER NOT NULL,
      PRIMARY KEY (contact_id, tag_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX contact_tags_tag ON contact_tags(tag_id, contact_id);

    -- Append-only. What holds now is the latest row of a contact and channel.
    CREATE TABLE consents (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
      channel TEXT NOT NULL,
      topic TEXT NOT NULL DEFAULT '',
      state TEXT NOT NULL CHECK (state IN ('given', 'withdrawn', 'none')), -- none: what an import had given was taken back
      source TEXT NOT NULL,
      wording TEXT,
      file TEXT,
      import_id INTEGER,
      actor TEXT NOT NULL,
      at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX consents_contact ON consents(contact_id, channel, topic, id);

    -- Addresses never to be written to. Independent of contacts: outlives them.
    CREATE TABLE suppressions (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      channel TEXT NOT NULL,
      address TEXT NOT NULL,
      reason TEXT NOT NULL,
      source TEXT NOT NULL,
      at INTEGER NOT NULL,
      UNIQUE (channel, address)
    ) STRICT;

    -- Append-only: all that happened to contacts, in the order in which it was recorded.
    CREATE TABLE events (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      event_id TEXT NOT NULL UNIQUE, -- given from outside, or made here: the same import twice changes nothing
      contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
      type TEXT NOT NULL,
      at INTEGER NOT NULL,
      recorded_at INTEGER NOT NULL,
      source TEXT NOT NULL,
      flow_id INTEGER,
      enrollment_id INTEGER,
      outbox_id INTEGER,
      import_id INTEGER,
      made_by TEXT,                  -- opens and clicks: 'human', 'machine' or 'unsure'; the raw hit is in data
      data TEXT NOT NULL DEFAULT '{}'
    ) STRICT;
    CREATE INDEX events_contact ON events(contact_id, type, at);

    CREATE TABLE orders (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      order_key TEXT NOT NULL UNIQUE,
      event_id INTEGER NOT NULL REFERENCES events(id),
      contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
      at INTEGER NOT NULL,
      local_day TEXT NOT NULL,       -- "YYYY-MM-DD" in the workspace's zone
      nth INTEGER NOT NULL,          -- the contact's n-th order
      amount INTEGER NOT NULL,       -- minor units
      currency TEXT NOT NULL,
      data TEXT NOT NULL DEFAULT '{}'
    ) STRICT;
    CREATE INDEX orders_contact ON orders(contact_id, at);
    -- For removing events: without it every one looks through all orders.
    CREATE INDEX orders_event ON orders(event_id);

    CREATE TABLE imports (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      kind TEXT NOT NULL DEFAULT 'contacts' CHECK (kind IN ('contacts', 'events', 'orders')),
      file_name TEXT NOT NULL,
      file_hash TEXT NOT NULL,
      plan TEXT NOT NULL,            -- JSON
      state TEXT NOT NULL CHECK (state IN ('running', 'done', 'cancelled', 'interrupted', 'failed')),
      counts TEXT NOT NULL,          -- JSON
      rejects_file TEXT,
      started_at INTEGER NOT NULL,
      finished_at INTEGER,
      -- Its events say what it did, and what was there before; they lie between these two.
      events_after INTEGER NOT NULL DEFAULT 0,
      events_until INTEGER,
      tags_after INTEGER NOT NULL DEFAULT 0, -- the last tag that was there before
      undo TEXT                      -- JSON: how far taking it back has come; null: it stands
    ) STRICT;

    -- How files with the same headers were matched the last time.
    CREATE TABLE import_profiles (
      key TEXT PRIMARY KEY,          -- a hash of the headers
      name TEXT NOT NULL,
      headers TEXT NOT NULL,         -- JSON list
      mapping TEXT NOT NULL,         -- JSON: parts of a plan
      used_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE messages (
      key TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      channel TEXT NOT NULL,
      purpose TEXT NOT NULL,
      subject TEXT NOT NULL,
      preheader TEXT NOT NULL,
      body TEXT NOT NULL,
      cost INTEGER,                  -- minor units per message
      updated_at INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE segments (
      key TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      rule TEXT,                     -- JSON; null: a fixed set
      track INTEGER NOT NULL DEFAULT 0, -- 1: who is in it, and since when, is kept
      updated_at INTEGER NOT NULL
    ) STRICT;
    -- Who is in the fixed sets; of the segments with a rule that are followed, who was in at the last look.
    CREATE TABLE segment_members (
      segment TEXT NOT NULL REFERENCES segments(key) ON DELETE CASCADE,
      contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
      added_at INTEGER NOT NULL,
      PRIMARY KEY (segment, contact_id)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX segment_members_contact ON segment_members(contact_id);
    -- How many were in a segment when a day began, or when it was saved on that day.
    CREATE TABLE segment_sizes (
      segment TEXT NOT NULL REFERENCES segments(key) ON DELETE CASCADE,
      day TEXT NOT NULL,             -- "YYYY-MM-DD" in the workspace's zone
      size INTEGER NOT NULL,
      PRIMARY KEY (segment, day)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE flows (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('draft', 'live', 'paused', 'archived')),
      draft TEXT NOT NULL,           -- JSON of the flow
      revision INTEGER NOT NULL,     -- of the draft; rises with every save
      saved_at INTEGER NOT NULL,
      live_version INTEGER,
      paused_at INTEGER,
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

    CREATE TABLE enrollments (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      flow_id INTEGER NOT NULL REFERENCES flows(id),
      contact_id INTEGER NOT NULL,
      entry_key TEXT NOT NULL,       -- what may happen only once: '' or an occurrence such as 'birthday:2026'
      trigger_id TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('active', 'held', 'failed', 'finished', 'exited')),
      step_id TEXT,
      step_entered_at INTEGER NOT NULL,
      step_after_event INTEGER NOT NULL DEFAULT 0, -- the last event that was recorded then
      started INTEGER NOT NULL DEFAULT 0,
      due_at INTEGER,
      visit INTEGER NOT NULL DEFAULT 1,
      message_result TEXT,
      exit_reason TEXT,
      failure TEXT,
      entered_at INTEGER NOT NULL,
      left_at INTEGER
    ) STRICT;
    CREATE UNIQUE INDEX enrollments_inside ON enrollments(flow_id, contact_id) WHERE state IN ('active', 'held', 'failed');
    -- By flow, so that people who are overdue in a paused flow cost the others nothing.
    CREATE INDEX enrollments_due ON enrollments(flow_id, due_at) WHERE state = 'active' AND due_at IS NOT NULL;
    CREATE INDEX enrollments_stuck ON enrollments(flow_id, state) WHERE state IN ('held', 'failed');
    CREATE INDEX enrollments_left ON enrollments(flow_id, left_at) WHERE left_at IS NOT NULL;
    CREATE INDEX enrollments_contact ON enrollments(contact_id, flow_id, entered_at);
    CREATE INDEX enrollments_step ON enrollments(flow_id, step_id) WHERE state IN ('active', 'held', 'failed');
    CREATE UNIQUE INDEX enrollments_occurrence ON enrollments(flow_id, contact_id, entry_key) WHERE entry_key <> '';

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
      what TEXT NOT NULL,            -- 'left:<outlet>', 'left:exit'; for the whole flow (step ''): 'entered', 'finished', 'exited'
      n INTEGER NOT NULL,
      PRIMARY KEY (flow_id, step_id, what)
    ) STRICT, WITHOUT ROWID;

    -- The ledger of messages (FAULTS 2.0). The key is flow:enrollment:step:visit, so nothing can be planned twice.
    CREATE TABLE outbox (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      key TEXT NOT NULL UNIQUE,
      flow_id INTEGER NOT NULL,
      version INTEGER NOT NULL,
      enrollment_id INTEGER NOT NULL,
      step_id TEXT NOT NULL,
      contact_id INTEGER NOT NULL,
      channel TEXT NOT NULL,
      message TEXT NOT NULL,         -- the message's key
      purpose TEXT,                  -- of the message as claimed: the frequency cap counts 'marketing'
      address TEXT,
      state TEXT NOT NULL CHECK (state IN ('planned', 'claimed', 'handed', 'sent', 'failed', 'unknown', 'held', 'cancelled')),
      reason TEXT,                   -- why it failed, is held or was cancelled: a code
      response TEXT,                 -- the server's own words
      attempts INTEGER NOT NULL DEFAULT 0,
      due_at INTEGER NOT NULL,
      meant_at INTEGER NOT NULL,     -- what it is late against: the first due_at, moved on by every wait of Kanal's own
      capped_at INTEGER,             -- when it first had to wait for the frequency cap
      enrolled_at INTEGER NOT NULL,  -- of its enrollment: who was in first goes first among those due at one instant
      planned_at INTEGER NOT NULL,
      claimed_at INTEGER,
      handed_at INTEGER,
      settled_at INTEGER,
      message_id TEXT,
      subject TEXT,
      content_hash TEXT
    ) STRICT;
    CREATE INDEX outbox_due ON outbox(due_at, enrolled_at, id) WHERE state = 'planned';
    CREATE INDEX outbox_open ON outbox(state) WHERE state IN ('claimed', 'handed', 'unknown', 'held');
    CREATE INDEX outbox_step ON outbox(flow_id, step_id, state, reason);
    CREATE INDEX outbox_contact ON outbox(contact_id, settled_at);

    -- What exactly went out: the bytes as handed over, compressed.
    CREATE TABLE outbox_contents (
      outbox_id INTEGER PRIMARY KEY REFERENCES outbox(id),
      eml BLOB NOT NULL
    ) STRICT;

    CREATE TABLE accounts (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      account TEXT NOT NULL          -- JSON without any secret
    ) STRICT;

    -- Where the runner is: how far it has read the events, how far it has looked at dates.
    CREATE TABLE runner_state (
      key TEXT PRIMARY KEY,
      value TEXT NOT NULL            -- JSON
    ) STRICT, WITHOUT ROWID;

    -- Who changed what, and every automatic decision of weight. Append-only.
    CREATE TABLE audit (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      actor TEXT NOT NULL,
      action TEXT NOT NULL,
      details TEXT NOT NULL          -- JSON
    ) STRICT;
  `);
}
