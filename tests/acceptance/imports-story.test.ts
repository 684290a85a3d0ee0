import { describe, expect, it } from 'vitest';
import { entryPageSchema, entrySchema } from '../../src/http/schemas/entry.js';
import { expectOk } from '../support/client.js';
import { hashNamed, importFile, sha256Named, vicsCase, vigieFile } from '../support/import-files.js';
import { useService } from '../support/use-service.js';

const on = useService();
const hotline = () => on.client.as('analyst');
const police = () => on.client.as('analyst', 'others');
const query = { list: 'illegal', source: 'unit-7' };
const record = (id: number) => ({ MediaID: id, Category: 1, MD5: hashNamed('md5', id), SHA1: hashNamed('sha1', id) });
const file = vicsCase('case-17', [record(1), record(2), { ...record(3), Category: 5 }]);
const match = (id: number) => on.client.matchHashes({ md5: hashNamed('md5', id) });

describe('a case that a police unit loads into the list of a hotline', () => {
  it('answers platforms by class, and an analyst of the hotline has the last word on a record', async () => {
    const rights = ['read', 'enrol', 'verify'];
    await on.client.as('operator').json('PUT', '/v1/lists/illegal/grants/others', { rights });

    const loaded = await importFile(police(), file, query);
    expect(loaded).toMatchObject({ state: 'promoted', format: 'vics', organisation: 'others' });
    expect(loaded.report).toMatchObject({ new: 3, unknownClass: 1 });
    // Files can be made to have a given MD5: without the image a person must look.
    expect(await match(1)).toMatchObject({ verdict: 'hold_for_review', matches: [{ list: 'illegal', class: 'csam_illegal' }] });
    expect((await match(3)).matches).toMatchObject([{ class: 'unclassified' }]);

    const [entry] = (await match(1)).matches;
    const { items } = expectOk(entryPageSchema, await hotline().call('GET', '/v1/entries?list=illegal'));
    const mine = items.find(({ id }) => id === entry?.entry);
    expect(mine).toMatchObject({ organisation: 'others', claims: [{ provenance: { unit: 'Unit 7', reference: 'case-17' } }] });
    const withdrawal = { reason: 'an adult', allClaims: true };
    const answer = await hotline().json('POST', `/v1/entries/${mine?.id}/withdraw`, withdrawal);
    expect(expectOk(entrySchema, answer).status).toBe('withdrawn');
    expect((await match(1)).verdict).toBe('no_known_match');

    const again = await importFile(police(), file, query);
    expect(again).toMatchObject({ state: 'promoted', report: { new: 0, known: 2, withdrawnBefore: 1 } });
    expect([(await match(1)).verdict, (await match(2)).verdict]).toEqual(['no_known_match', 'hold_for_review']);
  });
});

it('an entry can be restored although its record shows other content by now', async () => {
  const source = { list: 'known', source: 'restored' };
  const found = (name: string) => on.client.matchHashes({ sha256: hashNamed('sha256', name) });
  await importFile(hotline(), vigieFile([{ id: 'r1' }]), source);
  const id = (await found('r1')).matches[0]?.entry ?? '';
  await on.client.withdraw(id);
  await importFile(hotline(), vigieFile([{ id: 'r1', hashes: [sha256Named('r1 again')] }]), source);
  const answer = await hotline().json('POST', `/v1/entries/${id}/restore`, { reason: 'it was right' });
  expect(expectOk(entrySchema, answer)).toMatchObject({ status: 'verified', claims: [{ organisation: 'tests' }] });
  expect([(await found('r1')).verdict, (await found('r1 again')).verdict]).toEqual(['remove', 'remove']);
});
