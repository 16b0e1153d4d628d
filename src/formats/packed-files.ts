import { UserError } from '../errors.ts';
import { wordInput } from './word-input.ts';

/** A file that holds data only when something has been done to it first: what it is, and what to do. */
interface PackedFile {
  readonly looksLike: (head: string) => boolean;
  readonly what: string;
  readonly hint: string;
}

/** The magic numbers of archives and compressions, and texts that stand where data should be. Heads have one character a byte. */
const PACKED: readonly PackedFile[] = [
  {
    // The magic of POSIX tar stands behind its first header's names and numbers.
    looksLike: (head) => head.slice(257, 262) === 'ustar',
    what: 'a tar archive',
    hint: 'Unpack it into a folder and give that: mkdir runs && tar -xf FILE -C runs && wfa runs -d runs/',
  },
  {
    looksLike: (head) => head.startsWith('PK\x03\x04') && head.includes('xl/'),
    what: 'an Excel workbook',
    hint: 'Save the sheet as CSV and give that.',
  },
  {
    looksLike: (head) => head.startsWith('PK\x03\x04') || head.startsWith('PK\x05\x06'),
    what: 'a zip archive',
    hint: 'Unpack it into a folder and give that: unzip FILE -d runs && wfa runs -d runs/',
  },
  {
    looksLike: (head) => head.startsWith('7z\xbc\xaf\x27\x1c'),
    what: 'a 7z archive',
    hint: 'Unpack it into a folder and give that: 7z x FILE -oruns && wfa runs -d runs/',
  },
  {
    looksLike: (head) => /^BZh[1-9]1AY&SY/.test(head),
    what: 'packed with bzip2',
    hint: 'Unpack it on the way: bzcat FILE | wfa runs -d -',
  },
  {
    looksLike: (head) => head.startsWith('\xfd7zXZ\0'),
    what: 'packed with xz',
    hint: 'Unpack it on the way: xzcat FILE | wfa runs -d -',
  },
  {
    looksLike: (head) => head.startsWith('\x04\x22\x4d\x18'),
    what: 'packed with lz4',
    hint: 'Unpack it on the way: lz4cat FILE | wfa runs -d -',
  },
  {
    looksLike: (head) => head.startsWith('\xff\x06\0\0sNaPpY'),
    what: 'packed with snappy',
    hint: 'Unpack it on the way: snzip -dc FILE | wfa runs -d -',
  },
  {
    // Behind the letters stands the first stripe, whose bytes are no text.
    looksLike: (head) => head.startsWith('ORC') && head.charCodeAt(3) < 0x20,
    what: 'a table in ORC',
    hint: 'Write it as Parquet and give that: pandas.read_orc("FILE").to_parquet("runs.parquet")',
  },
  {
    looksLike: (head) => head.startsWith('ARROW1') || head.startsWith('FEA1'),
    what: 'a table in Arrow or Feather',
    hint: 'Write it as Parquet and give that: pandas.read_feather("FILE").to_parquet("runs.parquet")',
  },
  {
    looksLike: (head) => head.startsWith('Obj\x01'),
    what: 'a table in Avro',
    hint: 'Write it as JSON, one object a line, and give that: avro-tools tojson FILE > runs.ndjson',
  },
  {
    looksLike: (head) => head.startsWith('\x89HDF\r\n\x1a\n'),
    what: 'a file in HDF5',
    hint: 'Write its table as Parquet and give that: pandas.read_hdf("FILE").to_parquet("runs.parquet")',
  },
  {
    looksLike: (head) => head.startsWith('%PDF-'),
    what: 'a PDF',
    hint: 'Give the data that it was made of.',
  },
  {
    looksLike: (head) => head.startsWith('version https://git-lfs.github.com/spec/'),
    what: 'a pointer of Git LFS, which stands for the file itself',
    hint: 'Fetch the file: git lfs pull',
  },
  {
    looksLike: (head) => /^(<\?xml[^>]*>\s*)?<Error>/.test(head),
    what: 'the error of an object store, saved in place of the file',
    hint: 'Read what it says, and fetch the file again.',
  },
];

/** Refuses a file that has to be unpacked, converted or fetched first, told by its first bytes, with a way on. Throws `UserError` `damaged-records`. */
export function refusePacked(head: string, uri: string): void {
  const found = PACKED.find(({ looksLike }) => looksLike(head));
  if (!found) return;
  const { what, hint } = found;
  throw new UserError('damaged-records', `${wordInput(uri)} is ${what}.`, {
    hint: hint.replace('FILE', nameFile(uri)),
  });
}

/** Names a file as a shell takes it; the name of what is no plain path stays to be filled in. */
const nameFile = (uri: string): string => (/^[\w./+-]+$/.test(uri) && uri !== '-' ? uri : 'FILE');
