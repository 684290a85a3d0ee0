/** Headers of every page. `connect` and `images`: sources that its Content-Security-Policy allows. */
export function securityHeaders(policy: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return {
    'content-security-policy': Object.entries({ ...always, ...policy })
      .map(([name, sources]) => `${name} ${sources}`)
      .join('; '),
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
  };
}

const always = {
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
  'object-src': "'none'",
};
