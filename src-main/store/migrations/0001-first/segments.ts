// The tables of segments, who is in them, and how many were.

export const SEGMENTS = `
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
  -- Who came into a segment and left it, the latest first, without reading what else happened.
  CREATE INDEX events_segment ON events(data ->> 'segment', id) WHERE type IN ('segment_entered', 'segment_left');
`;
