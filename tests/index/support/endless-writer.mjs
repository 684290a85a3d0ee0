/** Writes a snapshot without end; prints `writing` when some of it is on the disk. */
import { randomUUID } from 'node:crypto';
import { chunkBytes } from '../../../dist/src/index/snapshot-format.js';
import { writeSnapshot } from '../../../dist/src/index/snapshot-writer.js';

const [path = ''] = process.argv.slice(2);
const header = { position: { epoch: randomUUID(), snapshot: '1:1:' }, version: '0', lists: [], classes: [], variants: [] };

function* records() {
  for (let chunk = 0; ; chunk++) {
    yield new Uint8Array(chunkBytes);
    if (chunk === 4) process.stdout.write('writing\n');
  }
}

await writeSnapshot(path, header, records(), undefined);
