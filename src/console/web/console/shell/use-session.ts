import { useEffect, useState } from 'preact/hooks';
import { isExpired, onSession, type Role, resumeSession, type SignedIn, session } from '../../api/session.ts';

export interface SessionState {
  readonly signedIn: SignedIn;
  /** The session ended while the page was in use. */
  readonly isExpired: boolean;
}

const now = (): SessionState => ({ signedIn: session(), isExpired: isExpired() });

/** Who is signed in, as far as the page knows. */
export function useSession(): SessionState {
  const [state, setState] = useState(now);
  useEffect(() => {
    setState(now());
    return onSession(() => setState(now()));
  }, []);
  return state;
}

/** Of the key that signed in. */
export function useRole(): Role | undefined {
  const { signedIn } = useSession();
  return typeof signedIn === 'object' ? signedIn.caller.role : undefined;
}

/** Asks the service once whose session the browser has. Returns why that did not work. */
export function useResumedSession(): unknown {
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    resumeSession().catch(setError);
  }, []);
  return error;
}
