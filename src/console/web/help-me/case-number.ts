/** Crockford's alphabet has no I, L, O and U. The service checks the last character. */
export function looksLikeCaseNumber(text: string): boolean {
  return /^[0-9a-hj-km-np-tv-z]{13}$/i.test(text.replace(/[\s-]/g, '').replace(/[il]/gi, '1').replace(/o/gi, '0'));
}
