import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { packageRoot } from '../../src/package-root.js';
import { useService } from '../support/use-service.js';

const folder = join(packageRoot(), 'docs/operations');
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
const rulesSchema = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })) })),
});
const dashboardSchema = z.object({
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) })),
});
const unitTestsSchema = z.object({
  tests: z.array(z.object({ alert_rule_test: z.array(z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()) })) })),
});
const rules = rulesSchema.parse(parse(read('alerts.yml'))).groups.flatMap((group) => group.rules);
const { panels } = dashboardSchema.parse(JSON.parse(read('dashboard.json')));

/** Prometheus itself makes `up`. */
const metricsIn = (expression: string): string[] =>
  (expression.match(/\b(?:vigie|process|nodejs)_[a-z0-9_]+/g) ?? []).map((name) => name.replace(/_bucket$/, ''));

describe('the alert rules and the dashboard', () => {
  const on = useService();

  it('name only metrics that a running service exports', async () => {
    const text = await (await fetch(on.service.metricsUrl)).text();
    const exported = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
    const expressions = [...rules.map(({ expr }) => expr), ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))];
    const named = [...new Set(expressions.flatMap(metricsIn))];
    expect(named.length).toBeGreaterThan(25);
    expect(named.filter((name) => !exported.includes(name))).toEqual([]);
  });
});

describe('the unit tests of the alert rules', () => {
  it('show each alert firing', () => {
    const cases = unitTestsSchema.parse(parse(read('alerts.test.yml'))).tests.flatMap((test) => test.alert_rule_test);
    const firing = new Set(cases.filter(({ exp_alerts }) => exp_alerts.length > 0).map(({ alertname }) => alertname));
    expect([...firing].sort()).toEqual(rules.map(({ alert }) => alert).sort());
  });

  // CI installs the package "prometheus", so there a missing promtool is a failure.
  const isInstalled = spawnSync('promtool', ['--version']).status === 0;
  it.skipIf(!isInstalled && process.env.CI === undefined)('pass in promtool', () => {
    const promtool = (...command: string[]) => execFileSync('promtool', command, { cwd: folder, encoding: 'utf8' });
    expect(promtool('check', 'rules', 'alerts.yml')).toContain(`${rules.length} rules found`);
    expect(promtool('test', 'rules', 'alerts.test.yml')).toContain('SUCCESS');
  });
});
