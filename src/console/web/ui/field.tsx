import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  readonly label: string;
  readonly hint?: ComponentChildren;
  readonly error?: string | undefined;
}

interface TypingProps extends FieldProps {
  readonly value: string;
  readonly onType: (value: string) => void;
  readonly type?: 'text' | 'password' | 'search' | 'date' | 'email';
  readonly required?: boolean;
  readonly disabled?: boolean;
  readonly autocomplete?: string;
  readonly inputMode?: 'text' | 'numeric';
  readonly maxLength?: number;
}

/** A labelled input. */
export function Field({ label, hint, error, onType, type = 'text', autocomplete = 'off', ...rest }: TypingProps) {
  return (
    <Labelled label={label} hint={hint} error={error}>
      {(ids) => (
        <input
          {...rest}
          {...ids}
          // Preact has a type of its own for each `type`, and none for "one of these".
          {...({ type } as { type: 'text' })}
          autocomplete={autocomplete}
          spellcheck={false}
          aria-invalid={error ? 'true' : undefined}
          onInput={(event) => onType(event.currentTarget.value)}
        />
      )}
    </Labelled>
  );
}

/** A labelled input of several lines. */
export function Area({ label, hint, error, onType, type: _, ...rest }: TypingProps) {
  return (
    <Labelled label={label} hint={hint} error={error}>
      {(ids) => (
        <textarea
          {...rest}
          {...ids}
          autocomplete="off"
          aria-invalid={error ? 'true' : undefined}
          onInput={(event) => onType(event.currentTarget.value)}
        />
      )}
    </Labelled>
  );
}

interface ChoiceProps extends FieldProps {
  readonly value: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  readonly onChoose: (value: string) => void;
}

export function Choice({ label, hint, error, value, options, onChoose }: ChoiceProps) {
  return (
    <Labelled label={label} hint={hint} error={error}>
      {(ids) => (
        <select {...ids} value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
          {options.map(([option, text]) => (
            <option key={option} value={option}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

interface Ids {
  readonly id: string;
  readonly 'aria-describedby'?: string;
}

function Labelled({ label, hint, error, children }: FieldProps & { readonly children: (ids: Ids) => ComponentChildren }) {
  const id = useId();
  const about = `${id}-about`;
  const note = error ?? hint;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children(note ? { id, 'aria-describedby': about } : { id })}
      {note && (
        <p id={about} class="small soft">
          {note}
        </p>
      )}
    </div>
  );
}

interface TickProps {
  readonly label: ComponentChildren;
  readonly checked: boolean;
  readonly onTick: (checked: boolean) => void;
  readonly required?: boolean;
  readonly disabled?: boolean;
}

export function Tick({ label, checked, onTick, ...rest }: TickProps) {
  const id = useId();
  return (
    <div class="choice">
      <input id={id} type="checkbox" checked={checked} onChange={(event) => onTick(event.currentTarget.checked)} {...rest} />
      <label for={id}>{label}</label>
    </div>
  );
}
