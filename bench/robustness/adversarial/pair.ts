/** Pairs of different pictures that share so much that a matcher may take one for a copy of the other. */

export interface Pair {
  readonly enrolled: Buffer;
  readonly asked: Buffer;
}

/** One way to build pairs. None of its pairs may lead to a removal. */
export interface Temptation {
  readonly kind: string;
  /** Unique among all temptations. */
  readonly name: string;
  /** 0 to 1: the part of the area that is equal in both pictures, where the builder knows it. */
  readonly sharedShare?: number;
  /** Only `asked` is asked for. The other way round it is a copy: a plain photograph is part of its own meme. */
  readonly oneWay?: true;
  /** The same seed gives the same bytes. */
  build(seed: number): Promise<Pair>;
}
