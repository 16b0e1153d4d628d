/** Names the run of a file by its URI: the last part, without endings. */
export function nameOfFile(uri: string): string {
  const last = uri.replace(/[?#].*$/, '').replace(/^.*[/\\:]/, '');
  return last.replace(/(\.(txt|tsv|csv|json|ndjson|jsonl|pickle|pkl|ya?ml|gz|zst))+$/i, '') || 'run';
}
