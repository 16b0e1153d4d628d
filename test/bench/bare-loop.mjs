// The yardstick of read.mjs: splits the lines of a file on its bytes and parses each, nothing else.
import { createReadStream } from 'node:fs';

let waiting = Buffer.alloc(0);
for await (const chunk of createReadStream(process.argv[2], { highWaterMark: 1 << 20 })) {
  const bytes = waiting.length === 0 ? chunk : Buffer.concat([waiting, chunk]);
  let from = 0;
  for (let to = bytes.indexOf(10); to >= 0; to = bytes.indexOf(10, from)) {
    JSON.parse(bytes.toString('utf8', from, to));
    from = to + 1;
  }
  waiting = bytes.subarray(from);
}
if (waiting.length > 0) JSON.parse(waiting.toString('utf8'));
