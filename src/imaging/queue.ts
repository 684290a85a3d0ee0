import type { Job } from './job.js';

interface Owner {
  /** In order of arrival. A set removes an aborted image in O(1). */
  readonly jobs: Set<Job>;
  /** Decoding time that the owner has used, on a clock that all owners share. */
  usedMs: number;
}

/** Also for an image that is not decoded yet. */
const minimumMs = 1;
/** Owners without a waiting image, kept for the time they have used. */
const maxIdleOwners = 1_000;

/**
 * Retried images first, then the owner that has used the least decoding time, and its images in order of arrival. An owner that
 * was idle starts level with the others, so nobody saves up time.
 */
export class Queue {
  readonly #retries = new Set<Job>();
  readonly #owners = new Map<string, Owner>();
  #waiting = 0;
  /** What the owner that was served last had used. */
  #clockMs = 0;

  get size(): number {
    return this.#retries.size + this.#waiting;
  }

  add(job: Job): void {
    if (job.alone) {
      this.#retries.add(job);
      return;
    }
    const owner = this.#owners.get(job.owner) ?? { jobs: new Set<Job>(), usedMs: 0 };
    if (owner.jobs.size === 0) owner.usedMs = Math.max(owner.usedMs, this.#clockMs);
    this.#owners.set(job.owner, owner);
    owner.jobs.add(job);
    this.#waiting++;
  }

  /** Stays in the queue until `remove`. */
  first(): Job | undefined {
    for (const job of this.#retries) return job;
    let next: Owner | undefined;
    for (const owner of this.#owners.values()) {
      if (owner.jobs.size > 0 && (!next || owner.usedMs < next.usedMs)) next = owner;
    }
    for (const job of next?.jobs ?? []) return job;
    return undefined;
  }

  /** The last image of the owner with the most, if it has at least two more than `owner` with the `arriving` ones. */
  displacedBy(owner: string, arriving = 0): Job | undefined {
    let longest = new Set<Job>();
    for (const { jobs } of this.#owners.values()) if (jobs.size > longest.size) longest = jobs;
    const own = (this.#owners.get(owner)?.jobs.size ?? 0) + arriving;
    return longest.size >= own + 2 ? [...longest].at(-1) : undefined;
  }

  remove(job: Job): void {
    this.#retries.delete(job);
    const owner = this.#owners.get(job.owner);
    if (!owner?.jobs.delete(job)) return;
    this.#waiting--;
    this.#clockMs = Math.max(this.#clockMs, owner.usedMs);
    // Otherwise the images that are being decoded would be free, and one owner could fill all processes.
    owner.usedMs += minimumMs;
    if (owner.jobs.size === 0 && this.#owners.size > maxIdleOwners) this.#owners.delete(job.owner);
  }

  /** An image of the owner was decoded. */
  charge(owner: string, milliseconds: number): void {
    const known = this.#owners.get(owner);
    if (known) known.usedMs += milliseconds;
  }

  takeAll(): Job[] {
    const all = [...this.#retries, ...[...this.#owners.values()].flatMap(({ jobs }) => [...jobs])];
    this.#retries.clear();
    this.#owners.clear();
    this.#waiting = 0;
    return all;
  }
}
