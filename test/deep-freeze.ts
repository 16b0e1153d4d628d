/** Freezes a value and all that it holds in place, and gives it back; maps, sets and arrays of numbers can still be changed. */
export function deepFreeze<T>(node: T): T {
  if (typeof node === 'object' && node !== null && !Object.isFrozen(node)) {
    Object.freeze(node);
    for (const part of Object.values(node)) deepFreeze(part);
  }
  return node;
}
