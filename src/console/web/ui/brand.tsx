/** The lighthouse of Vigie, French for lookout. */
export function Brand({ href }: { readonly href: string }) {
  return (
    <a class="brand" href={href}>
      <svg width="28" height="28" viewBox="0 0 28 28" aria-hidden="true">
        <path fill="var(--lamp)" d="M14 7 27 2v10zM14 7 1 2v10z" opacity="0.85" />
        <path fill="var(--brand)" d="M11 6.5 14 3l3 3.5V10h-6zM11 11h6l2 15H9z" />
      </svg>
      Vigie
    </a>
  );
}
