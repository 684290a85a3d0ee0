/** What the service answered instead of what was asked for, in its own words. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    /** Who was first, on a 409 of a review act. */
    readonly state: ReviewState | undefined,
    /** Seconds. */
    readonly retryAfter: number | undefined,
  ) {
    super(detail);
  }
}

export interface ReviewState {
  readonly status: string;
  readonly act?: string | null;
  readonly at?: string | null;
  readonly by?: { readonly organisation: string | null; readonly person: number | null } | null;
}

/** The service did not answer. It may or may not have done what was asked: send the same request again with the same key. */
export class Unreachable extends Error {}

export async function refusalOf(response: Response): Promise<Refusal> {
  const problem = (await response.json().catch(() => ({}))) as Partial<Record<'code' | 'detail' | 'title', string>> & {
    state?: ReviewState;
  };
  const after = response.headers.get('retry-after');
  return new Refusal(
    response.status,
    problem.code ?? 'unknown',
    problem.detail ?? problem.title ?? `${response.status} ${response.statusText}`,
    problem.state,
    after === null ? undefined : Number(after),
  );
}
