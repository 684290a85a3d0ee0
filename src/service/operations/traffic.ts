import { quantileMs } from '../../domain/latency.js';
import type { NodeStore, TrafficAt, VerdictCounts } from '../../store/nodes.js';

export interface TrafficPoint {
  /** When the step begins. */
  readonly at: string;
  readonly requests: number;
  /** A verdict that was not given is absent. */
  readonly verdicts: VerdictCounts;
  /** Null: nothing was matched. */
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly tooMany: number;
  readonly unavailable: number;
}

export interface TrafficSeries {
  readonly stepSeconds: number;
  /** Oldest first, without gaps. The last step is not over. */
  readonly points: readonly TrafficPoint[];
}

const maxPoints = 300;
const minuteSeconds = 60;

/** The traffic of all nodes in at most 300 steps of whole minutes. */
export async function trafficSeries(store: Pick<NodeStore, 'traffic'>, hours: number, now: number): Promise<TrafficSeries> {
  const stepSeconds = Math.ceil((hours * 3_600) / maxPoints / minuteSeconds) * minuteSeconds;
  const stepMs = stepSeconds * 1_000;
  const steps = Math.ceil((hours * 3_600) / stepSeconds);
  const first = (Math.floor(now / stepMs) - steps + 1) * stepMs;
  const found = new Map((await store.traffic(new Date(first), stepSeconds)).map((traffic) => [traffic.at, traffic]));
  const points = Array.from({ length: steps }, (_, step) => pointOf(first + step * stepMs, found.get(first + step * stepMs)));
  return { stepSeconds, points };
}

function pointOf(at: number, traffic: TrafficAt | undefined): TrafficPoint {
  const { requests = 0, verdicts = {}, latency = [], tooMany = 0, unavailable = 0 } = traffic ?? {};
  const times = { p50Ms: quantileMs(latency, 0.5), p99Ms: quantileMs(latency, 0.99) };
  return { at: new Date(at).toISOString(), requests, verdicts, ...times, tooMany, unavailable };
}
