import 'vega';

/** Vega exports its text measuring, but its types leave it out. */
declare module 'vega' {
  export const textMetrics: { width: unknown };
}
