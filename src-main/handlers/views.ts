// Calls about saved views of the list of contacts.
import { refuse } from '../../shared/problem.ts';
import { say } from '../../shared/text.ts';
import type { Handlers } from '../dispatch.ts';
import { addView, changeView, removeView, viewsOf } from '../store/views.ts';
import type { Workspace } from '../workspace.ts';

export function viewHandlers(workspace: Workspace): Pick<Handlers, 'views.list' | 'views.save' | 'views.remove'> {
  return {
    'views.list': () => viewsOf(workspace),
    'views.save': ({ id: given, name, view }) => {
      const trimmed = checkedName(workspace, name, given);
      const id = given ?? addView(workspace, trimmed, view);
      if (given !== null && !changeView(workspace, given, trimmed, view)) {
        refuse('view-unknown', say('This view was removed meanwhile. Save it as a new one.'), { field: 'id' });
      }
      workspace.changed('views');
      return { id };
    },
    'views.remove': ({ id }) => {
      removeView(workspace, id);
      workspace.changed('views');
      return null;
    },
  };
}

function checkedName(workspace: Workspace, name: string, own: number | null): string {
  const trimmed = name.trim();
  if (trimmed === '') refuse('name-missing', say('A view needs a name.'), { field: 'name' });
  const same = viewsOf(workspace).find((each) => each.id !== own && each.name.toLowerCase() === trimmed.toLowerCase());
  if (same !== undefined) refuse('name-taken', say('There is a view “{name}” already. Give this one another name.', { name: same.name }), { field: 'name' });
  return trimmed;
}
