/** HMA's own document lists its routes. What they take and answer is in docs/api/hma.md. */
export function hmaDocument(routes: readonly string[]) {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) {
    const [method = '', url = ''] = route.split(' ');
    const path = url.replace(/:(\w+)/g, '{$1}');
    const parameters = [...url.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
      ...{ name, in: 'path', required: true, schema: { type: name === 'content' ? 'integer' : 'string' } },
    }));
    const responses = { '200': { description: 'OK' }, default: { description: 'An object with the member message.' } };
    paths[path] = { ...paths[path], [method.toLowerCase()]: { ...(parameters.length > 0 && { parameters }), responses } };
  }
  return { openapi: '3.1.0', info: { title: 'Open Media Match API', version: '1.1' }, paths };
}
