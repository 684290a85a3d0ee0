import { join } from 'node:path';
import { Command } from 'commander';
import { readAnchors } from '../service/audit-log/anchor.js';
import { exportedAct } from '../service/audit-log/export.js';
import { type AuditReport, checkAudit } from '../service/audit-log/verification.js';
import { jsonOption, wholeNumber } from './options.js';
import { Progress } from './progress.js';
import { count, exitCodes, print, UsageError, withDatabase } from './run.js';

interface VerifyOptions {
  anchor?: string;
  json?: boolean;
}

export function auditCommand(): Command {
  const command = new Command('audit').description('verify or export the audit log');
  command
    .command('verify')
    .description('check that no act was edited, removed, moved or cut off (exit code 1 if one was)')
    .option('--anchor <file>', 'anchor file to compare with (default: audit.anchor in VIGIE_DATA_DIR)')
    .addOption(jsonOption())
    .action(verify);
  command
    .command('export')
    .description('print the sealed acts, one JSON document per line')
    .option('--from <position>', 'position of the first act to print', wholeNumber(1, 999_999_999_999_999), 1)
    .action(exportActs);
  return command;
}

async function verify({ anchor, json }: VerifyOptions): Promise<void> {
  await withDatabase(async ({ config, stores, dataKey }) => {
    const file = anchor ?? join(config.VIGIE_DATA_DIR, 'audit.anchor');
    const anchors = await readAnchors(file);
    if (!anchors && anchor !== undefined) throw new UsageError(`--anchor ${anchor}: no such file`);
    const progress = new Progress('acts', undefined);
    const none = { anchors: [], unreadable: [] };
    const report = await checkAudit(stores.audit, dataKey.derive('audit'), anchors ?? none, (links) => progress.advance(links));
    progress.finish();
    print(json, { whole: report.faults === 0, ...report }, textOf(report));
    if (report.faults > 0) process.exitCode = exitCodes.failed;
  });
}

function textOf({ sealed, anchors, faults, findings }: AuditReport): string {
  const against = anchors === 0 ? 'without an anchor (a cut-off end would go unnoticed)' : `against ${count(anchors, 'anchor')}`;
  const lines = findings.map(({ what }) => what);
  if (faults > findings.length) lines.push(`... and ${faults - findings.length} more`);
  const result = faults === 0 ? 'intact' : count(faults, 'fault');
  return [...lines, `checked ${count(sealed, 'sealed act')} ${against}: ${result}`].join('\n');
}

async function exportActs({ from }: { from: number }): Promise<void> {
  await withDatabase(async ({ stores }) => {
    for await (const page of stores.audit.pages(from - 1)) {
      const lines = page.map((link) => `${JSON.stringify(exportedAct(link))}\n`).join('');
      // Without waiting, a slow reader would make pages pile up in memory.
      await new Promise<void>((resolve, reject) => process.stdout.write(lines, (error) => (error ? reject(error) : resolve())));
    }
  });
}
