/** A list that follows another service, and how well it does. */

/** As `Exchange.kind` in src/exchanges has them. */
export const exchangeKinds = ['ncmec', 'stopncii', 'threatexchange', 'synapse', 'vigie', 'sample'] as const;
export type ExchangeKind = (typeof exchangeKinds)[number];

export interface ExchangeSettings {
  readonly id: string;
  readonly kind: ExchangeKind;
  readonly list: string;
  readonly baseUrl: string;
  readonly options: Readonly<Record<string, string>>;
  /** From the end of one fetch to the next. 0: at once, for a service that answers when something is new. */
  readonly everySeconds: number;
  readonly enabled: boolean;
}

/** Times are ISO 8601 in UTC; null: never. */
export interface ExchangeStatus {
  readonly checkpointAt: string | null;
  readonly triedAt: string | null;
  readonly succeededAt: string | null;
  readonly nextAt: string;
  /** Since the last success. */
  readonly failures: number;
  /** Of the last failure; null after a success. */
  readonly fault: string | null;
  readonly error: string | null;
  /** In all. */
  readonly fetched: number;
  readonly withdrawn: number;
  readonly refused: number;
  readonly errors: number;
}

export interface StoredExchange extends ExchangeSettings, ExchangeStatus {
  readonly organisation: string | null;
  readonly person: number | null;
  readonly credentials: Uint8Array;
  readonly checkpoint: Readonly<Record<string, string | number | boolean | null>> | null;
  readonly generation: number;
}

const firstPauseMs = 5_000;
const longestPauseMs = 3_600_000;

/**
 * The pause after a failure, in ms: it doubles with each failure, and varies by half, so that many clients of one service do not
 * return together.
 *
 * @param failures in a row, from 1
 * @param chance from 0 to 1
 */
export function pauseAfter(failures: number, everySeconds: number, chance: number): number {
  const doubled = Math.max(firstPauseMs, Math.min(everySeconds * 1_000, 60_000)) * 2 ** Math.min(failures - 1, 20);
  return Math.round(Math.min(doubled, longestPauseMs) * (0.5 + chance / 2));
}
