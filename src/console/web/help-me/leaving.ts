/** Leaving on purpose is quick and leaves no trace; leaving by accident asks first. */
import { useEffect } from 'preact/hooks';

let asks = false;

function ask(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

/** Asks before the page is closed, reloaded or left by the Back button, while `isUnfinished`. */
export function useLeaveWarning(isUnfinished: boolean): void {
  useEffect(() => {
    if (isUnfinished === asks) return;
    asks = isUnfinished;
    if (asks) addEventListener('beforeunload', ask);
    else removeEventListener('beforeunload', ask);
  }, [isUnfinished]);
}

/** Replaces this page in the history, so that the Back button does not lead to it. */
export function leaveNow(exit: string): void {
  removeEventListener('beforeunload', ask);
  // What was on the screen goes first: the other page may take a while.
  document.body.replaceChildren();
  document.title = '';
  location.replace(exit);
}

const doubleMs = 1_500;

/** Escape twice. The first one may have closed a dialog. */
export function useEscapeTwice(leave: () => void): void {
  useEffect(() => {
    let last = Number.NEGATIVE_INFINITY;
    const listen = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.repeat) return;
      if (event.timeStamp - last < doubleMs) leave();
      last = event.timeStamp;
    };
    addEventListener('keydown', listen, { capture: true });
    return () => removeEventListener('keydown', listen, { capture: true });
  }, [leave]);
}
