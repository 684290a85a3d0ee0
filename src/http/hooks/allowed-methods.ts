import type { FastifyInstance } from 'fastify';

/** Which methods a path has. Install it before the first route. */
export class AllowedMethods {
  private readonly routes = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>();

  constructor(app: FastifyInstance) {
    app.addHook('onRoute', ({ url, method }) => {
      const route = this.routes.get(url) ?? { pattern: patternOf(url), methods: new Set() };
      for (const one of [method].flat()) route.methods.add(one);
      this.routes.set(url, route);
    });
  }

  /** Sorted; empty for an unknown path. */
  of(path: string): string[] {
    const methods = new Set<string>();
    const plain = path.replace(/\/{2,}/g, '/');
    for (const route of this.routes.values()) if (route.pattern.test(plain)) for (const one of route.methods) methods.add(one);
    return [...methods].sort();
  }
}

/** `/v1/lists/:id` matches `/v1/lists/known` and `/v1/lists/known/`. */
function patternOf(url: string): RegExp {
  const parts = url.replace(/\/$/, '').split('/');
  const segments = parts.map((part) => {
    if (part.startsWith(':')) return '[^/]+';
    return part === '*' ? '.*' : part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  });
  return new RegExp(`^${segments.join('/')}/?$`);
}
