import type { Origin, Run } from '../model/run.ts';
import type { RunPart } from '../model/run-parts.ts';
import type { Shape } from '../scanner/shapes.ts';
import type { Slots } from '../scanner/slots.ts';
import { NOT_PLAIN, SlotFields } from './fields.ts';
import { countOnce } from './recorded-twice.ts';
import { RUN_RECORD } from './run-record.ts';

/**
 * The short way from a record's bytes to a `Run`: what is asked for is kept, the rest checked only, and every record that is not
 * plain left to the long way (`decode-text.ts`, then `parse-run.ts`), to which tests hold it. Scanning and reading are two steps, so
 * that threads can scan: what is between them is handed over by moving it.
 */

export const shapeOfRun = (parts: ReadonlySet<RunPart>): Shape => RUN_RECORD.shape(parts);

/** The run in what was scanned for these parts of it; `null`: not plain, which says nothing about right or wrong. */
type ReadRun = (slots: Slots, slot: number, origin: Origin, sourceLabel: string) => Run | null;

export const prepareReading =
  (parts: ReadonlySet<RunPart>): ReadRun =>
  (slots, slot, origin, sourceLabel) => {
    try {
      const run = RUN_RECORD.read(slot, new SlotFields(slots, parts));
      run.origin = origin;
      run.sourceLabel = sourceLabel;
      return countOnce(run);
    } catch (error) {
      if (error === NOT_PLAIN) return null;
      throw error;
    }
  };
