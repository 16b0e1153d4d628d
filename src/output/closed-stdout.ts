import { readFileSync, readlinkSync } from 'node:fs';
import process from 'node:process';

const DEVICE = '/dev/null';
/** Access modes by open(2), the last two bits of a file's flags. */
const [ACCESS_MASK, READ_AND_WRITE] = [0o3, 0o2];
const SHELLS = ['sh', 'ash', 'bash', 'busybox', 'csh', 'dash', 'fish', 'ksh', 'mksh', 'tcsh', 'zsh'];

/**
 * Tells whether wfa was started with its standard output closed, as by `>&-`. Node opens /dev/null in its place and says nothing. So
 * do programs that want no output (Python's DEVNULL), but shells open it for writing only: a /dev/null that a shell has not handed on
 * and that can be read, too, is Node's. Only Linux shows that; false elsewhere.
 */
export function isStdoutClosed(): boolean {
  isClosed ??= findOut();
  return isClosed;
}

/** It stays as it was at the start: `null` until somebody asks. */
let isClosed: boolean | null = null;

function findOut(): boolean {
  try {
    if (!isNulled('self')) return false;
    const parent = process.ppid;
    if (!hasStdout(parent)) return true;
    return !isNulled(parent) && SHELLS.includes(readFileSync(`/proc/${parent}/comm`, 'utf8').trim());
  } catch {
    return false;
  }
}

/** Tells whether a process's standard output is /dev/null, open for reading too. */
function isNulled(pid: number | 'self'): boolean {
  if (readlinkSync(`/proc/${pid}/fd/1`) !== DEVICE) return false;
  const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/${pid}/fdinfo/1`, 'latin1'))?.[1] ?? '0';
  return (Number.parseInt(flags, 8) & ACCESS_MASK) === READ_AND_WRITE;
}

function hasStdout(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/fd/1`) !== '';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ENOENT';
  }
}
