import type { Warning } from '../analysis.ts';

/** An audit says what it found; what did not apply is `false`. */
export type Finding = Warning | false;

/** May change the conclusion. */
export const warn = (code: string, message: string, args: Warning['args'] = {}): Warning => ({
  code,
  severity: 'warning',
  message,
  args,
});

/** Good to know. */
export const note = (code: string, message: string, args: Warning['args'] = {}): Warning => ({
  code,
  severity: 'note',
  message,
  args,
});

/** The findings that applied. */
export const keepFindings = (findings: readonly Finding[]): Warning[] =>
  findings.filter((finding) => finding !== false);
