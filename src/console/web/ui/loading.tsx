import type { ComponentChildren } from 'preact';
import type { Loaded } from '../api/use-call.ts';
import { Failure } from './failure.tsx';
import { Waiting } from './waiting.tsx';

interface LoadingProps<Value> {
  readonly of: Loaded<Value>;
  readonly children: (value: Value) => ComponentChildren;
}

/** Shows what was loaded; above it the failure of a newer attempt. */
export function Loading<Value>({ of, children }: LoadingProps<Value>) {
  return (
    <div class="stack" aria-busy={of.isLoading}>
      <Failure error={of.error} retry={of.reload} />
      {of.value === undefined ? of.isLoading && <Waiting /> : children(of.value)}
    </div>
  );
}
