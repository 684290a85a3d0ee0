/** Loads something for a page, and acts for a form. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type Answer, call, type Given, type OperationName } from './call.ts';

export interface Loaded<Value> {
  /** The last answer, also while a newer one is on its way. */
  readonly value: Value | undefined;
  readonly error: unknown;
  readonly isLoading: boolean;
  reload(): void;
}

/** Calls again when `given` changes, and every `everyMs`. `undefined`: does not call. */
export function useCall<Name extends OperationName>(
  name: Name,
  given: Given<Name> | undefined = {},
  everyMs?: number,
): Loaded<Answer<Name>> {
  const [state, setState] = useState<{ value?: Answer<Name>; error?: unknown; isLoading: boolean }>({ isLoading: true });
  const [turn, setTurn] = useState({ count: 0, isUnattended: false });
  const key = given === undefined ? undefined : JSON.stringify([name, given.path, given.query]);
  // `key` stands for `given`, which is a new object on every render.
  useEffect(() => {
    if (given === undefined) return;
    const leaving = new AbortController();
    setState((before) => ({ ...before, isLoading: true }));
    call(name, { ...given, signal: leaving.signal, isUnattended: turn.isUnattended }).then(
      (value) => leaving.signal.aborted || setState({ value, isLoading: false }),
      (error: unknown) => leaving.signal.aborted || setState((before) => ({ ...before, error, isLoading: false })),
    );
    return () => leaving.abort();
  }, [key, turn]);
  useEffect(() => {
    if (everyMs === undefined) return;
    const timer = setInterval(() => setTurn(({ count }) => ({ count: count + 1, isUnattended: true })), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  const reload = useCallback(() => setTurn(({ count }) => ({ count: count + 1, isUnattended: false })), []);
  return { value: state.value, error: state.error, isLoading: state.isLoading, reload };
}

export interface Action {
  readonly isBusy: boolean;
  readonly error: unknown;
  /** Does nothing while it is busy: a double click acts once. True: it was done. */
  run(): Promise<boolean>;
  forget(): void;
}

/**
 * An act of a form. It keeps one idempotency key until it succeeds or `content` changes, so that a second try after a lost answer
 * does nothing twice.
 */
export function useAction(content: unknown, act: (idempotencyKey: string) => Promise<unknown>): Action {
  const [state, setState] = useState<{ isBusy: boolean; error?: unknown }>({ isBusy: false });
  const busy = useRef(false);
  const attempt = useRef({ content: '', key: '' });
  const run = async () => {
    if (busy.current) return false;
    busy.current = true;
    setState({ isBusy: true });
    const now = JSON.stringify(content);
    if (attempt.current.key === '' || attempt.current.content !== now) {
      attempt.current = { content: now, key: crypto.randomUUID() };
    }
    try {
      await act(attempt.current.key);
      attempt.current = { content: '', key: '' };
      setState({ isBusy: false });
      return true;
    } catch (error) {
      setState({ isBusy: false, error });
      return false;
    } finally {
      busy.current = false;
    }
  };
  return { isBusy: state.isBusy, error: state.error, run, forget: () => setState({ isBusy: false }) };
}
