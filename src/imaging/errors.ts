/** The queue is full: answer 503 with Retry-After. */
export class ImagingOverloaded extends Error {
  override readonly name = 'ImagingOverloaded';

  /** `retryAfterSeconds`: about the time for the queue. */
  constructor(
    readonly limit: number,
    readonly retryAfterSeconds: number,
  ) {
    super(`image queue is full (limit ${limit}): try again in ${retryAfterSeconds} s`);
  }
}

/** `close()` was called. */
export class ImagingClosed extends Error {
  override readonly name = 'ImagingClosed';

  constructor() {
    super('imaging is shutting down and accepts no more images');
  }
}
