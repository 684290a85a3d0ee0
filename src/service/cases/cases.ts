import { type Actor, system } from '../../domain/actor.js';
import { type CaseNumber, shownCaseNumber } from '../../domain/case-number.js';
import { VigieError } from '../../domain/errors.js';
import type { HashSet } from '../../domain/hash.js';
import { type HelpCase, hashesOfCase, victimsList } from '../../domain/help-case.js';
import { type HelpCaseStore, newCaseId, type Settled, type StoredHelpCase } from '../../store/help-cases.js';
import { digestOf, type Enrolment, storedHashes } from '../entries/enrolment.js';
import type { EntryReview } from '../entries/entry-review.js';
import type { CaseGate } from './case-limits.js';
import type { CaseSecrets } from './case-secrets.js';
import type { PinHashes } from './pin-hashes.js';
import type { Proof } from './proof-of-work.js';
import type { VictimsList } from './victims-list.js';

export interface CaseRequest {
  readonly files: readonly { readonly hashes: HashSet }[];
  readonly pin: string;
  readonly language?: 'fr' | 'en' | undefined;
  /** Where the pictures appeared, in the person's words. */
  readonly appearedAt?: string | undefined;
  /** Random. The same request again gets the same case. */
  readonly request: string;
  readonly proof?: Proof | undefined;
}

/** A person alone, or with a helpline. */
export type CaseOrigin = { readonly address: string } | { readonly helpline: Actor };

export interface OpenedCase extends HelpCase {
  readonly caseNumber: string;
}

export interface CaseKey {
  readonly number: CaseNumber;
  readonly pin: string;
}

export interface CaseParts {
  readonly store: HelpCaseStore;
  readonly gate: CaseGate;
  readonly secrets: CaseSecrets;
  readonly pinHashes: PinHashes;
  readonly list: VictimsList;
  readonly enrolment: Pick<Enrolment, 'enrolHashes'>;
  readonly entryReview: Pick<EntryReview, 'endForPerson'>;
}

const replayMs = 24 * 3_600_000;
const askedFor = 'the person depicted asked for it';

/** Cases of people who are in a picture: they have no key, but a number and a PIN. */
export class Cases {
  constructor(private readonly parts: CaseParts) {}

  /** @throws VigieError `proof_required`, `too_many_cases`, `not_found`, `conflict`, `overloaded`, `index_unavailable`. */
  async open(asked: CaseRequest, origin: CaseOrigin): Promise<OpenedCase> {
    const { store, secrets, list } = this.parts;
    list.assertTakesCases();
    const { proof: _, ...request } = asked;
    const helpline = 'helpline' in origin ? origin.helpline : undefined;
    const number = secrets.numberFor([helpline?.organisation ?? null, request]);
    const mark = secrets.markOfNumber(number);
    const known = (await store.find(mark)) ?? (await this.create(asked, origin, mark));
    if (known.openedAt.getTime() < Date.now() - replayMs)
      throw new VigieError('conflict', 'this request opened a case more than 24 hours ago; use another value of request');
    await this.enrolPending(known, asked, helpline?.organisation ?? undefined);
    return { caseNumber: shownCaseNumber(number), ...(await store.read(known.id)) };
  }

  /** @throws VigieError `unknown_case`, `too_many_tries`, `overloaded`. */
  async status(key: CaseKey, address: string): Promise<HelpCase> {
    const { id } = await this.admit(key, address);
    return this.parts.store.read(id);
  }

  /**
   * Ends the claims of the files, or of all. Files that nobody else lists stop matching on every node within a second.
   *
   * @throws VigieError `unknown_case`, `too_many_tries`, `overloaded`, `bad_request` for a file that the case does not have.
   */
  async withdraw(key: CaseKey, files: readonly number[] | undefined, address: string): Promise<HelpCase> {
    const { store, entryReview } = this.parts;
    const { id } = await this.admit(key, address);
    const { length } = (await store.read(id)).files;
    const alien = files?.find((file) => file > length);
    if (alien !== undefined) throw new VigieError('bad_request', `files: the case has no file ${alien}, but 1 to ${length}`);
    const listed = await store.listed(id, files);
    if (listed.length > 0) {
      await entryReview.endForPerson(listed, askedFor);
      await store.end(
        id,
        listed.map(({ file }) => file),
      );
    }
    return store.read(id);
  }

  private async create(asked: CaseRequest, origin: CaseOrigin, numberMark: Uint8Array): Promise<StoredHelpCase> {
    const { store, gate, secrets, pinHashes, list } = this.parts;
    pinHashes.assertRoom();
    if ('address' in origin) await gate.admitCase(origin.address, asked.proof);
    const hashed = await pinHashes.create(secrets.pepperedPin(asked.pin));
    await list.ensure();
    const id = newCaseId();
    const appearance = asked.appearedAt ? secrets.seal(id, asked.appearedAt) : null;
    const references = asked.files.map(() => `case-file-${newCaseId()}`);
    const given = { id, numberMark, ...hashed, language: asked.language ?? null, appearance, references };
    await store.open(given, 'helpline' in origin ? origin.helpline : system);
    const stored = await store.find(numberMark);
    if (!stored) throw new VigieError('overloaded', 'the case could not be read back; send the same request again', 1);
    return stored;
  }

  /** A request that comes twice at once enrols twice: the reference of each file makes it one claim. */
  private async enrolPending({ id, pending }: StoredHelpCase, { files }: CaseRequest, assistedBy?: string): Promise<void> {
    const { store } = this.parts;
    const first = firstOfEach(files);
    for (const { file, reference } of pending) {
      const sameAs = first[file - 1] ?? file;
      const hashes = hashesOfCase(files[file - 1]?.hashes ?? {});
      const settled = sameAs < file ? ({ state: 'same', sameAs } as const) : await this.enrol(hashes, reference, assistedBy);
      const isSettled = await store.settle(id, file, settled);
      // The same request ran twice at once, and the person has withdrawn the file meanwhile: nobody else could end this claim.
      if (!isSettled && settled.state === 'listed') await this.parts.entryReview.endForPerson([settled], askedFor);
    }
    if (pending.length > 0) await store.closeIfEnded(id);
  }

  /** The person does not learn why a hash was refused: that would tell what other lists hold. */
  private async enrol(hashes: HashSet, reference: string, assistedBy: string | undefined): Promise<Settled> {
    const provenance = { reference, ...(assistedBy && { assistedBy }) };
    const enroller = { actor: system, flagger: false, unverified: true } as const;
    try {
      if (storedHashes(hashes).length === 0) return { state: 'refused' };
      const { entry } = await this.parts.enrolment.enrolHashes(enroller, { list: victimsList, provenance }, hashes);
      const claim = entry.claims.find((one) => one.provenance.reference === reference);
      return claim ? { state: 'listed', entry: entry.id, claim: claim.id } : { state: 'refused' };
    } catch (error) {
      const isRefusal = error instanceof VigieError && (error.code === 'degenerate_hash' || error.code === 'conflict');
      if (isRefusal) return { state: 'refused' };
      throw error;
    }
  }

  /** An unknown number and a wrong PIN cost the same work and get the same answer. */
  private async admit({ number, pin }: CaseKey, address: string): Promise<StoredHelpCase> {
    const { store, gate, secrets, pinHashes } = this.parts;
    const mark = secrets.markOfNumber(number);
    // Before it counts as a try.
    pinHashes.assertRoom();
    await gate.beginTry(mark, address);
    const stored = await store.find(mark);
    const isRight = await pinHashes.verify(secrets.pepperedPin(pin), stored).catch(async (error: unknown) => {
      await gate.takeBackTry(mark, address);
      throw error;
    });
    if (!stored || !isRight) throw new VigieError('unknown_case', 'no case has this number and PIN; check both and try again');
    await gate.forgive(mark, address);
    return stored;
  }
}

/** Of each file, the number of the first one with the same hashes. */
function firstOfEach(files: CaseRequest['files']): number[] {
  const known = new Map<string, number>();
  return files.map(({ hashes }, at) => {
    const digest = digestOf(storedHashes(hashesOfCase(hashes)));
    const first = known.get(digest) ?? at + 1;
    known.set(digest, first);
    return first;
  });
}
