import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Characters that change the direction of text. A title of the browser cannot keep them apart from its other words. */
const directions = /[\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

interface PageProps {
  readonly title: string;
  readonly lead?: ComponentChildren;
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** The content of one page. The heading takes the focus, so that screen readers say where the reader is now. */
export function Page({ title, lead, aside, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title.replace(directions, '')} · Vigie`;
  }, [title]);
  useEffect(() => {
    if (document.activeElement === document.body || document.activeElement === null) heading.current?.focus();
  }, []);
  return (
    <div class="stack loose">
      <header class="row spread top">
        <div class="stack tight">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead && <p class="soft">{lead}</p>}
        </div>
        {aside}
      </header>
      {children}
    </div>
  );
}
