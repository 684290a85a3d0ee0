import type { Installation, InstallationSpec } from './installation.js';
import type { DatabaseKind, FaultRow } from './results.js';

/** What a scenario gets from the harness. */
export interface FaultBench {
  readonly database: DatabaseKind;
  /** Calls `harm` as often as the options say, or `usual` times. Always at least once. */
  repeat(usual: number, harm: (round: number) => Promise<void>): Promise<void>;
  /** A new data directory and database, filled but without a running server. Removed at the end of the run. */
  install(spec: InstallationSpec): Promise<Installation>;
}

/** One kind of fault. It starts what it needs, does the harm, and measures what honest callers notice of it. */
export interface FaultScenario {
  /** The value of `--only`. */
  readonly name: string;
  /** The right behaviour, in one sentence. BENCH.md shows it. */
  readonly goal: string;
  /** Without it the scenario runs on both databases. */
  readonly only?: DatabaseKind;
  run(bench: FaultBench): Promise<readonly FaultRow[]>;
}
