import 'vega';

/** Vega exports its text measuring and the counts of its definitions, but its types leave them out. */
declare module 'vega' {
  export const textMetrics: { width: unknown };
  export function resetSVGDefIds(): void;
}
