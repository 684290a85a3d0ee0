import { it } from 'vitest';
import sharp from 'sharp';
import { samples } from '../../bench/browser/samples.js';
import { hammingDistance } from '../../src/domain/hash.js';
import { startImaging } from '../../src/imaging/client.js';
import { openHashingBrowser } from '../support/hashing-browser.js';
it('x', async () => {
  const imaging = startImaging({ children: 1, deadlineMs: 60_000 });
  const b = await openHashingBrowser();
  b.page.on('console', (m) => console.log('page:', m.text()));
  try {
    for (const { name, format, bytes } of (await samples(2))) {
 if (!/alpha|fades|avif|cmyk|BMP|ICO|fixtures|assets/.test(format+name)) continue;
      const ours = await imaging.hash(bytes, undefined, 'enrol');
      const [theirs] = await b.hash([bytes]);
      if (!theirs || 'refused' in theirs || !('pdq' in ours)) { console.log(format, name, JSON.stringify(theirs).slice(0,60), 'unscannable' in ours ? ours.unscannable : 'hashed'); continue; }
      const d = theirs.hashes.pdq.filter(v=>!/crop|keep|tilt|region|debor/.test(v.variant)).map((v) => { const o = ours.pdq.find((x) => x.variant === v.variant); return `${v.variant}:${o ? hammingDistance(o.hashes[0] as never, v.value as never) : 'none'}`; });
      const all = theirs.hashes.pdq.filter((v)=> ours.pdq.find((x) => x.variant === v.variant)?.hashes[0] === v.value).length;
      console.log(format, name, d.join(' '), `same ${all} of ${theirs.hashes.pdq.length}/${ours.pdq.length}`, ours.pdq.filter(v=>!/crop|keep|tilt|region|debor/.test(v.variant)).map(v=>v.variant).join());
    }
  } finally { await b.close(); await imaging.close(); }
}, 300000);
