/** The headings under which `--help` lists options, in this order. */
export const GROUPS = {
  essential: 'Essentials:',
  question: 'The question:',
  filter: 'Which runs:',
  table: 'Tables:',
  chart: 'Charts:',
  gate: 'Gates and seed:',
  reading: 'Reading:',
} as const;

/** A group of options. */
export type Group = keyof typeof GROUPS;
