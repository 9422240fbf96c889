// What belongs to one passage, as SQL: the enrollment of the passage itself, and those of the paths into which it was divided.

/** Whether `column` names an enrollment of the same passage as `enrollment`, an expression for an id. */
export function ofPassage(column: string, enrollment: string): string {
  const passage = `(SELECT coalesce(r.parent_id, r.id) FROM enrollments r WHERE r.id = ${enrollment})`;
  return `(${column} = ${enrollment} OR ${column} IN (SELECT p.id FROM enrollments p WHERE p.id = ${passage} OR p.parent_id = ${passage}))`;
}
