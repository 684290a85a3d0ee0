import type { VerdictName } from '../domain/verdict.js';

/** Upper bounds in seconds. A hash match takes about 0.1 ms, an image 10 to 500 ms, a large stream minutes. */
export const latencyBounds: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120,
];

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

export interface VerdictCount {
  readonly route: string;
  readonly verdict: string;
  readonly count: number;
}

/** What the API answered since the node started. */
export class RequestNumbers {
  private readonly byRoute = new Map<string, RouteNumbers>();
  private readonly verdicts = new Map<string, Map<VerdictName, number>>();
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

  *verdictCounts(): Generator<VerdictCount> {
    for (const [route, counts] of this.verdicts) for (const [verdict, count] of counts) yield { route, verdict, count };
  }
}
