/** An entry whose enrolment was acknowledged. */
export interface Enrolled {
  readonly id: string;
  readonly pdq: string;
}

interface Known extends Enrolled {
  readonly since: number;
}

export interface Expected {
  readonly pdq: string;
  readonly verdict: 'remove' | 'no_known_match';
  /** When (performance.now) the last change of the entry was acknowledged. Memory from before it gives the old verdict. */
  readonly since: number;
  /** False after the entry has changed: the answer may be the old or the new verdict. */
  readonly stillHolds: () => boolean;
}

/** Of the newest entries, so that a choice stays cheap. */
const remembered = 200;

/** What a match must answer for hashes that were enrolled or withdrawn during the run. */
export class Expectations {
  private readonly live: Known[] = [];
  private readonly withdrawn: Known[] = [];

  constructor(
    private readonly random: () => number,
    private readonly known: readonly string[],
  ) {}

  enrolled(entry: Enrolled): void {
    remember(this.live, entry);
  }

  withdrew(entry: Enrolled): void {
    remember(this.withdrawn, entry);
  }

  /** The entry belongs to the caller alone. Nobody knows its state until the withdrawal is acknowledged. */
  takeForWithdrawal(): Enrolled | undefined {
    return this.live.splice(Math.floor(this.random() * this.live.length), 1)[0];
  }

  next(): Expected {
    const kind = this.random();
    const among = kind < 0.3 ? this.live : kind < 0.6 ? this.withdrawn : [];
    const chosen = among[Math.floor(this.random() * among.length)];
    if (!chosen) {
      const pdq = this.known[Math.floor(this.random() * this.known.length)] ?? '';
      return { pdq, verdict: 'remove', since: 0, stillHolds: () => true };
    }
    const verdict = among === this.live ? 'remove' : 'no_known_match';
    return { pdq: chosen.pdq, verdict, since: chosen.since, stillHolds: () => among.includes(chosen) };
  }
}

function remember(list: Known[], entry: Enrolled): void {
  list.push({ ...entry, since: performance.now() });
  if (list.length > remembered) list.shift();
}
