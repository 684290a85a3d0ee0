/** Each purpose has its own derived key, and no key reveals another. */
export type KeyPurpose =
  | 'audit'
  | 'tombstone'
  | 'seal'
  | 'reference'
  | 'distance'
  | 'flood'
  | 'probe'
  | 'feed'
  | 'exchange'
  | 'case'
  | 'glyph';

/** The secret of the installation. It is never in the database. */
export interface DataKey {
  /** 32 bytes, always the same for one purpose. */
  derive(purpose: KeyPurpose): Uint8Array;
}
