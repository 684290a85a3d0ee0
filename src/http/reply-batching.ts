/** Waking a sleeping reader for a single reply takes 30 us, a quarter of a hash match. Replies written together wake it once. */
export class ReplyBatch {
  private ending: Promise<void> | undefined;

  /** Resolves after this turn of the event loop. */
  end(): Promise<void> {
    this.ending ??= new Promise((resolve) => {
      setImmediate(() => {
        this.ending = undefined;
        resolve();
      });
    });
    return this.ending;
  }
}
