/** What keys of the installation's secret are for: each purpose gets a key of its own, so that none says anything of another. */
export type KeyPurpose = 'audit' | 'tombstone' | 'seal' | 'reference';

/** The installation's secret, which is never in the database. */
export interface DataKey {
  /** 32 bytes, always the same ones for a purpose. */
  derive(purpose: KeyPurpose): Uint8Array;
}
