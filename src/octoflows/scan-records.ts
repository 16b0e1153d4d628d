import type { RawRecord, RecordText } from '../formats/record.ts';
import type { RunPart } from '../model/run-parts.ts';
import { NO_ROOM } from '../scanner/assembly/layout.ts';
import { Scanner } from '../scanner/scanner.ts';
import type { ScannedValues } from '../scanner/slots.ts';
import { shapeOfRun } from './scan-run.ts';

/** A plain record, by its line, whose slot is the one behind the plain record before it; any other one as it came. */
export type ScannedRecord = number | RawRecord;

/** Records that were scanned together, in order. All of it can be handed to another thread, where texts are no buffers any more. */
export interface ScannedPage {
  readonly values: ScannedValues;
  readonly records: readonly ScannedRecord[];
}

/** Scans records for these parts of their runs. */
export class RecordScanner {
  readonly #scanner: Scanner;
  #pages: ScannedPage[] = [];
  #records: ScannedRecord[] = [];

  constructor(instance: WebAssembly.Instance, parts: ReadonlySet<RunPart>) {
    this.#scanner = new Scanner(instance, shapeOfRun(parts));
  }

  /** Gives memory in which a record's text need not be copied. */
  get room(): Buffer {
    return this.#scanner.room;
  }

  add(record: RawRecord): void {
    this.#records.push('text' in record ? this.#scan(record) : record);
  }

  #scan(record: RecordText): ScannedRecord {
    let slot = this.#scanner.scan(record.text);
    if (slot === NO_ROOM && this.#records.length > 0) {
      this.#turnPage();
      slot = this.#scanner.scan(record.text);
    }
    const { text, position } = record;
    return slot < 0 ? { text: ownCopy(text), position } : position.line;
  }

  #turnPage(): void {
    this.#pages.push({ values: this.#scanner.take(), records: this.#records });
    this.#records = [];
  }

  /** All that was added since the last time. */
  finish(): ScannedPage[] {
    this.#turnPage();
    const pages = this.#pages;
    this.#pages = [];
    return pages;
  }
}

/** Copies a text: its place will soon hold other text, and shared memory would be handed over with it. */
const ownCopy = (text: Buffer): Buffer => Buffer.from(new Uint8Array(text).buffer);
