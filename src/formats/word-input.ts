import { showUri } from '../sources/index.ts';

/** Names an input in messages, at the beginning of a sentence and without a password. */
export const wordInput = (uri: string) => (uri === '-' ? 'Standard input' : showUri(uri));
