import { Field } from '../ui/field.tsx';

interface PinFieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly error?: string | undefined;
  readonly value: string;
  readonly isShown: boolean;
  readonly onType: (pin: string) => void;
}

/** Browsers offer to save what is in a password field. This page leaves nothing behind, so the style hides a text field. */
export function PinField({ isShown, ...field }: PinFieldProps) {
  return (
    <div class={isShown ? 'pin' : 'pin dots-only'}>
      <Field {...field} maxLength={64} />
    </div>
  );
}
