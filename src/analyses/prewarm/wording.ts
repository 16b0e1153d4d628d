/** What wrote GB-seconds is newer than what wrote byte-seconds. */
export const ENGINE_WORDS = { 'gb-seconds': 'newer', 'byte-seconds': 'older' } as const;
