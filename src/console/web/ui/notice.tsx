import type { ComponentChildren } from 'preact';

interface NoticeProps {
  readonly kind?: 'calm' | 'good' | 'warn' | 'bad';
  readonly children: ComponentChildren;
}

/** Something to know. Screen readers announce it when it appears; `bad` interrupts them. */
export function Notice({ kind = 'calm', children }: NoticeProps) {
  return (
    <div class={`notice ${kind}`} role={kind === 'bad' ? 'alert' : 'status'}>
      {children}
    </div>
  );
}
