/** Who is signed in. The session itself is a cookie that scripts cannot read; its CSRF token lives only in this variable. */
import { refusalOf, Unreachable } from './problem.ts';

export type Role = 'platform' | 'analyst' | 'reviewer' | 'operator' | 'auditor' | 'flagger';

export interface Caller {
  readonly key: string;
  readonly organisation: string;
  readonly organisationName: string | null;
  readonly person: number | null;
  readonly personName: string | null;
  readonly role: Role;
}

export interface Session {
  readonly csrfToken: string;
  readonly caller: Caller;
  readonly idleSeconds: number;
}

/** `undefined`: not known yet. `expired`: it ended while the page was in use, and the page keeps its forms. */
export type SignedIn = Session | 'nobody' | undefined;

let current: SignedIn;
let expired = false;
const listeners = new Set<() => void>();
const waiting = new Set<(session: Session) => void>();

export const session = (): SignedIn => current;
export const isExpired = (): boolean => expired;

export function onSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(next: SignedIn, isNowExpired = false): void {
  current = next;
  expired = isNowExpired;
  for (const listener of listeners) listener();
}

/** Asks the service whose session the browser has. */
export async function resumeSession(): Promise<SignedIn> {
  const response = await reach('GET', {});
  tell(response.ok ? await sessionIn(response) : 'nobody');
  return current;
}

/** @throws Refusal for a key that is unknown, revoked or expired. */
export async function signIn(key: string): Promise<void> {
  const response = await reach('POST', { authorization: `Bearer ${key.trim()}` });
  if (!response.ok) throw await refusalOf(response);
  const opened = await sessionIn(response);
  // Another person must not go on with what this one was doing.
  const isSamePerson = typeof current !== 'object' || current.caller.key === opened.caller.key;
  if (!isSamePerson) return location.reload();
  tell(opened);
  for (const resume of waiting) resume(opened);
  waiting.clear();
}

export async function signOut(): Promise<void> {
  if (typeof current === 'object') await reach('DELETE', { 'x-csrf-token': current.csrfToken });
  tell('nobody');
}

/** Resolves when the person has signed in again. The page stays as it is meanwhile. */
export function signedInAgain(): Promise<Session> {
  tell(current, true);
  return new Promise((resolve) => waiting.add(resolve));
}

/** Another tab may have signed in since: takes its token if it is the same key, and starts afresh if not. */
export async function renewToken(): Promise<Session | undefined> {
  const before = current;
  const response = await reach('GET', {});
  if (!response.ok) return undefined;
  const renewed = await sessionIn(response);
  if (typeof before === 'object' && before.caller.key !== renewed.caller.key) {
    location.reload();
    return undefined;
  }
  tell(renewed);
  return renewed;
}

async function sessionIn(response: Response): Promise<Session> {
  return (await response.json()) as Session;
}

async function reach(method: string, headers: Readonly<Record<string, string>>): Promise<Response> {
  try {
    return await fetch('/v1/session', { method, headers, cache: 'no-store' });
  } catch {
    throw new Unreachable();
  }
}
