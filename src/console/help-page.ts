/** The page for the person in the picture. It may reach the endpoints of cases, and nothing else. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { packageRoot } from '../package-root.js';
import { type HelpTexts, readHelpTexts } from './help-texts.js';
import { securityHeaders } from './security-headers.js';

export interface HelpPageOptions {
  /** Where the page is. */
  readonly path: string;
  /** A JSON file with helplines and the quick exit. Absent: France, and a short international set. */
  readonly textsFile?: string | undefined;
}

/** Registers one route. Rejects when the page is not built, or the texts are wrong. */
export async function registerHelpPage(app: FastifyInstance, { path, textsFile }: HelpPageOptions): Promise<void> {
  const template = await readFile(join(packageRoot(), 'dist', 'console', 'help-me.html'), 'utf8');
  const html = filled(template, await readHelpTexts(textsFile));
  app.get(path, { config: { access: 'public' }, schema: { hide: true } }, (request, reply) =>
    reply
      .headers({ ...headersFor(request.headers.host), 'cache-control': 'no-store', 'content-type': 'text/html; charset=utf-8' })
      .send(html),
  );
}

function headersFor(host: string | undefined): Readonly<Record<string, string>> {
  return securityHeaders({
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self'",
    'worker-src': "'self'",
    'connect-src': caseEndpoints(host),
    'img-src': "'none'",
  });
}

/** A source without a scheme takes that of the page. `'self'` cannot have a path, and a source cannot have an IPv6 address. */
function caseEndpoints(host = ''): string {
  return /^[a-z\d.-]+(:\d{1,5})?$/i.test(host) ? `${host}/v1/cases ${host}/v1/cases/` : "'self'";
}

/** The texts are data in the page: it may not fetch a file. */
function filled(template: string, texts: HelpTexts): string {
  const data = JSON.stringify(texts).replaceAll('<', '\\u003c');
  return template.replace('<!--helplines-->', () => helplinesOf(texts)).replace('"given by the server"', () => data);
}

/** For browsers without JavaScript. */
function helplinesOf({ countries }: HelpTexts): string {
  const groups = countries.map(({ name, helplines }) => {
    const lines = helplines.map(({ name: line, about, phone, url }) => {
      const ways = [
        phone && `<a href="tel:${escaped(phone.replaceAll(' ', ''))}">${escaped(phone)}</a>`,
        url && `<a href="${escaped(url)}" rel="noreferrer">${escaped(url)}</a>`,
      ].filter(Boolean);
      return `<li><strong>${escaped(line)}</strong> ${ways.join(' · ')}<br><span lang="fr">${escaped(about.fr)}</span><br><span lang="en">${escaped(about.en)}</span></li>`;
    });
    return `<h2>${escaped(name.fr)} · <span lang="en">${escaped(name.en)}</span></h2><ul>${lines.join('')}</ul>`;
  });
  return groups.join('');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
