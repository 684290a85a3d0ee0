import type { Job } from './job.js';

/** Retried images first, then in order of arrival. Sets remove an aborted image in O(1). */
export class Queue {
  readonly #retries = new Set<Job>();
  readonly #arrivals = new Set<Job>();

  get size(): number {
    return this.#retries.size + this.#arrivals.size;
  }

  add(job: Job): void {
    (job.alone ? this.#retries : this.#arrivals).add(job);
  }

  /** Stays in the queue until `remove`. */
  first(): Job | undefined {
    for (const jobs of [this.#retries, this.#arrivals]) for (const job of jobs) return job;
    return undefined;
  }

  remove(job: Job): void {
    this.#retries.delete(job);
    this.#arrivals.delete(job);
  }

  takeAll(): Job[] {
    const all = [...this.#retries, ...this.#arrivals];
    this.#retries.clear();
    this.#arrivals.clear();
    return all;
  }
}
