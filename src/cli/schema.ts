import * as z from 'zod';
import { runRecordSchema } from '../octoflows/record-schema.ts';

/** The schema of a run record as JSON Schema (draft 2020-12). */
export const printSchema = (): string =>
  `${JSON.stringify(z.toJSONSchema(runRecordSchema, { io: 'input' }), null, 2)}\n`;
