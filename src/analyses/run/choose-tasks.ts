import { UserError } from '../../errors.ts';
import { matchName } from '../../model/names.ts';
import type { RunTask } from './result.ts';

/** Functions named in an error at most. */
const MOST_NAMED = 12;

/** The tasks of the function of that name, or the one whose id begins so; `UserError` `unknown-task` when there is none. */
export function chooseTasks(tasks: readonly RunTask[], asked: string): readonly RunTask[] {
  const functions = [...new Set(tasks.map(({ functionName }) => functionName))].sort();
  const match = matchName(asked, functions);
  if ('found' in match) return tasks.filter(({ functionName }) => functionName === match.found);
  const byId =
    asked === '' ? [] : tasks.filter(({ nodeId }) => nodeId.startsWith(asked) || uuidOf(nodeId).startsWith(asked));
  if (byId.length > 0) return byId;
  const nearest = 'nearest' in match && match.nearest !== null ? [`Did you mean ${match.nearest}?`] : [];
  const more = functions.length > MOST_NAMED ? `, and ${functions.length - MOST_NAMED} more` : '';
  throw new UserError('unknown-task', `--task '${asked}': the run has no such task.`, {
    hint: [...nearest, `Its functions are: ${functions.slice(0, MOST_NAMED).join(', ')}${more}.`],
  });
}

/** Gives what tells tasks of one function apart, the end of `function+uuid`. */
const uuidOf = (nodeId: string): string => nodeId.slice(nodeId.lastIndexOf('+') + 1);
