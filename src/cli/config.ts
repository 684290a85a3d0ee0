import { Command } from 'commander';
import { describeSettings, secretSettings } from '../config.js';
import { jsonOption } from './options.js';
import { currentConfig, print, table } from './run.js';

export function configCommand(): Command {
  return new Command('config')
    .description('show every setting, its value and its meaning; secrets are hidden')
    .addOption(jsonOption())
    .option('--markdown', 'print the table of settings for the documentation')
    .action((options: Options) => (options.markdown ? console.log(settingsTable()) : show(options)));
}

interface Options {
  json?: boolean;
  markdown?: boolean;
}

export function settingsTable(): string {
  const rows = describeSettings().map(
    ({ name, fallback, help }) => `| \`${name}\` | ${fallback && `\`${fallback}\``} | ${help} |`,
  );
  return ['| setting | default | meaning |', '|---|---|---|', ...rows].join('\n');
}

function show({ json }: Options): void {
  const config = currentConfig();
  const settings = describeSettings().map(({ name, fallback, help }) => {
    const value = config[name as keyof typeof config];
    return { name, value: secretSettings.has(name) && value !== undefined ? '(set)' : (value ?? null), default: fallback, help };
  });
  const rows = settings.map((one) => [one.name, String(one.value ?? '-'), one.default || '-', one.help]);
  print(json, { settings }, table([['setting', 'value', 'default', 'meaning'], ...rows]));
}
