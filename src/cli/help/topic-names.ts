/** The topics of `wfa help`, with what they are about. */
export const TOPICS: Readonly<Record<string, string>> = {
  metrics: 'what planners are compared by',
  columns: 'every column and heading; with a command, those of its tables',
  gates: 'what --fail-on can be set on',
  filters: 'how runs are chosen',
  formats: 'what results can be written in',
  statistics: 'how intervals, tests and verdicts come about',
};
