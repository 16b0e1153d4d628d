/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>;

/** Is true of a JSON object, which an array is not. */
export const isObject = (found: unknown): found is Json =>
  typeof found === 'object' && found !== null && !Array.isArray(found);
