import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { VigieError } from '../../domain/errors.js';
import { actorOf, type Caller } from '../../domain/key.js';
import type { SessionStore, StoredSession } from '../../store/sessions.js';
import type { KeyCache } from './key-cache.js';

const cookieBytes = 32;
const cookieText = /^[\w-]{43}$/;

/** What a page may know of its session. The cookie stays out of its reach. */
export interface Session {
  readonly csrfToken: string;
  readonly caller: Caller;
  readonly organisationName: string;
  readonly personName: string | null;
  readonly idleSeconds: number;
  readonly endsAt: string;
}

export interface SessionParts {
  readonly store: SessionStore;
  readonly keyCache: Pick<KeyCache, 'callerOf'>;
  readonly idleMinutes: number;
  readonly log: { warn(detail: object, message: string): void };
}

/** Signing in trades a key for a cookie. Every request checks the key again, so a session ends with its key. */
export class Sessions {
  constructor(private readonly parts: SessionParts) {}

  /** @param replaced the cookie that the browser had until now */
  async open(caller: Caller, replaced?: string): Promise<{ cookie: string; session: Session }> {
    const cookie = randomBytes(cookieBytes).toString('base64url');
    const old = replaced === undefined ? undefined : sha256(replaced);
    await this.parts.store.open(sha256(cookie), caller.key, actorOf(caller), old);
    return { cookie, session: await this.find(cookie) };
  }

  /**
   * Notes the request, so the session goes on.
   *
   * @param isUnattended a page sent the request by itself: it must not keep the session of a person who left
   * @throws VigieError `unauthorized` if it has ended, or its key.
   */
  async find(cookie: string, isUnattended = false): Promise<Session> {
    const { store, keyCache, idleMinutes } = this.parts;
    const stored = cookieText.test(cookie) ? await store.find(sha256(cookie), idleMinutes) : undefined;
    if (!stored) throw new VigieError('unauthorized', 'the session has ended: sign in again with POST /v1/session');
    const caller = keyCache.callerOf(stored.key, Date.now());
    if (stored.isUnnoted && !isUnattended) await this.note(cookie);
    return this.sessionOf(cookie, caller, stored);
  }

  async close(caller: Caller, cookie: string): Promise<void> {
    await this.parts.store.close(sha256(cookie), actorOf(caller));
  }

  purge(limit: number): Promise<number> {
    return this.parts.store.purge(limit, this.parts.idleMinutes);
  }

  /** The next request tries again. */
  private async note(cookie: string): Promise<void> {
    const warn = (error: unknown) => this.parts.log.warn({ err: error }, 'the last request of a session could not be noted');
    await this.parts.store.noteRequest(sha256(cookie)).catch(warn);
  }

  private sessionOf(cookie: string, caller: Caller, { organisationName, personName, endsAt }: StoredSession): Session {
    const ends = { idleSeconds: this.parts.idleMinutes * 60, endsAt: endsAt.toISOString() };
    return { csrfToken: csrfTokenOf(cookie), caller, organisationName, personName, ...ends };
  }
}

/** A one-way function of the cookie, so nobody need store it and it does not reveal the cookie. */
function csrfTokenOf(cookie: string): string {
  return createHmac('sha256', cookie).update('vigie csrf token').digest('base64url');
}

export function isCsrfTokenOf(cookie: string, given: string): boolean {
  return timingSafeEqual(sha256(csrfTokenOf(cookie)), sha256(given));
}

function sha256(text: string): Uint8Array {
  return createHash('sha256').update(text).digest();
}
