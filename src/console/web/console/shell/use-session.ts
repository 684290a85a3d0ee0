import { useEffect, useState } from 'preact/hooks';
import { isExpired, onSession, resumeSession, type SignedIn, session } from '../../api/session.ts';

/** Who is signed in, and whether the session ended while the page was in use. */
export function useSession(): { readonly signedIn: SignedIn; readonly isExpired: boolean; readonly error: unknown } {
  const [state, setState] = useState({ signedIn: session(), isExpired: isExpired() });
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    const leave = onSession(() => setState({ signedIn: session(), isExpired: isExpired() }));
    resumeSession().catch(setError);
    return leave;
  }, []);
  return { ...state, error };
}
