import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { entryPageSchema } from '../../src/http/schemas/entry.js';
import { expectOk } from '../support/client.js';
import { hashNamed, importFile, sha256Named, vicsFile, vigieFile, withdrawnRecord } from '../support/import-files.js';
import { useService } from '../support/use-service.js';

const on = useService();
const analyst = () => on.client.as('analyst');
const into = (list: string, more: Readonly<Record<string, string>> = {}) => ({ list, ...more });
const verdictOf = async (name: string) => (await on.client.matchHashes({ sha256: hashNamed('sha256', name) })).verdict;
const newList = (id: string, more: object = {}) => {
  const verification = { people: 0, organisations: 0 };
  return on.client.createList({ id, title: id, class: 'ncii_adult', action: 'remove', verification, ...more });
};
const entriesOf = async (list: string) =>
  expectOk(entryPageSchema, await analyst().call('GET', `/v1/entries?list=${list}&limit=200`)).items;
const standing = async (list: string) => (await entriesOf(list)).filter(({ status }) => status !== 'withdrawn');

describe('the report of an import', () => {
  it('counts new and known records, and another import of the same file changes nothing', async () => {
    await newList('counted');
    const file = vigieFile([{ id: 'a1' }, { id: 'a2' }]);
    const first = await importFile(analyst(), file, into('counted'));
    expect(first).toMatchObject({ state: 'promoted', format: 'vigie', source: 'vigie', failure: null });
    expect(first.report).toMatchObject({ records: 2, hashes: 2, new: 2, known: 0, changed: 0, ended: 0 });
    const again = await importFile(analyst(), file, into('counted'));
    expect(again.report).toMatchObject({ records: 2, new: 0, known: 2, changed: 0, ended: 0 });
    expect(await standing('counted')).toHaveLength(2);
  });

  it('names the line and the reason of an invalid record, and never a hash', async () => {
    const bad = { algorithm: 'sha256', value: `${hashNamed('sha256', 'bad').slice(1)}` };
    const done = await importFile(analyst(), vigieFile([{ id: 'b1' }, { id: 'b2', hashes: [bad] }]), into('known'));
    expect(done).toMatchObject({
      state: 'failed',
      report: { invalid: 1 },
      failure: expect.stringContaining('1 record is invalid'),
    });
    expect(done.report.problems).toEqual([{ at: 'line 3', reason: expect.stringMatching(/^sha256: expected 64 .*got 63/) }]);
    expect(JSON.stringify(done)).not.toMatch(/[0-9a-f]{40}/);
  });

  it('counts degenerate records and leaves them out', async () => {
    const empty = { algorithm: 'sha256', value: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' };
    const done = await importFile(analyst(), vigieFile([{ id: 'c1' }, { id: 'c2', hashes: [empty] }]), into('known'));
    expect(done).toMatchObject({ state: 'promoted', report: { new: 1, degenerate: 1 } });
    expect((await on.client.matchHashes({ sha256: empty.value })).matches).toEqual([]);
  });

  it('counts records that a list of harmless content knows, and leaves them out', async () => {
    await on.client.confirmed(await on.client.enrolHashes({ sha256: hashNamed('sha256', 'meme') }, 'harmless'));
    const done = await importFile(analyst(), vigieFile([{ id: 'meme' }, { id: 'd2' }]), into('known'));
    expect(done).toMatchObject({ state: 'promoted', report: { new: 1, knownGood: 1 } });
    expect(done.report.problems[0]?.reason).toContain('harmless');
  });

  it('counts hashes of kinds that Vigie does not match, and image data, which it drops', async () => {
    const media = [
      {
        ...{ MediaID: 1, Category: 1, SHA256: hashNamed('sha256', 'e1'), Thumbnail: 'aGVsbG8=' },
        AlternativeHashes: [{ HashName: 'TMK', HashValue: 'abc' }],
      },
    ];
    const done = await importFile(analyst(), vicsFile(media), into('illegal'));
    expect(done.report).toMatchObject({ new: 1, unsupported: { tmk: 1 }, imageDataSkipped: 1 });
  });

  it('shows no hash that stands where the name of a hash should be', async () => {
    const swapped = { HashName: hashNamed('md5', 'swapped'), HashValue: 'MD5' };
    const media = [{ MediaID: 2, Category: 1, SHA256: hashNamed('sha256', 'e2'), AlternativeHashes: [swapped] }];
    const done = await importFile(analyst(), vicsFile(media), into('illegal'));
    expect(done.report.unsupported).toEqual({ other: 1 });
  });

  it('names at most 50 kinds', async () => {
    const hashes = [sha256Named('e3'), ...Array.from({ length: 80 }, (_, kind) => ({ algorithm: `kind_${kind}`, value: 'x' }))];
    const done = await importFile(analyst(), vigieFile([{ id: 'e3', hashes }]), into('known'));
    expect(Object.keys(done.report.unsupported).length).toBeLessThanOrEqual(51);
    expect(Object.values(done.report.unsupported).reduce((sum, hashes) => sum + hashes, 0)).toBe(80);
  });

  it('is the same with dryRun, and nothing is on the list afterwards', async () => {
    await newList('dry');
    const file = vigieFile([{ id: 'f1' }, { id: 'f1' }, { id: 'f2', class: 'not_a_class' }]);
    const checked = await importFile(analyst(), file, into('dry', { dryRun: 'true' }));
    expect(checked).toMatchObject({ state: 'checked', dryRun: true });
    expect(await entriesOf('dry')).toEqual([]);
    const done = await importFile(analyst(), file, into('dry'));
    expect(done.state).toBe('promoted');
    expect(checked.report).toEqual(done.report);
  });
});

describe('a file', () => {
  it('is imported as a whole or not at all', async () => {
    await newList('whole');
    const failed = await importFile(analyst(), vigieFile([{ id: 'g1' }, { id: 'g2', hashes: [] }]), into('whole'));
    expect([failed.state, await entriesOf('whole')]).toEqual(['failed', []]);
    const rest = await importFile(
      analyst(),
      vigieFile([{ id: 'g1' }, { id: 'g2', hashes: [] }]),
      into('whole', { skipInvalid: 'true' }),
    );
    expect(rest).toMatchObject({ state: 'promoted', report: { new: 1, invalid: 1 } });
  });

  it('that is truncated leaves the list as it was, and says where it ends', async () => {
    const file = vigieFile([{ id: 'h1' }, { id: 'h2' }]);
    const cut = file.slice(0, file.lastIndexOf('{"end"'));
    const failed = await importFile(analyst(), cut, into('whole', { skipInvalid: 'true' }));
    expect(failed).toMatchObject({ state: 'failed', failure: expect.stringMatching(/line 4.*truncated/) });
    expect(await verdictOf('h1')).toBe('no_known_match');
  });

  it('in the wrong encoding leaves the list as it was, and says at which byte', async () => {
    const file = Buffer.concat([Buffer.from(vigieFile([{ id: 'i1' }])), Buffer.from([0xff])]);
    const failed = await importFile(analyst(), file, into('whole'));
    expect(failed).toMatchObject({ state: 'failed', failure: expect.stringMatching(/byte \d+.*UTF-8/) });
    expect(await verdictOf('i1')).toBe('no_known_match');
  });

  it('may be packed', async () => {
    const done = await importFile(analyst(), gzipSync(vigieFile([{ id: 'j1' }])), into('known'));
    expect([done.state, await verdictOf('j1')]).toEqual(['promoted', 'remove']);
  });

  it('that nobody recognises fails, and names the formats', async () => {
    const failed = await importFile(analyst(), 'hello', into('known'));
    expect(failed).toMatchObject({ state: 'failed', format: null, failure: expect.stringContaining('vics') });
  });
});

describe('a newer file of a source', () => {
  it('updates a record: the content that it showed before stops matching', async () => {
    await importFile(analyst(), vigieFile([{ id: 'k1' }]), into('known', { source: 'partner' }));
    const newer = vigieFile([{ id: 'k1', hashes: [sha256Named('k1 again')] }]);
    const done = await importFile(analyst(), newer, into('known', { source: 'partner' }));
    expect(done.report).toMatchObject({ new: 0, changed: 1, ended: 1 });
    expect([await verdictOf('k1'), await verdictOf('k1 again')]).toEqual(['no_known_match', 'remove']);
  });

  it('withdraws a record', async () => {
    await importFile(analyst(), vigieFile([{ id: 'l1' }, { id: 'l2' }]), into('known'));
    const done = await importFile(analyst(), vigieFile([withdrawnRecord('l1')]), into('known'));
    expect(done).toMatchObject({ state: 'promoted', report: { ended: 1 } });
    expect([await verdictOf('l1'), await verdictOf('l2')]).toEqual(['no_known_match', 'remove']);
  });

  it('does not touch the records of another source', async () => {
    await importFile(analyst(), vigieFile([{ id: 'm1' }]), into('known', { source: 'one' }));
    await importFile(analyst(), vigieFile([withdrawnRecord('m1')]), into('known', { source: 'two' }));
    expect(await verdictOf('m1')).toBe('remove');
  });

  it('with replace makes the list equal to the file', async () => {
    await newList('equal');
    await importFile(analyst(), vigieFile([{ id: 'n1' }, { id: 'n2' }, { id: 'n3' }]), into('equal'));
    const done = await importFile(analyst(), vigieFile([{ id: 'n2' }, { id: 'n4' }]), into('equal', { replace: 'true' }));
    expect(done).toMatchObject({ state: 'promoted', replace: true, report: { new: 1, known: 1, ended: 2 } });
    expect(await standing('equal')).toHaveLength(2);
    expect([await verdictOf('n1'), await verdictOf('n2'), await verdictOf('n4')]).toEqual(['no_known_match', 'remove', 'remove']);
  });

  it('may list again what the source had withdrawn', async () => {
    await importFile(analyst(), vigieFile([{ id: 'o1' }]), into('known'));
    await importFile(analyst(), vigieFile([withdrawnRecord('o1')]), into('known'));
    const done = await importFile(analyst(), vigieFile([{ id: 'o1' }]), into('known'));
    expect([done.report.new, await verdictOf('o1')]).toEqual([1, 'remove']);
  });

  it('counts the first of several records with one id', async () => {
    const file = vigieFile([{ id: 'p1' }, { id: 'p1', hashes: [sha256Named('p1 again')] }]);
    const done = await importFile(analyst(), file, into('known'));
    expect(done.report).toMatchObject({ records: 2, new: 1, repeated: 1 });
    expect([await verdictOf('p1'), await verdictOf('p1 again')]).toEqual(['remove', 'no_known_match']);
  });
});

describe('a record of an unknown class or scheme', () => {
  it('is held for review and never removed for, also on a list that needs no confirmation', async () => {
    const media = [{ MediaID: 'q1', Category: 1, SHA256: hashNamed('sha256', 'q1') }];
    const done = await importFile(analyst(), vicsFile(media, 'UK'), into('illegal', { source: 'uk' }));
    expect(done.report).toMatchObject({ new: 1, unknownClass: 1 });
    expect(await verdictOf('q1')).toBe('hold_for_review');
  });

  it('never becomes known-good', async () => {
    const file = vigieFile([{ id: 'r1', class: 'newer_class' }]);
    const done = await importFile(analyst(), file, into('harmless', { skipInvalid: 'true' }));
    expect(done.report).toMatchObject({ invalid: 1, new: 0 });
  });

  it('in VICS cannot reach a list of harmless content at all', async () => {
    const media = [{ MediaID: 's1', Category: 0, SHA256: hashNamed('sha256', 's1') }];
    const done = await importFile(analyst(), vicsFile(media), into('harmless', { skipInvalid: 'true' }));
    expect(done).toMatchObject({ state: 'failed', failure: expect.stringContaining('harmless') });
  });
});

it('a nested hash of a VICS record is not a hash of the record', async () => {
  const nested = { MediaFiles: [{ MD5: hashNamed('md5', 'nested'), FileName: 'other.jpg' }] };
  const media = [{ MediaID: 't1', Category: 1, MD5: hashNamed('md5', 't1'), ...nested }];
  await importFile(analyst(), vicsFile(media), into('illegal'));
  expect((await on.client.matchHashes({ md5: hashNamed('md5', 't1') })).matches).toHaveLength(1);
  expect((await on.client.matchHashes({ md5: hashNamed('md5', 'nested') })).matches).toEqual([]);
});

it('a PhotoDNA hash of a file matches what is equal to it', async () => {
  const photodna = hashNamed('sha256', 'u1').repeat(5).slice(0, 288);
  await importFile(analyst(), vicsFile([{ MediaID: 'u1', Category: 1, PhotoDNA: photodna }]), into('illegal'));
  expect((await on.client.matchHashes({ photodna })).matches).toMatchObject([{ list: 'illegal' }]);
});
