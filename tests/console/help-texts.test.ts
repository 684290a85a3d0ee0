import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerHelpPage } from '../../src/console/help-page.js';
import { readHelpTexts } from '../../src/console/help-texts.js';

const line = { name: 'Line <b>', phone: '0800 1', about: { fr: 'Écoute', en: 'Listens & helps' } };
const texts = { exit: 'https://weather.example/', countries: [{ name: { fr: 'Ici', en: 'Here' }, helplines: [line] }] };

describe('VIGIE_HELP_TEXTS', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigie-texts-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  async function fileOf(content: string): Promise<string> {
    const path = join(folder, 'texts.json');
    await writeFile(path, content);
    return path;
  }

  it('replaces helplines and exit, also for browsers without JavaScript', async () => {
    const app = Fastify();
    await registerHelpPage(app, { path: '/aide', textsFile: await fileOf(JSON.stringify(texts)) });
    const { body } = await app.inject('/aide');
    expect(body).toContain('<a href="tel:08001">0800 1</a>');
    expect(body).toContain('Listens &amp; helps');
    expect(body).toContain('https://weather.example/');
    expect(body).not.toContain('<b>');
    await app.close();
  });

  it('leaves no host in the policy that could add a directive', async () => {
    const app = Fastify();
    await registerHelpPage(app, { path: '/help-me' });
    const { headers } = await app.inject({ url: '/help-me', headers: { host: 'a.example; script-src *' } });
    expect(headers['content-security-policy']).toContain("connect-src 'self'");
    expect(headers['content-security-policy']).not.toContain('*');
    await app.close();
  });

  it.each([
    ['{', 'is no JSON file'],
    ['{}', 'countries'],
    [JSON.stringify({ ...texts, exit: 'javascript:alert(1)' }), 'exit: must begin with https://'],
    [JSON.stringify({ ...texts, surplus: 1 }), 'the file'],
  ])('refuses %s and says where the fault is', async (content, fault) => {
    await expect(readHelpTexts(await fileOf(content))).rejects.toThrow(fault);
  });
});
