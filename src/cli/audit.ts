import { join } from 'node:path';
import { Command } from 'commander';
import { readAnchors } from '../service/audit-log/anchor.js';
import { exportedAct } from '../service/audit-log/export.js';
import { type AuditReport, checkAudit } from '../service/audit-log/verification.js';
import { Progress } from './progress.js';
import { exitCodes, print, UsageError, withDatabase } from './run.js';

interface VerifyOptions {
  anchor?: string;
  json?: boolean;
}

/** `vigie audit verify | export` */
export function auditCommand(): Command {
  const command = new Command('audit').description('what was done here, and by whom');
  command
    .command('verify')
    .description('find acts that were edited, removed, moved or cut off; exit code 1 when there are any')
    .option('--anchor <file>', 'a copy of the anchor; default: audit.anchor in VIGIE_DATA_DIR')
    .option('--json', 'print one JSON document')
    .action(verify);
  command
    .command('export')
    .description('print sealed acts, one JSON document a line')
    .option('--from <position>', 'the first position', '1')
    .action(exportActs);
  return command;
}

async function verify({ anchor, json }: VerifyOptions): Promise<void> {
  await withDatabase(async ({ config, stores, dataKey }) => {
    const file = anchor ?? join(config.VIGIE_DATA_DIR, 'audit.anchor');
    const anchors = await readAnchors(file);
    if (!anchors && anchor !== undefined) throw new UsageError(`--anchor ${anchor}: there is no such file`);
    const progress = new Progress('links', undefined);
    const none = { anchors: [], unreadable: [] };
    const report = await checkAudit(stores.audit, dataKey.derive('audit'), anchors ?? none, (links) => progress.advance(links));
    progress.finish();
    print(json, { whole: report.faults === 0, ...report }, textOf(report));
    if (report.faults > 0) process.exitCode = exitCodes.failed;
  });
}

function textOf({ sealed, anchors, faults, findings }: AuditReport): string {
  const against = anchors === 0 ? 'without an anchor, so a cut-off end would not show' : `against ${anchors} anchors`;
  const lines = findings.map(({ what }) => what);
  if (faults > findings.length) lines.push(`... and ${faults - findings.length} more`);
  return [...lines, `checked ${sealed} sealed acts ${against}: ${faults === 0 ? 'whole' : `${faults} faults`}`].join('\n');
}

async function exportActs({ from }: { from: string }): Promise<void> {
  if (!/^[1-9]\d{0,14}$/.test(from)) throw new UsageError(`--from ${from}: must be a position, from 1`);
  await withDatabase(async ({ stores }) => {
    for await (const page of stores.audit.pages(Number(from) - 1)) {
      const lines = page.map((link) => `${JSON.stringify(exportedAct(link))}\n`).join('');
      // Waits for a slow reader: the pages of a long audit must not pile up.
      await new Promise<void>((resolve, reject) => process.stdout.write(lines, (error) => (error ? reject(error) : resolve())));
    }
  });
}
