/** Approvals compare people and organisations, never keys: a person may hold several keys. */
export interface Actor {
  /** Null unless `via` is `key`. */
  readonly person: number | null;
  readonly organisation: string | null;
  readonly key: string | null;
  /** `setup`: the command line during set-up. `system`: a job of the service. */
  readonly via: 'key' | 'setup' | 'system';
}

export const system: Actor = { person: null, organisation: null, key: null, via: 'system' };

export const setup: Actor = { person: null, organisation: null, key: null, via: 'setup' };
