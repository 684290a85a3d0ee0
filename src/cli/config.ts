import { Command } from 'commander';
import { describeSettings } from '../config.js';
import { currentConfig, print, table } from './run.js';

/** `vigie config`: every setting, its value here, and what it means. Secrets are not shown. */
export function configCommand(): Command {
  return new Command('config').description('show the settings').option('--json', 'print one JSON document').action(show);
}

function show({ json }: { json?: boolean }): void {
  const config = currentConfig();
  const settings = describeSettings().map(({ name, fallback, help }) => {
    const value = config[name as keyof typeof config];
    const secret = name === 'VIGIE_KEY' || name === 'DATABASE_URL';
    return { name, value: secret && value !== undefined ? '(set)' : (value ?? null), default: fallback, help };
  });
  const rows = settings.map((one) => [one.name, String(one.value ?? '-'), one.default || '-', one.help]);
  print(json, { settings }, table([['setting', 'value', 'default', 'meaning'], ...rows]));
}
