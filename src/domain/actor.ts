/** Who does something. Approvals compare people and organisations, never keys: a person may hold several. */
export interface Actor {
  /** Null: the machine itself, see `via`. */
  readonly person: number | null;
  readonly organisation: string | null;
  readonly key: string | null;
  /** `setup`: the command line before two people hold operator keys. `system`: a job of the service. */
  readonly via: 'key' | 'setup' | 'system';
}

/** What the service does by itself: expiry, flood guard, purges. */
export const system: Actor = { person: null, organisation: null, key: null, via: 'system' };

/** Whoever sets the service up on its own machine, before there are people to ask. */
export const setup: Actor = { person: null, organisation: null, key: null, via: 'setup' };
