import { useId, useState } from 'preact/hooks';
import { useWords } from '../language/language.ts';
import { uiWords } from './words.ts';

interface FileDropProps {
  readonly label: string;
  readonly onFiles: (files: readonly File[]) => void;
  readonly isSingle?: boolean;
}

/** A file input that also takes files that are dropped on it. */
export function FileDrop({ label, onFiles, isSingle = false }: FileDropProps) {
  const words = useWords(uiWords);
  const id = useId();
  const [isOver, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the input inside is the first, and takes the keyboard.
    <div
      class={`drop ${isOver ? 'over' : ''}`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onFiles([...(event.dataTransfer?.files ?? [])]);
      }}
    >
      <label for={id}>
        <strong>{label}</strong>
      </label>
      <input
        id={id}
        type="file"
        accept="image/*,video/*,.heic"
        multiple={!isSingle}
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          // So that choosing the same file again is a change.
          event.currentTarget.value = '';
        }}
      />
      <span class="soft small">{words.dropFiles}</span>
    </div>
  );
}
