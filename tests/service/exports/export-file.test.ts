import { Decrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { describe, expect, it } from 'vitest';
import { ExportFile } from '../../../src/service/exports/export-file.js';
import { exportFormat } from '../../../src/service/exports/export-formats.js';
import type { ExportableEntry } from '../../../src/store/export-entries.js';

const perPage = 1_000;
const entryOf = (number: number): ExportableEntry => ({
  ...{ uuid: '', id: `ent_${String(number).padStart(32, '0')}`, list: 'known', withdrawn: false, sourceId: null },
  hashes: [{ algorithm: 'sha256', hex: String(number).padStart(64, '0'), quality: null, variant: 'full' }],
  ...{ class: 'tvec', sourceCodes: [], series: null, synthetic: false, provenance: {}, facts: {}, expiresAt: null },
  ...{ updatedAt: '2026-11-23T12:00:00.000Z', isCanary: number === 7 },
});

function fileOf(
  pages: number,
  { ageKey = null, assertMayGoOn = async () => {} }: { ageKey?: string | null; assertMayGoOn?: () => Promise<void> } = {},
) {
  const read = { pages: 0 };
  async function* reading() {
    for (; read.pages < pages; read.pages++) yield Array.from({ length: perPage }, (_, at) => entryOf(read.pages * perPage + at));
  }
  const file = new ExportFile({ format: exportFormat('vigie'), scheme: null, ageKey, pages: reading(), assertMayGoOn });
  return { file, read };
}

describe('a file', () => {
  it('tells a canary to the receipt, and not to the file', async () => {
    const { file } = fileOf(1);
    const chunks: Uint8Array[] = [];
    for await (const chunk of file.chunks()) chunks.push(chunk);
    expect(file.receipt).toMatchObject({ entries: perPage, canaries: 1, hashes: perPage, losses: {} });
    const [, ...lines] = Buffer.concat(chunks).toString().split('\n');
    expect(new Set(lines.slice(0, perPage).map((line) => Object.keys(JSON.parse(line)).join())).size).toBe(1);
  });

  it('reads only the pages that its reader has room for, encrypted or not', async () => {
    const keys = [null, await identityToRecipient(await generateX25519Identity())];
    for (const ageKey of keys) {
      const { file, read } = fileOf(1_000, { ageKey });
      let bytes = 0;
      for await (const chunk of file.chunks()) {
        bytes += chunk.length;
        if (bytes > 1_000_000) break;
      }
      // A page is 0.3 MB.
      expect(read.pages).toBeLessThan(10);
      expect(file.receipt.sha256).toBeNull();
    }
  });

  it('breaks off when it may not go on', async () => {
    let pages = 0;
    const { file } = fileOf(10, {
      async assertMayGoOn() {
        if (++pages > 2) throw new Error('stop');
      },
    });
    const reading = async () => {
      for await (const _ of file.chunks());
    };
    await expect(reading()).rejects.toThrow('stop');
    expect(file.receipt).toMatchObject({ entries: 2 * perPage, sha256: null });
  });

  it('that is encrypted is the same for its recipient', async () => {
    const identity = await generateX25519Identity();
    const { file } = fileOf(3, { ageKey: await identityToRecipient(identity) });
    const chunks: Uint8Array[] = [];
    for await (const chunk of file.chunks()) chunks.push(chunk);
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    const text = await decrypter.decrypt(Buffer.concat(chunks), 'text');
    expect(text.endsWith(`{"end":true,"records":${3 * perPage}}\n`)).toBe(true);
  });
});
