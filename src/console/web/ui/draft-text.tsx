import { useEffect, useMemo, useState } from 'preact/hooks';
import { useWords } from '../language/language.ts';
import { uiWords } from './words.ts';

interface DraftTextProps {
  readonly text: string;
  readonly file: string;
  readonly type: string;
  readonly download: string;
}

/** A text to copy or download. */
export function DraftText({ text, file, type, download }: DraftTextProps) {
  const words = useWords(uiWords);
  const [isCopied, setCopied] = useState(false);
  const address = useMemo(() => URL.createObjectURL(new Blob([text], { type })), [text, type]);
  useEffect(() => () => URL.revokeObjectURL(address), [address]);
  return (
    <div class="stack">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must take the focus. */}
      <section class="scroll" tabIndex={0} aria-label={file}>
        <pre>
          <code>{text}</code>
        </pre>
      </section>
      <div class="row">
        <button type="button" onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}>
          {words.copy}
        </button>
        <a class="button" href={address} download={file}>
          {download}
        </a>
        <span role="status" class="small">
          {isCopied ? words.copied : ''}
        </span>
      </div>
    </div>
  );
}
