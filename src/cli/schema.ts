import { RUN_SCHEMA } from '../octoflows/index.ts';

/** The schema of a run record as JSON Schema (draft 2020-12). */
export const printSchema = (): string => `${JSON.stringify(RUN_SCHEMA, null, 2)}\n`;
