// The table of companies: what is known of them beyond their name, which stands with their people.

export const COMPANIES = `
  CREATE TABLE companies (
    key TEXT PRIMARY KEY,          -- the folded name
    name TEXT NOT NULL,
    domain TEXT,
    phone TEXT,
    website TEXT,
    city TEXT,
    country TEXT,
    note TEXT
  ) STRICT, WITHOUT ROWID;
`;
