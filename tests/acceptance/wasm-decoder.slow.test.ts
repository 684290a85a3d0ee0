import { expect, it } from 'vitest';
import { photograph, scene } from '../support/images.js';
import { childrenOf, mappedFiles } from '../support/processes.js';
import { useService } from '../support/use-service.js';

const on = useService({ env: { VIGIE_DECODER: 'wasm', VIGIE_IMAGING_PROCESSES: '1' } });

it('a service with VIGIE_DECODER=wasm recognises an edited copy without a native module in its imaging process', async () => {
  const { client, service } = on;
  const entry = await client.enrol(await photograph(1));
  const copy = await (await scene(1)).resize(500, 400, { fit: 'fill' }).webp({ quality: 60 }).toBuffer();
  expect(await client.match(copy)).toMatchObject({ verdict: 'remove', matches: [{ entry: entry.id }] });
  const [imaging = 0] = childrenOf(service.pid);
  expect(mappedFiles(imaging).filter((file) => /\.node$|libvips/.test(file))).toEqual([]);
});
