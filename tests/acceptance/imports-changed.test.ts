/** A later file of the same source changes what the source says about content. The list holds that content already. */
import { beforeAll, describe, expect, it } from 'vitest';
import { hashNamed, importFile, sha256Named, type VigieRecord, vigieFile } from '../support/import-files.js';
import { useService } from '../support/use-service.js';

const on = useService();
const analyst = () => on.client.as('analyst');
const sha256 = (id: string) => ({ sha256: hashNamed('sha256', id) });
/** Any PDQ that is neither flat nor of two tones. */
const pdqOf = (id: string) => hashNamed('sha256', `pdq of ${id}`);
const verdictOf = async (id: string) => (await on.client.matchHashes(sha256(id))).verdict;
const verdictOfCopy = async (id: string) => (await on.client.matchHashes({ pdq: pdqOf(id), quality: 100 })).verdict;
const said = async (record: VigieRecord, list = 'changed') => {
  const done = await importFile(analyst(), vigieFile([record]), { list });
  expect([done.state, done.failure]).toEqual(['promoted', null]);
  return done.report;
};
const unknown = (id: string): VigieRecord => ({ id, class: 'not_a_class' });

beforeAll(async () => {
  const verification = { people: 0, organisations: 0 };
  await on.client.createList({ id: 'changed', title: 'Changed', class: 'ncii_adult', action: 'remove', verification });
});

describe('a later file of the same source', () => {
  it('that knows the class now lets the content be removed', async () => {
    await said(unknown('now-known'));
    expect(await verdictOf('now-known')).toBe('hold_for_review');
    expect(await said({ id: 'now-known' })).toMatchObject({ known: 1, changed: 0 });
    expect(await verdictOf('now-known')).toBe('remove');
  });

  it('that does not know the class any more lets the content be held', async () => {
    await said({ id: 'now-unknown' });
    expect(await verdictOf('now-unknown')).toBe('remove');
    await said(unknown('now-unknown'));
    expect(await verdictOf('now-unknown')).toBe('hold_for_review');
  });
});

describe('a hash of the picture, for content whose file alone was listed', () => {
  const both = (id: string) => [sha256Named(id), { algorithm: 'pdq', value: pdqOf(id), quality: 100 }];

  it('comes with a later file, and finds copies', async () => {
    await said({ id: 'completed' });
    expect(await verdictOfCopy('completed')).toBe('no_known_match');
    await said({ id: 'completed', hashes: both('completed') });
    expect([await verdictOf('completed'), await verdictOfCopy('completed')]).toEqual(['remove', 'remove']);
  });

  it('comes with an enrolment, and finds copies', async () => {
    const first = await on.client.enrolHashes(sha256('enrolled'), 'changed');
    const second = await on.client.enrolHashes({ ...sha256('enrolled'), pdq: pdqOf('enrolled'), quality: 100 }, 'changed');
    expect(second).not.toBe(first);
    expect([await verdictOf('enrolled'), await verdictOfCopy('enrolled')]).toEqual(['remove', 'remove']);
  });
});
