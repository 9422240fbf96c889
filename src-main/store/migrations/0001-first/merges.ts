// The tables of duplicates: which contacts were made one, what they were before, and who is known not to be the same person.

export const MERGES = `
  -- What makes a merge one that can be taken back: each row that it moved, changed or added.
  CREATE TABLE merges (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE, -- who holds it all now: the survivor, or whoever took that one over
    survivor_id INTEGER NOT NULL,
    merged_id INTEGER NOT NULL,
    name TEXT NOT NULL,            -- what the merged contact was called
    at INTEGER NOT NULL,
    record TEXT NOT NULL,          -- JSON; empty once it is taken back
    undone_at INTEGER,
    kept TEXT                      -- JSON: what taking it back left as it was, and why
  ) STRICT;
  CREATE INDEX merges_contact ON merges(contact_id);

  -- Addresses and numbers of contacts that were merged into another: who is looked for under one of them is found.
  CREATE TABLE former_addresses (
    kind TEXT NOT NULL CHECK (kind = 'email' OR kind = 'phone' OR kind = 'external_id'),
    value TEXT NOT NULL,
    contact_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
    PRIMARY KEY (kind, value, contact_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX former_addresses_contact ON former_addresses(contact_id);

  -- Pairs of which a person has said that they are two people; the smaller id first.
  CREATE TABLE not_duplicates (
    one_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
    other_id INTEGER NOT NULL REFERENCES contacts(id) ON DELETE CASCADE,
    PRIMARY KEY (one_id, other_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX not_duplicates_other ON not_duplicates(other_id);
`;
