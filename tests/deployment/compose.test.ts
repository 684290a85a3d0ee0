import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { settingNames } from '../../src/config.js';
import { packageRoot } from '../../src/package-root.js';

interface Service {
  image: string;
  command?: string[];
  user: string;
  environment: Record<string, string>;
  ports?: string[];
  volumes: string[];
  healthcheck: { test: string[] };
  depends_on?: Record<string, { condition: string }>;
  read_only: boolean;
  cap_drop: string[];
  security_opt: string[];
}
interface Compose {
  services: { vigie: Service; migrate: Service; database: Service; proxy: Service };
  volumes: Record<string, unknown>;
}

const read = (path: string): string => readFileSync(join(packageRoot(), path), 'utf8');
const manifest = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
const dockerfile = read('Dockerfile');
const composeText = read('docker-compose.yml');
const compose = parse(composeText, { merge: true }) as Compose;
const { vigie, migrate, database, proxy } = compose.services;

const settingsIn = (text: string): string[] => [...new Set(text.match(/\b(?:VIGIE_[A-Z_]+|DATABASE_URL)\b/g))];
const scriptsIn = (text: string): string[] =>
  [...text.matchAll(/\bnpm (?:run )?(test\b[\w:]*|(?<=run )[\w:]+)/g)].map(([, name]) => String(name));

/** The command of the image. A `CMD` inside HEALTHCHECK is indented. */
function command(): string[] {
  const [, json] = [...dockerfile.matchAll(/^CMD (\[.*\])$/gm)].at(-1) ?? [];
  return JSON.parse(json ?? '[]') as string[];
}

describe('docker-compose.yml', () => {
  it.each([
    ['vigie', vigie],
    ['migrate', migrate],
    ['database', database],
    ['proxy', proxy],
  ])('runs %s without root, new privileges, capabilities or a writable root file system', (_name, service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
    expect(service.user).toMatch(/^[a-z]+$/);
    expect(service.user).not.toBe('root');
  });

  it.each([
    ['vigie', vigie],
    ['database', database],
    ['proxy', proxy],
  ])('checks the health of %s', (_name, service) => {
    expect(service.healthcheck.test[0]).toBe('CMD');
  });

  it('keeps the database in a named volume', () => {
    const [volume] = String(database.volumes[0]).split(':');
    expect(Object.keys(compose.volumes)).toContain(volume);
  });

  it('sets only settings that the service knows', () => {
    expect(Object.keys(vigie.environment)).toContain('DATABASE_URL');
    for (const { environment } of [vigie, migrate])
      expect(settingNames).toEqual(expect.arrayContaining(Object.keys(environment)));
    expect(settingNames).toEqual(expect.arrayContaining(settingsIn(composeText)));
  });

  it('gives every node a data directory of its own, and all nodes the same data key', () => {
    // A volume without a name belongs to one container.
    expect(vigie.volumes).toContain(vigie.environment.VIGIE_DATA_DIR);
    expect(vigie.environment.VIGIE_DATA_KEY).toMatch(/^\$\{VIGIE_DATA_KEY:\?.+\}$/);
  });

  it('publishes only the proxy, on loopback', () => {
    expect(proxy.ports).toEqual([expect.stringMatching(/^127\.0\.0\.1:/)]);
    for (const { ports } of [vigie, migrate, database]) expect(ports).toBeUndefined();
  });

  it('starts the proxy once the nodes are ready, with the committed configuration and a version that follows them', () => {
    expect(proxy.depends_on).toEqual({ vigie: { condition: 'service_healthy' } });
    expect(proxy.volumes).toEqual(['./src/assets/nginx.conf:/etc/nginx/nginx.conf:ro']);
    // The parameter "resolve" came with 1.27.3.
    const [, major, minor] = /^nginx:(\d+)\.(\d+)/.exec(proxy.image) ?? [];
    expect(Number(major) * 100 + Number(minor)).toBeGreaterThanOrEqual(128);
  });

  it('migrates once the database is healthy, then starts the service', () => {
    expect(migrate.depends_on).toEqual({ database: { condition: 'service_healthy' } });
    expect(migrate.command).toEqual([...command().slice(0, -1), 'migrate']);
    expect(vigie.depends_on).toEqual({ migrate: { condition: 'service_completed_successfully' } });
  });

  it('gives the service only the role that does not own the tables', () => {
    expect(JSON.stringify(vigie)).not.toContain('POSTGRES_PASSWORD');
    expect(migrate.environment.DATABASE_URL).toBe(vigie.environment.DATABASE_URL);
    expect(migrate.environment.VIGIE_MIGRATION_URL).toMatch(/:\/\/vigie:\$\{POSTGRES_PASSWORD:\?[^}]+\}@database:5432\/vigie$/);
    const script = './src/assets/service-role.sh';
    expect(database.volumes).toContain(`${script}:/docker-entrypoint-initdb.d/service-role.sh:ro`);
    expect(read(script)).toContain('create role vigie_service login');
  });

  it('pins the database image to a release of pgvector and a major version of PostgreSQL', () => {
    const [, ...version] = /^pgvector\/pgvector:(\d+)\.(\d+)\.(\d+)-pg\d+/.exec(database.image) ?? [];
    // Earlier versions can damage an HNSW index.
    expect(version.map(Number).reduce((sum, part) => sum * 100 + part, 0)).toBeGreaterThanOrEqual(804);
  });

  it('contains no password and refuses to start without one', () => {
    expect(database.environment.POSTGRES_PASSWORD).toMatch(/^\$\{POSTGRES_PASSWORD:\?.+\}$/);
    expect(database.environment.SERVICE_PASSWORD).toMatch(/^\$\{SERVICE_PASSWORD:\?.+\}$/);
    expect(vigie.environment.DATABASE_URL).toMatch(/:\/\/vigie_service:\$\{SERVICE_PASSWORD:\?[^}]+\}@database:5432\/vigie$/);
  });
});

describe('Dockerfile', () => {
  it('runs the same command as npm start', () => {
    expect(command().join(' ')).toBe(manifest.scripts.start);
  });

  it('runs Node with the same options as the vigie command', () => {
    const [first = ''] = read('src/cli.ts').split('\n');
    expect(first).toBe(`#!/usr/bin/env -S ${command().slice(0, -2).join(' ')}`);
  });

  it('sets only settings that the service knows', () => {
    expect(settingsIn(dockerfile)).not.toEqual([]);
    expect(settingNames).toEqual(expect.arrayContaining(settingsIn(dockerfile)));
  });

  it('runs as a user other than root and has a health check', () => {
    expect([...dockerfile.matchAll(/^USER (\w+)$/gm)].at(-1)?.[1]).toBe('node');
    expect(dockerfile).toMatch(/^HEALTHCHECK .*\\\n {2}CMD \["node"/m);
  });

  it('copies only files that exist and that .dockerignore lets through', () => {
    const kept = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const sources = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, files]) => String(files).split(' '));
    expect(sources).not.toEqual([]);
    for (const source of sources) {
      expect(existsSync(join(packageRoot(), source)), source).toBe(true);
      expect(kept).toContain(source.split('/')[0]);
    }
  });
});

describe('the scripts', () => {
  it.each(['Dockerfile', '.ci/run', 'CONTRIBUTING.md', 'SECURITY.md'])('used by %s exist', (file) => {
    for (const script of scriptsIn(read(file))) expect(Object.keys(manifest.scripts)).toContain(script);
    for (const [path] of read(file).matchAll(/\.ci\/[a-z.]+/g)) expect(existsSync(join(packageRoot(), path)), path).toBe(true);
  });

  it('are recognised by this test', () => {
    expect(scriptsIn('npm ci && npm run build; npm test -- x, npm run test:postgres')).toEqual([
      'build',
      'test',
      'test:postgres',
    ]);
    expect(scriptsIn(read('.ci/run'))).toEqual(
      expect.arrayContaining(['lint', 'typecheck', 'test:all', 'test:postgres', 'bench']),
    );
  });
});

describe('registry and mirror addresses', () => {
  it('are not in package-lock.json', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { resolved?: string }> };
    expect(Object.entries(packages).filter(([, entry]) => entry.resolved !== undefined)).toEqual([]);
  });

  it.each(['.npmrc', '.ci/run', '.ci/packages', '.ci/postgres', 'Dockerfile'])('are not in %s', (file) => {
    const text = existsSync(join(packageRoot(), file)) ? read(file) : '';
    expect(text.replaceAll('http://127.0.0.1', '')).not.toMatch(/https?:|registry/);
  });
});
