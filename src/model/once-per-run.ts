import type { Run } from './run.ts';

/**
 * Works something out once of a run, however many ask for it before they ask of the next one: a report's questions do. Only the last
 * run is remembered, and nothing that comes out may be changed.
 */
export function oncePerRun<Found>(find: (run: Run) => Found): (run: Run) => Found {
  let last: { readonly run: Run; readonly found: Found } | null = null;
  return (run) => {
    if (last?.run !== run) last = { run, found: find(run) };
    return last.found;
  };
}
