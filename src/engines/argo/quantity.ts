const BYTES: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};
const BYTES_PER_MB = 2 ** 20;

/** Reads an amount of memory as Kubernetes writes it (`512Mi`, `1G`, `1e9`), in MB of 2^20 bytes; `null`: it is none. */
export function parseQuantity(found: unknown): number | null {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?(?:e\d+)?)([kMGT]i?|Ki)?$/.exec(String(found ?? '')) ?? [];
  const bytes = Number(amount) * (BYTES[unit] ?? Number.NaN);
  return amount !== undefined && Number.isFinite(bytes) && bytes > 0 ? bytes / BYTES_PER_MB : null;
}
