/** An order comes from an authority, a notice from anybody else. */
import type { ContentClass } from './list.js';
import type { Obligation } from './obligations.js';
import type { ClockStart, PauseReason } from './regimes/regime.js';

export const legalRequestKinds = ['order', 'notice'] as const;
export type LegalRequestKind = (typeof legalRequestKinds)[number];

export const startOf: Readonly<Record<LegalRequestKind, ClockStart>> = { order: 'order_received', notice: 'notice_received' };

export const issuerKinds = ['authority', 'trusted_flagger', 'hotline', 'person'] as const;
export type IssuerKind = (typeof issuerKinds)[number];

export const outcomes = ['removed', 'refused', 'not_found', 'withdrawn'] as const;
export type OutcomeName = (typeof outcomes)[number];

export interface Outcome {
  readonly outcome: OutcomeName;
  readonly reason: string | null;
  /** ms since the epoch. */
  readonly at: number;
}

export interface NewLegalRequest {
  readonly id: string;
  readonly organisation: string;
  readonly kind: LegalRequestKind;
  readonly regime: string;
  readonly issuer: string;
  readonly issuerKind: IssuerKind;
  readonly reference: string;
  /** A ticket or an internal id, never a person. */
  readonly about: string;
  readonly requestId: string | null;
  readonly class: ContentClass | null;
  readonly priority: boolean;
  readonly receivedAt: number;
  /** As at receipt, before pauses. */
  readonly obligations: readonly Obligation[];
  /** Null: without undue delay. */
  readonly deadlineAt: number | null;
}

export interface LegalRequest extends NewLegalRequest {
  readonly paused: { readonly at: number; readonly reason: PauseReason } | null;
  /** Length of earlier pauses. */
  readonly pausedMs: number;
  readonly outcome: Outcome | null;
}

/** `open`: without an outcome, paused or not. */
export const legalRequestFilters = ['open', 'overdue', 'closed'] as const;
export type LegalRequestFilter = (typeof legalRequestFilters)[number];

export const legalRequestStates = ['running', 'paused', 'closed'] as const;
export type LegalRequestState = (typeof legalRequestStates)[number];

/** `obligations` come earliest deadline first. */
export function earliestOf(obligations: readonly Obligation[]): number | null {
  const deadlineAt = obligations[0]?.deadlineAt ?? null;
  return deadlineAt === null ? null : Date.parse(deadlineAt);
}

export function stateOf({ outcome, paused }: LegalRequest): LegalRequestState {
  if (outcome) return 'closed';
  return paused ? 'paused' : 'running';
}

export function nameOf({ kind, id }: Pick<LegalRequest, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}

const publicIds: Readonly<Record<LegalRequestKind, string>> = { order: 'ord', notice: 'ntc' };

export function legalRequestIdOf(kind: LegalRequestKind, uuid: string): string {
  return `${publicIds[kind]}_${uuid.replaceAll('-', '')}`;
}

export function uuidOfLegalRequestId(kind: LegalRequestKind, id: string): string | undefined {
  const [, prefix, hex] = /^(ord|ntc)_([0-9a-f]{32})$/.exec(id) ?? [];
  if (prefix !== publicIds[kind]) return undefined;
  return hex?.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
