/** The calls that this page makes. Number and PIN are in bodies only, because URLs end up in histories and logs. */

import type { Hashes } from '../hashing/hasher.ts';
import type { Language } from '../language/language.ts';
import { solve } from './proof.ts';

export type FileState = 'checking' | 'active' | 'refused' | 'same' | 'withdrawn';

export interface OpenedCase {
  readonly caseNumber: string;
  readonly files: readonly { readonly file: number; readonly state: FileState }[];
}

export interface CaseStatus {
  readonly openedAt: string;
  readonly closedAt: string | null;
  readonly files: readonly {
    readonly file: number;
    readonly state: FileState;
    readonly platforms: { readonly held: number; readonly removed: number };
  }[];
}

export interface NewCase {
  readonly hashes: readonly Hashes[];
  readonly appearedAt: string;
  readonly language: Language;
  readonly pin: string;
  /** The same again within a day gets the same case. */
  readonly request: string;
}

export interface CaseKey {
  readonly caseNumber: string;
  readonly pin: string;
}

export type ProblemKind = 'offline' | 'busy' | 'server' | 'rejected' | 'unknown_case';

export class CaseProblem extends Error {
  constructor(
    readonly kind: ProblemKind,
    readonly minutes = 0,
  ) {
    super(kind);
  }
}

/** A challenge expires, and a second one may follow. */
const maxProofs = 3;

/** @throws CaseProblem @param onProof called when the service asks for a proof of work */
export async function openCase({ hashes, appearedAt, ...rest }: NewCase, onProof: () => void): Promise<OpenedCase> {
  const body = {
    ...rest,
    files: hashes.map((one) => ({ hashes: one })),
    statements: { adult: true, depicted: true, noConsent: true },
    ...(appearedAt.trim() ? { appearedAt: appearedAt.trim() } : {}),
  };
  let proof: { challenge: string; solution: string } | undefined;
  for (let tries = 0; ; tries++) {
    const response = await post('/v1/cases', proof ? { ...body, proof } : body);
    if (response.status !== 428 || tries === maxProofs) return answerOf<OpenedCase>(response);
    onProof();
    const { challenge, bits } = (await response.json()) as { challenge: string; bits: number };
    proof = { challenge, solution: await solve(challenge, bits) };
  }
}

/** @throws CaseProblem */
export async function caseStatus(key: CaseKey): Promise<CaseStatus> {
  return answerOf(await post('/v1/cases/status', key));
}

/** @throws CaseProblem @param files all, if absent */
export async function withdrawFiles(key: CaseKey, files?: readonly number[]): Promise<CaseStatus> {
  return answerOf(await post('/v1/cases/withdraw', { ...key, files }));
}

async function post(path: string, body: unknown): Promise<Response> {
  try {
    return await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      cache: 'no-store',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
    });
  } catch {
    throw new CaseProblem('offline');
  }
}

async function answerOf<Answer>(response: Response): Promise<Answer> {
  if (response.ok) {
    // The types are those of the service's schemas. A connection can end in the middle of an answer.
    return (await response.json().catch(() => Promise.reject(new CaseProblem('offline')))) as Answer;
  }
  const { code } = (await response.json().catch(() => ({}))) as { code?: string };
  if (response.status === 429) throw new CaseProblem('busy', Math.ceil(Number(response.headers.get('retry-after') ?? 60) / 60));
  if (code === 'unknown_case') throw new CaseProblem('unknown_case');
  throw new CaseProblem(response.status >= 500 ? 'server' : 'rejected');
}

/** Browsers offer `randomUUID` on HTTPS only. */
export function newRequestId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
