import { latencyBounds } from '../domain/latency.js';
import type { VerdictName } from '../domain/verdict.js';
import type { Refusals, Traffic } from '../service/operations/node-reports.js';

/** The client left before it had the answer. */
export const aborted = 'aborted';

/** Counts of one route. prom-client's own histogram takes 3 us per request, a twentieth of a hash match. */
export class RouteNumbers {
  readonly statuses = new Map<number | typeof aborted, number>();
  /** One count per bound, and one for whatever took longer. */
  readonly buckets = new Float64Array(latencyBounds.length + 1);
  seconds = 0;

  constructor(
    readonly method: string,
    readonly route: string,
  ) {}

  add(status: number | typeof aborted, ms: number): void {
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
    const seconds = ms / 1_000;
    let bucket = 0;
    while (bucket < latencyBounds.length && seconds > (latencyBounds[bucket] ?? 0)) bucket++;
    this.buckets[bucket] = (this.buckets[bucket] ?? 0) + 1;
    this.seconds += seconds;
  }
}

/** Calls that match one content, whose times can be compared. */
const matchRoutes: ReadonlySet<string> = new Set(['/v1/match', '/v1/media', '/v1/pdq', '/m/lookup', '/m/raw_lookup']);

export interface VerdictCount {
  readonly route: string;
  readonly verdict: string;
  readonly count: number;
}

/** What the API answered since the node started. */
export class RequestNumbers {
  private readonly byRoute = new Map<string, RouteNumbers>();
  private readonly verdicts = new Map<string, Map<VerdictName, number>>();
  private refusedKeys = new Map<string, { tooMany: number; unavailable: number }>();
  /** By the code of the error. */
  readonly refusals = new Map<string, number>();

  route(method: string, route: string): RouteNumbers {
    const name = `${method} ${route}`;
    const known = this.byRoute.get(name) ?? new RouteNumbers(method, route);
    this.byRoute.set(name, known);
    return known;
  }

  /** Routes that answered at least once. */
  *routes(): Generator<RouteNumbers> {
    for (const route of this.byRoute.values()) if (route.statuses.size > 0) yield route;
  }

  noteRefusal(code: string): void {
    this.refusals.set(code, (this.refusals.get(code) ?? 0) + 1);
  }

  noteVerdict(route: string, verdict: VerdictName): void {
    let counts = this.verdicts.get(route);
    if (!counts) {
      counts = new Map();
      this.verdicts.set(route, counts);
    }
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  }

  noteRefusedKey(key: string, status: 429 | 503): void {
    const counts = this.refusedKeys.get(key) ?? { tooMany: 0, unavailable: 0 };
    this.refusedKeys.set(key, counts);
    if (status === 429) counts.tooMany++;
    else counts.unavailable++;
  }

  /** Since the last call. */
  takeRefusals(): Map<string, Refusals> {
    const taken = this.refusedKeys;
    this.refusedKeys = new Map();
    return taken;
  }

  traffic(): Traffic {
    const latency = Array.from({ length: latencyBounds.length + 1 }, () => 0);
    const statuses = new Map<number | typeof aborted, number>();
    for (const one of this.byRoute.values()) {
      for (const [status, count] of one.statuses) statuses.set(status, (statuses.get(status) ?? 0) + count);
      if (!matchRoutes.has(one.route)) continue;
      for (const [at, count] of one.buckets.entries()) latency[at] = (latency[at] ?? 0) + count;
    }
    const verdicts: Partial<Record<VerdictName, number>> = {};
    for (const counts of this.verdicts.values())
      for (const [name, count] of counts) verdicts[name] = (verdicts[name] ?? 0) + count;
    const requests = [...statuses.values()].reduce((sum, count) => sum + count, 0);
    return { requests, tooMany: statuses.get(429) ?? 0, unavailable: statuses.get(503) ?? 0, verdicts, latency };
  }

  *verdictCounts(): Generator<VerdictCount> {
    for (const [route, counts] of this.verdicts) for (const [verdict, count] of counts) yield { route, verdict, count };
  }
}
