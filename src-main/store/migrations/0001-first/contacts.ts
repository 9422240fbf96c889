// The tables of contacts and what is known of them: attributes, tags, consents, suppressions, events, orders.

export const CONTACTS = `
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
    company TEXT,                  -- its name as it was written; companies are told apart by their folded names
    added_at INTEGER NOT NULL,
    import_id INTEGER              -- the import that added it
  ) STRICT;
  CREATE INDEX contacts_phone ON contacts(phone) WHERE phone IS NOT NULL;
  CREATE INDEX contacts_external_id ON contacts(external_id) WHERE external_id IS NOT NULL;
  CREATE INDEX contacts_company ON contacts(company) WHERE company IS NOT NULL;
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
    state TEXT NOT NULL CHECK (state = 'given' OR state = 'withdrawn' OR state = 'none'), -- OR rather than IN, as with enrollments; none: what an import had given was taken back
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
    event_id TEXT,                 -- of what was reported from outside: the same twice changes nothing
    contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
    type TEXT NOT NULL,
    at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    source TEXT NOT NULL,
    flow_id INTEGER,
    enrollment_id INTEGER,
    outbox_id INTEGER,
    import_id INTEGER,
    bulk_edit_id INTEGER,          -- the bulk edit that made it, or whose taking back did
    made_by TEXT,                  -- opens and clicks: 'human', 'machine' or 'unsure'; the raw hit is in data
    data TEXT NOT NULL DEFAULT '{}'
  ) STRICT;
  CREATE INDEX events_contact ON events(contact_id, type, at);
  -- The program's own events have no such id, and pay for no index of them.
  CREATE UNIQUE INDEX events_event_id ON events(event_id) WHERE event_id IS NOT NULL;

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
`;
