import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { caseNumberOf, parseCaseNumber } from '../../../src/domain/case-number.js';
import { VigieError } from '../../../src/domain/errors.js';
import { defaultCaseLimits } from '../../../src/service/cases/case-limits.js';
import type { CaseRequest } from '../../../src/service/cases/cases.js';
import { PinHashes } from '../../../src/service/cases/pin-hashes.js';
import { leadingZeroBits, ProofOfWork, ProofRequired } from '../../../src/service/cases/proof-of-work.js';
import { randomFrom, randomHash } from '../../support/images.js';
import { openOwnDatabase } from '../../support/own-database.js';
import { variantOf } from '../pictures.js';
import { cheap, openCases, requestOf } from './open-cases.js';

const own = await openOwnDatabase();
const { database } = own;
const random = randomFrom(313);
const request = (changes: Partial<CaseRequest> = {}) =>
  requestOf([{ hashes: { pdq: [variantOf(randomHash(random))] } }], changes);
let addresses = 0;
const newAddress = () => `192.0.2.${++addresses}`;
const unknown = () => caseNumberOf(Buffer.from(randomHash(random), 'hex'));

async function refusal(work: Promise<unknown>): Promise<VigieError> {
  return work.then(
    () => Promise.reject(new Error('it was not refused')),
    (error: VigieError) => error,
  );
}

async function opened(cases: Awaited<ReturnType<typeof openCases>>['cases']) {
  const asked = request();
  const number = parseCaseNumber((await cases.open(asked, { address: newAddress() })).caseNumber);
  if (!number) throw new Error('no case number');
  return { number, pin: asked.pin };
}

describe('a wrong PIN', async () => {
  const { cases } = await openCases(own);

  it('gets the answer of an unknown number', async () => {
    const { number } = await opened(cases);
    const wrong = await refusal(cases.status({ number, pin: 'wrong pin' }, newAddress()));
    const other = await refusal(cases.status({ number: unknown(), pin: 'wrong pin' }, newAddress()));
    expect([wrong.code, wrong.detail]).toEqual(['unknown_case', other.detail]);
    expect(wrong.detail).not.toContain(number);
  });

  it('costs one scrypt, as an unknown number does', async () => {
    const pins = new PinHashes({ N: 2 ** 12, r: 8, p: 1 });
    const pin = Buffer.from('a pin');
    const stored = await pins.create(pin);
    const msOf = async (work: () => Promise<boolean>) => {
      const startedAt = performance.now();
      expect(await work()).toBe(false);
      return performance.now() - startedAt;
    };
    // In turns, because other work on the machine comes and goes.
    const ratios: number[] = [];
    for (let round = 0; round < 15; round++) {
      const wrong = await msOf(() => pins.verify(Buffer.from('other'), stored));
      ratios.push(wrong / (await msOf(() => pins.verify(pin, undefined))));
    }
    const median = ratios.toSorted((a, b) => a - b)[7];
    expect(median).toBeGreaterThan(1 / 3);
    expect(median).toBeLessThan(3);
  });

  it.each([
    ['a case', true],
    ['an unknown number', false],
  ])('too often locks %s, longer each time, whatever the address', async (_, exists) => {
    const key = exists ? await opened(cases) : { number: unknown(), pin: 'a good pin' };
    const tryOnce = (pin: string) => refusal(cases.status({ ...key, pin }, newAddress()));
    for (let time = 0; time < 5; time++) expect((await tryOnce('wrong pin')).code).toBe('unknown_case');
    /** In minutes. */
    const waits: number[] = [];
    for (let time = 0; time < 3; time++) {
      const locked = await tryOnce(key.pin);
      waits.push(Math.ceil((locked.retryAfterSeconds ?? 0) / 60));
      expect(locked.code).toBe('too_many_tries');
      await database.query("update help_case_guard set locked_until = now() where kind = 'number'");
      await tryOnce('wrong pin');
    }
    expect(waits).toEqual([1, 2, 4]);
  });

  it('counts even while it is checked, so tries at once do not pass the lock', async () => {
    const { number } = await opened(cases);
    const tries = Array.from({ length: 12 }, () => refusal(cases.status({ number, pin: 'wrong pin' }, newAddress())));
    const codes = (await Promise.all(tries)).map(({ code }) => code);
    expect(codes.filter((code) => code === 'unknown_case').length).toBe(5);
  });

  it('does not count if the service is too busy to check it', async () => {
    const [busy, address] = [await openCases(own, { tries: { ...defaultCaseLimits.tries, freeTries: 2 } }), newAddress()];
    const key = await opened(busy.cases);
    busy.pinHashes.verify = () => Promise.reject(new VigieError('overloaded', 'busy', 5));
    for (let time = 0; time < 3; time++) expect((await refusal(busy.cases.status(key, address))).code).toBe('overloaded');
    expect((await cases.status(key, address)).files.length).toBe(1);
  });

  it('is forgotten after the right one', async () => {
    const key = await opened(cases);
    for (let round = 0; round < 3; round++) {
      for (let time = 0; time < 4; time++) await refusal(cases.status({ ...key, pin: 'wrong pin' }, newAddress()));
      expect((await cases.status(key, newAddress())).files.length).toBe(1);
    }
  });

  it('locks the address as well, and the right PIN of a case of its own does not unlock it', async () => {
    const [mine, address] = [await opened(cases), newAddress()];
    const guess = () => refusal(cases.status({ number: unknown(), pin: 'wrong pin' }, address));
    for (let time = 0; time < 19; time++) {
      expect((await guess()).code).toBe('unknown_case');
      await cases.status(mine, address);
    }
    await guess();
    expect((await refusal(cases.status(mine, address))).code).toBe('too_many_tries');
    expect((await cases.status(mine, newAddress())).files.length).toBe(1);
  });

  it('stays locked on another node and after a restart', async () => {
    const key = await opened(cases);
    for (let time = 0; time < 5; time++) await refusal(cases.status({ ...key, pin: 'wrong pin' }, newAddress()));
    const other = await openCases(own);
    expect((await refusal(other.cases.status(key, newAddress()))).code).toBe('too_many_tries');
  });
});

describe('the PINs that are checked at once', () => {
  it('are two, sixteen wait, and more are refused', async () => {
    const pins = new PinHashes({ N: 2 ** 12, r: 8, p: 1 });
    const checks = await Promise.allSettled(Array.from({ length: 20 }, () => pins.verify(Buffer.from('x'), undefined)));
    const refused = checks.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(refused).toMatchObject([{ code: 'overloaded' }, { code: 'overloaded' }]);
    expect(await pins.verify(Buffer.from('x'), undefined)).toBe(false);
  });

  it('are hashed with a salt each', async () => {
    const pins = new PinHashes(cheap);
    const [one, other] = [await pins.create(Buffer.from('x')), await pins.create(Buffer.from('x'))];
    expect(Buffer.from(one.pinHash).equals(other.pinHash)).toBe(false);
    expect(await pins.verify(Buffer.from('x'), one)).toBe(true);
  });
});

describe('the quota of an address', () => {
  it('refuses the next case of the hour, and not that of a helpline', async () => {
    const { cases } = await openCases(own, { casesPerHour: 2 });
    const address = newAddress();
    const first = request();
    await cases.open(first, { address });
    await cases.open(request(), { address });
    const refused = await refusal(cases.open(request(), { address }));
    expect([refused.code, refused.retryAfterSeconds]).toEqual(['too_many_cases', expect.any(Number)]);
    expect(refused.retryAfterSeconds).toBeGreaterThan(3_500);
    expect((await cases.open(first, { address })).files.length).toBe(1);
    const helpline = { person: null, organisation: 'others', key: null, via: 'key' } as const;
    expect((await cases.open(request(), { helpline })).files.length).toBe(1);
    await database.query("update help_case_guard set forget_at = now() where kind = 'quota'");
    expect((await cases.open(request(), { address })).files.length).toBe(1);
  });
});

describe('the quota of all addresses', () => {
  it('refuses the next case of the ten minutes, whatever its proof', async () => {
    const { cases } = await openCases(own, { casesInAll: 1 });
    await opened(cases).catch(() => {});
    const refused = await refusal(cases.open(request(), { address: newAddress() }));
    expect([refused.code, refused.retryAfterSeconds]).toEqual(['too_many_cases', 60]);
  });
});

describe('a proof of work', async () => {
  const { cases, secrets } = await openCases(own, { casesWithoutProof: 1, proofBits: 6 });
  const open = (proof?: CaseRequest['proof']) => cases.open(request({ proof }), { address: newAddress() });
  const required = async (work: Promise<unknown>) => {
    const error = await refusal(work);
    if (!(error instanceof ProofRequired)) throw error;
    return error;
  };
  const solve = ({ challenge, bits }: ProofRequired['members']) => {
    const solves = (solution: string) =>
      leadingZeroBits(
        createHash('sha256')
          .update(challenge + solution)
          .digest(),
      ) >= bits;
    let nonce = 0;
    while (!solves(String(nonce))) nonce++;
    return { challenge, solution: String(nonce) };
  };

  it('is required once enough cases have arrived, and opens one case', async () => {
    await database.query("update help_case set opened_at = now() - interval '1 hour'");
    await open();
    await database.query(
      "update help_case set opened_at = now() - interval '1 hour' where id <> (select max(id::text)::uuid from help_case)",
    );
    const { members, status } = await required(open());
    expect([status, members.bits]).toEqual([428, 6]);
    const proof = solve(members);
    expect((await open(proof)).files.length).toBe(1);
    expect((await required(open(proof))).detail).toContain('has been used');
  });

  it('is refused if it is wrong, old, too easy or for another service', async () => {
    const { members } = await required(open());
    const { challenge, bits } = members;
    let wrong = 0;
    while (leadingZeroBits(createHash('sha256').update(`${challenge}${wrong}`).digest()) >= bits) wrong++;
    expect((await required(open({ challenge, solution: String(wrong) }))).detail).toContain('zero bits');
    expect((await required(open({ ...solve(members), challenge: `9${challenge.slice(1)}` }))).detail).toContain('not from this');
    const guards = { spendProof: async () => true };
    const [proofs, later] = [0, 601_000].map((ms) => new ProofOfWork(secrets, guards, () => Date.now() + ms));
    await expect(later?.check(solve(members), bits)).rejects.toMatchObject({ detail: expect.stringContaining('10 minutes') });
    await expect(proofs?.check(solve(members), bits + 2)).rejects.toMatchObject({
      detail: expect.stringContaining(`${bits + 2} are needed`),
    });
    await expect(proofs?.check(solve(members), bits + 1)).resolves.toBeUndefined();
  });

  it.each([
    [[0, 0, 255], 16],
    [[1], 7],
    [[128, 0], 0],
    [[0, 0], 16],
  ])('of %j has %i zero bits', (bytes, bits) => {
    expect(leadingZeroBits(Uint8Array.from(bytes))).toBe(bits);
  });
});

describe('what the guards keep', () => {
  it('is deleted once it counts for nothing', async () => {
    const { helpCaseGuards } = own.stores;
    await database.query("update help_case_guard set forget_at = now() where kind = 'proof'");
    const [row] = await database.query<{ count: number }>(
      'select count(*)::int as count from help_case_guard where forget_at > now()',
    );
    expect(await helpCaseGuards.purge(1_000)).toBeGreaterThan(0);
    const left = await database.query('select from help_case_guard');
    expect(left.length).toBe(row?.count);
  });
});
