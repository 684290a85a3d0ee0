import { v7 as uuidv7 } from 'uuid';
import { VigieError } from '../../domain/errors.js';
import { actorOf, type Caller } from '../../domain/key.js';
import {
  earliestOf,
  type IssuerKind,
  type LegalRequest,
  type LegalRequestFilter,
  type LegalRequestKind,
  legalRequestIdOf,
  type OutcomeName,
  startOf,
  uuidOfLegalRequestId,
} from '../../domain/legal-request.js';
import { close, notInFuture, pause, resume } from '../../domain/legal-request-clock.js';
import type { ContentClass } from '../../domain/list.js';
import { obligationsOf } from '../../domain/obligations.js';
import type { PauseReason, Regime } from '../../domain/regimes/regime.js';
import { regimeOf, regimesStartedBy } from '../../domain/regimes.js';
import type { LegalRequestStore } from '../../store/legal-requests.js';

export interface ReceivedLegalRequest {
  readonly regime: string;
  readonly issuer: string;
  readonly issuerKind?: IssuerKind | undefined;
  readonly reference: string;
  readonly about: string;
  readonly requestId?: string | undefined;
  /** Default: the class in the verdict of `requestId`. */
  readonly class?: ContentClass | undefined;
  /** ms since the epoch; default: now. */
  readonly receivedAt?: number | undefined;
}

export interface Ending {
  readonly outcome: OutcomeName;
  readonly reason?: string | undefined;
  /** ms since the epoch; absent: now. */
  readonly at?: number | undefined;
}

export interface LegalRequestPageRequest {
  readonly status?: LegalRequestFilter | undefined;
  readonly cursor?: string | undefined;
  readonly limit: number;
}

/** Only the organisation that received an order or a notice can see and change it. */
export class LegalRequests {
  constructor(
    private readonly store: LegalRequestStore,
    /** Updates this node's cache. */
    private readonly refresh: () => Promise<void> = async () => {},
    readonly clock: () => number = Date.now,
  ) {}

  /** @throws VigieError `bad_request`, `conflict` when the regime is not switched on, or the reference number was used before. */
  async receive(caller: Caller, kind: LegalRequestKind, given: ReceivedLegalRequest): Promise<LegalRequest> {
    const regime = regimeFor(kind, given.regime);
    refuseOtherClass(regime, given.class ?? null);
    const now = this.clock();
    const receivedAt = given.receivedAt === undefined ? now : notInFuture('receivedAt', given.receivedAt, now);
    const about = { organisation: caller.organisation, requestId: given.requestId ?? null };
    const result = await this.store.create(about, actorOf(caller), (switchedOn, matched) => {
      refuseSwitchedOff(regime, switchedOn);
      const matchedClass = matched && regime.classes.includes(matched) ? matched : null;
      return { ...given, ...about, ...derivedFrom(kind, regime, given, given.class ?? matchedClass, receivedAt) };
    });
    if ('legalRequest' in result) return this.refreshed(result.legalRequest);
    throw new VigieError('conflict', `reference: ${kind} ${result.taken} already has this number from ${given.issuer}`);
  }

  /** @throws VigieError `not_found`. */
  async get({ organisation }: Caller, kind: LegalRequestKind, id: string): Promise<LegalRequest> {
    return found(kind, id, await this.store.get(organisation, kind, id));
  }

  /** Oldest first. @throws VigieError `bad_request` for an invalid cursor. */
  async page(
    { organisation }: Caller,
    kind: LegalRequestKind,
    { status, cursor, limit }: LegalRequestPageRequest,
  ): Promise<{ items: LegalRequest[]; nextCursor: string | null }> {
    if (cursor !== undefined && !uuidOfLegalRequestId(kind, cursor)) {
      throw new VigieError('bad_request', 'cursor: send the nextCursor of the previous page, unchanged');
    }
    const now = this.clock();
    const items = await this.store.page({ organisation, kind, filter: status, after: cursor, limit: limit + 1, now });
    const shown = items.slice(0, limit);
    return { items: shown, nextCursor: items.length > limit ? (shown.at(-1)?.id ?? null) : null };
  }

  /** @throws VigieError `not_found`, `conflict`. */
  pause(caller: Caller, kind: LegalRequestKind, id: string, reason: PauseReason): Promise<LegalRequest> {
    return this.change(caller, kind, id, 'pause', (current) => pause(current, reason, this.clock()));
  }

  /** @throws VigieError `not_found`, `conflict`. */
  resume(caller: Caller, kind: LegalRequestKind, id: string): Promise<LegalRequest> {
    return this.change(caller, kind, id, 'resume', (current) => resume(current, this.clock()));
  }

  /** @throws VigieError `not_found`, `conflict`, `bad_request`. */
  close(caller: Caller, kind: LegalRequestKind, id: string, { outcome, reason, at }: Ending): Promise<LegalRequest> {
    const ending = { outcome, reason: reason ?? null, at: at ?? null };
    return this.change(caller, kind, id, 'close', (current) => close(current, ending, this.clock()));
  }

  private async change(
    caller: Caller,
    kind: LegalRequestKind,
    id: string,
    act: 'pause' | 'resume' | 'close',
    change: (current: LegalRequest) => LegalRequest,
  ): Promise<LegalRequest> {
    const { organisation } = caller;
    return this.refreshed(found(kind, id, await this.store.change({ organisation, kind, id }, actorOf(caller), act, change)));
  }

  /** The write is committed; the cache catches up later. */
  private async refreshed(legalRequest: LegalRequest): Promise<LegalRequest> {
    await this.refresh().catch(() => {});
    return legalRequest;
  }
}

function derivedFrom(
  kind: LegalRequestKind,
  regime: Regime,
  given: ReceivedLegalRequest,
  contentClass: ContentClass | null,
  receivedAt: number,
) {
  const issuerKind = given.issuerKind ?? defaultIssuer(kind, regime);
  const subjects = regime.actions.map((action) => ({ class: contentClass, action }));
  const id = legalRequestIdOf(kind, uuidv7());
  const { obligations } = obligationsOf([regime.id], subjects, { startsFrom: startOf[kind], at: receivedAt, demand: id });
  return {
    id,
    kind,
    issuerKind,
    class: contentClass,
    priority: regime.priority || issuerKind === 'trusted_flagger',
    receivedAt,
    obligations,
    deadlineAt: earliestOf(obligations),
  };
}

function defaultIssuer(kind: LegalRequestKind, { priority }: Regime): IssuerKind {
  if (kind === 'order') return 'authority';
  return priority ? 'trusted_flagger' : 'person';
}

function regimeFor(kind: LegalRequestKind, id: string): Regime {
  const ids = regimesStartedBy(startOf[kind]);
  const regime = ids.includes(id) ? regimeOf(id) : undefined;
  if (!regime) throw new VigieError('bad_request', `regime: for ${kind}s it must be one of ${ids.join(', ')}`);
  return regime;
}

function refuseOtherClass({ id, classes }: Regime, given: ContentClass | null): void {
  if (given === null || classes.includes(given)) return;
  throw new VigieError('bad_request', `class: regime ${id} does not cover ${given}; it covers ${classes.join(', ')}`);
}

function refuseSwitchedOff({ id }: Regime, switchedOn: readonly string[]): void {
  if (switchedOn.includes(id)) return;
  const on = switchedOn.join(', ') || 'none';
  throw new VigieError(
    'conflict',
    `regime ${id} is not switched on for your organisation; switch it on with PATCH /v1/organisation (switched on: ${on})`,
  );
}

function found(kind: LegalRequestKind, id: string, legalRequest: LegalRequest | undefined): LegalRequest {
  if (!legalRequest) throw new VigieError('not_found', `your organisation has no ${kind} "${id}"`);
  return legalRequest;
}
