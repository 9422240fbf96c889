// The tables of the ledger of messages and the accounts that send them.

export const OUTBOX = `
  -- The ledger of messages (FAULTS 2.0). The key is flow:enrollment:step:visit, so nothing can be planned twice.
  -- OR rather than IN, as with enrollments.
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
    state TEXT NOT NULL CHECK (state = 'planned' OR state = 'claimed' OR state = 'handed' OR state = 'sent' OR state = 'failed' OR state = 'unknown' OR state = 'held' OR state = 'cancelled'),
    reason TEXT,                   -- why it failed, is held or was cancelled: a code
    response TEXT,                 -- the server's own words
    attempts INTEGER NOT NULL DEFAULT 0,
    handovers INTEGER NOT NULL DEFAULT 0, -- how many times its body was about to leave
    due_at INTEGER NOT NULL,
    meant_at INTEGER NOT NULL,     -- what it is late against: the first due_at, moved on by every wait of Kanal's own
    capped_at INTEGER,             -- when it first had to wait for the frequency cap
    priority INTEGER NOT NULL DEFAULT 1, -- of its flow: the lower goes first among those due at one instant
    enrolled_at INTEGER NOT NULL,  -- of its enrollment: then who was in first goes first
    planned_at INTEGER NOT NULL,
    claimed_at INTEGER,
    handed_at INTEGER,
    settled_at INTEGER,
    message_id TEXT,
    subject TEXT,
    content_hash TEXT
  ) STRICT;
  CREATE INDEX outbox_due ON outbox(due_at, priority, enrolled_at, id) WHERE state = 'planned';
  CREATE INDEX outbox_open ON outbox(state) WHERE state = 'claimed' OR state = 'handed' OR state = 'unknown' OR state = 'held';
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
`;
