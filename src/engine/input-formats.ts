import { engineFormats, isIdleField, type TaskMap } from '../engines/index.ts';
import { createFormats, type Format } from '../formats/index.ts';
import { recordFormats, type ScatteredRuns } from '../octoflows/index.ts';
import { withConstantRuns } from './constant-formats.ts';

/** Gives the formats of all inputs. Other engines' are told by more than the general ones, and are tried first. */
export function inputFormats(table: TaskMap | null, scattered: ScatteredRuns | null): readonly Format[] {
  const general = createFormats({ isIdle: isIdleField });
  const formats = [...engineFormats(table), ...recordFormats(scattered ?? undefined, general)];
  const constants = table?.constants ?? null;
  return constants === null ? formats : formats.map((format) => withConstantRuns(format, constants));
}
