import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { setup } from '../../../src/domain/actor.js';
import { parseCaseNumber } from '../../../src/domain/case-number.js';
import type { HashSet, Sha256 } from '../../../src/domain/hash.js';
import { flipBits, randomFrom, randomHash } from '../../support/images.js';
import { openOwnDatabase } from '../../support/own-database.js';
import { until } from '../../support/until.js';
import { variantOf } from '../pictures.js';
import { alone, caseTools, openCases, requestOf } from './open-cases.js';

const own = await openOwnDatabase();
const { database, stores } = own;
const { cases, applied, entryReview, enrolment, refresh } = await openCases(own);
const random = randomFrom(311);
const picture = (): HashSet => ({ pdq: [variantOf(randomHash(random))] });
const { statesOf, standing, hashCount, opened } = caseTools(own, cases);

describe('the list of cases', () => {
  it('does not exist before the first case, and holds what its drafts match', async () => {
    expect(await stores.lists.all()).not.toContainEqual(expect.objectContaining({ id: 'victims' }));
    await opened([picture()]);
    expect(await stores.lists.all()).toContainEqual(
      expect.objectContaining({
        id: 'victims',
        action: 'hold_for_review',
        open: true,
        verification: { people: 1, organisations: 1 },
      }),
    );
  });
});

describe('a new case', () => {
  it('has a draft with a claim of its own for each file', async () => {
    const before = (await standing()).length;
    const { files, closedAt } = await opened([picture(), picture()]);
    expect(files).toMatchObject([
      { file: 1, state: 'checking' },
      { file: 2, state: 'checking' },
    ]);
    const entries = (await standing()).slice(before);
    expect([closedAt, entries.map(({ status }) => status)]).toEqual([null, ['draft', 'draft']]);
    const references = entries.flatMap(({ claims }) => claims.map(({ provenance }) => provenance.reference));
    expect(new Set(references).size).toBe(2);
  });

  it('has a draft also if its list asks for no confirmation', async () => {
    await database.query("update hash_list set people_required = 0, organisations_required = 0 where id = 'victims'");
    await refresh();
    await opened([picture()]);
    await database.query("update hash_list set people_required = 1, organisations_required = 1 where id = 'victims'");
    await refresh();
    expect((await standing()).at(-1)?.status).toBe('draft');
  });

  it('names a file that is the same as another one', async () => {
    const one = picture();
    expect((await opened([one, picture(), one])).files).toMatchObject([
      { state: 'checking' },
      { state: 'checking' },
      { file: 3, state: 'same', sameAs: 1 },
    ]);
  });

  it('refuses flat and known harmless pictures in the same way, and is closed if nothing is left', async () => {
    const harmless = randomHash(random);
    const { entry } = await enrolment.enrolHashes(
      { actor: setup, flagger: false },
      { list: 'harmless' },
      { pdq: [variantOf(harmless)] },
    );
    const uuid = entry.id.slice(4);
    await database.query(
      "update entry set status = 'verified', people = 2, organisations = 2 where replace(id::text, '-', '') = $1",
      [uuid],
    );
    const flat: HashSet = { pdq: [variantOf('0'.repeat(64))] };
    const { files, closedAt } = await opened([flat, { pdq: [variantOf(flipBits(harmless, 3, random))] }]);
    expect(files[0]).toEqual({ ...files[1], file: 1 });
    expect([files[0]?.state, closedAt]).toEqual(['refused', expect.any(Date)]);
  });

  it('takes the whole upright picture and equal hashes, and nothing else', async () => {
    const [upright, turned, part] = [randomHash(random), randomHash(random), randomHash(random)];
    const pdq = [variantOf(part, { variant: 'region_left' }), variantOf(turned, { orientation: 'rotate90' }), variantOf(upright)];
    const before = await hashCount();
    await opened([{ pdq, sha256: randomHash(random) as Sha256 }]);
    expect(await hashCount()).toBe((before ?? 0) + 2);
  });

  it('cannot be joined by a stranger who knows the SHA-256 of the file but has another picture', async () => {
    const sha256 = createHash('sha256').update('a file').digest('hex') as Sha256;
    await opened([{ sha256, pdq: [variantOf(randomHash(random))] }]);
    const before = (await standing()).length;
    await opened([{ sha256, pdq: [variantOf(randomHash(random))] }]);
    expect((await standing()).length).toBe(before + 1);
  });

  it('is one case however often the request comes, also at once', async () => {
    const request = requestOf([{ hashes: picture() }]);
    const before = (await standing()).length;
    const answers = await Promise.all([1, 2, 3].map(() => cases.open(request, alone)));
    expect(new Set(answers.map(({ caseNumber }) => caseNumber)).size).toBe(1);
    const { claims } = (await standing()).at(-1) ?? { claims: [] };
    expect([(await standing()).length, claims.length]).toEqual([before + 1, 1]);
  });

  it('leaves nothing behind if its request ran twice, and the person withdrew before the first run ended', async () => {
    const request = requestOf([{ hashes: picture() }, { hashes: picture() }]);
    const before = (await standing()).length;
    let goOn = () => {};
    applied.held = new Promise((resolve) => {
      goOn = resolve;
    });
    const seen = applied.enrolled;
    const first = cases.open(request, alone);
    await until('the first run holds', 5_000, async () => applied.enrolled > seen);
    applied.held = undefined;
    const number = parseCaseNumber((await cases.open(request, alone)).caseNumber);
    if (number) await cases.withdraw({ number, pin: request.pin }, undefined, '192.0.2.1');
    goOn();
    expect(statesOf(await first)).toEqual(['withdrawn', 'withdrawn']);
    expect((await standing()).length).toBe(before);
  });

  it('is another one with another PIN, so a request without the PIN finds nothing', async () => {
    const first = await opened([picture()]);
    const other = await cases.open({ ...first.request, pin: 'another pin' }, alone);
    expect(other.caseNumber).not.toBe(first.caseNumber);
  });

  it('is finished by the same request after the service failed in the middle', async () => {
    const request = requestOf([{ hashes: picture() }]);
    applied.failure = new Error('the index is away');
    await expect(cases.open(request, alone)).rejects.toThrow('the index is away');
    applied.failure = undefined;
    expect(statesOf(await cases.open(request, alone))).toEqual(['checking']);
  });

  it('is not repeated after a day', async () => {
    const { request } = await opened([picture()]);
    await database.query("update help_case set opened_at = opened_at - interval '25 hours'");
    await expect(cases.open(request, alone)).rejects.toMatchObject({ code: 'conflict' });
    await database.query("update help_case set opened_at = opened_at + interval '25 hours'");
  });
});

describe('an active file', () => {
  const confirm =
    "update entry set status = 'verified', people = 1, organisations = 1 where id = (select max(id::text)::uuid from entry)";
  const confirmed = `insert into confirmation (entry, person, organisation)
    select e.id, p.id, 'others' from entry e, (select min(id) as id from person) p where e.id = (select max(id::text)::uuid from entry)`;

  it('was confirmed after the case was opened', async () => {
    const { status } = await opened([picture()]);
    await database.query(confirm);
    expect(statesOf(await status())).toEqual(['checking']);
    await database.query(confirmed);
    expect(statesOf(await status())).toEqual(['active']);
  });

  it('that others had confirmed before shows as such after a day only', async () => {
    const one = picture();
    await opened([one]);
    await database.query(confirm);
    await database.query(confirmed);
    const { status } = await opened([one]);
    expect(statesOf(await status())).toEqual(['checking']);
    await database.query("update claim set made_at = made_at - interval '25 hours'");
    expect(statesOf(await status())).toEqual(['active']);
  });
});

describe('the platforms of a file', () => {
  it('are those that held or removed it since the case was opened', async () => {
    const one = picture();
    const before = (await standing()).length;
    const first = await opened([one]);
    const { id: entry = '' } = (await standing()).slice(before)[0] ?? {};
    let count = 0;
    const met = (organisation: string, verdict: string, answeredAt = new Date()) => {
      const given = { requestId: `req_${++count}`, key: 'k', organisation, verdict, reason: null, removal: null, answeredAt };
      const rest = { matches: [{ list: 'victims', entry }], evidence: [], policy: {}, indexVersion: '1' };
      return { ...given, ...rest } as unknown as Parameters<typeof stores.verdicts.append>[0][number];
    };
    const yesterday = new Date(Date.now() - 86_400_000);
    await stores.verdicts.append([met('a', 'hold_for_review'), met('a', 'hold_for_review'), met('b', 'hold_for_review')]);
    await stores.verdicts.append([met('b', 'remove'), met('c', 'hold_for_review', yesterday), met('d', 'test_match')]);
    expect((await first.status()).files[0]?.platforms).toEqual({ held: 1, removed: 1 });
    const second = await opened([one]);
    expect((await second.status()).files[0]?.platforms).toEqual({ held: 0, removed: 0 });
  });
});

describe('a closed case', () => {
  beforeAll(async () => {
    while ((await stores.helpCases.purge(1_000, 0)) > 0);
  });

  it('is deleted after its days, and an open one is not', async () => {
    const [closed, open] = [await opened([picture()]), await opened([picture()])];
    await closed.withdraw();
    expect(await stores.helpCases.purge(10, 1)).toBe(0);
    await database.query("update help_case set closed_at = closed_at - interval '2 days'");
    expect(await stores.helpCases.purge(10, 1)).toBe(1);
    await expect(closed.status()).rejects.toMatchObject({ code: 'unknown_case' });
    expect(statesOf(await open.status())).toEqual(['checking']);
  });

  it('is also one whose files all stopped matching in another way', async () => {
    const before = (await standing()).length;
    const { status } = await opened([picture()]);
    const { id = '' } = (await standing()).slice(before)[0] ?? {};
    await entryReview.withdraw(setup, id, 'a mistake');
    await stores.helpCases.purge(10, 1);
    expect((await status()).closedAt).toEqual(expect.any(Date));
  });

  it('is open again and not deleted if its list restores an entry', async () => {
    const before = (await standing()).length;
    const { status, withdraw } = await opened([picture()]);
    const { id = '' } = (await standing()).slice(before)[0] ?? {};
    await entryReview.withdraw(setup, id, 'a mistake');
    await stores.helpCases.purge(10, 1);
    await entryReview.restore(setup, id, 'no mistake');
    expect(await status()).toMatchObject({ closedAt: null, files: [{ state: 'checking' }] });
    await database.query("update help_case set closed_at = closed_at - interval '2 days'");
    await stores.helpCases.purge(10, 1);
    expect(statesOf(await withdraw())).toEqual(['withdrawn']);
  });
});

describe('a case of a helpline', () => {
  it('names the helpline in its claim and in the audit log', async () => {
    const [{ id: person } = { id: 0 }] = await database.query<{ id: number }>(
      "select id from person where organisation = 'others' limit 1",
    );
    const actor = { person, organisation: 'others', key: null, via: 'key' } as const;
    const before = (await standing()).length;
    const { status } = await opened([picture()], {}, { helpline: actor });
    const [{ claims } = { claims: [] }] = (await standing()).slice(before);
    expect(claims).toMatchObject([{ organisation: null, provenance: { assistedBy: 'others' } }]);
    const acts = await database.query("select organisation from act where act = 'case.open' order by id desc limit 1");
    expect([acts, statesOf(await status())]).toEqual([[{ organisation: 'others' }], ['checking']]);
  });
});

describe('what is stored of a case', () => {
  it('has neither number nor PIN, nor where the picture appeared', async () => {
    const { caseNumber, key } = await opened([picture()], { pin: '73915582', appearedAt: 'forum.example' });
    const tables = ['help_case', 'help_case_file', 'help_case_guard', 'act', 'claim', 'entry', 'entry_event', 'change'];
    const texts = await Promise.all(
      tables.map(async (table) => JSON.stringify(await database.query(`select t::text as row from ${table} t`))),
    );
    const hex = (text: string) => Buffer.from(text).toString('hex');
    for (const secret of [caseNumber, key.number, '73915582', 'forum.example', '192.0.2.1']) {
      for (const text of texts) for (const form of [secret, hex(secret)]) expect(text).not.toContain(form);
    }
    expect(texts[0]?.length).toBeGreaterThan(100);
  });
});
