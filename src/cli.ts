#!/usr/bin/env -S node --max-semi-space-size=64
/** The `vigie` command. Exit codes: 0 done, 1 failed, 2 usage, 3 match found. */
import { Command, CommanderError } from 'commander';
import { auditCommand } from './cli/audit.js';
import { backupCommand, restoreCommand } from './cli/backup.js';
import { configCommand } from './cli/config.js';
import { enrollCommand } from './cli/enroll.js';
import { indexCommand } from './cli/index-audit.js';
import { keysCommand } from './cli/keys.js';
import { listsCommand } from './cli/lists.js';
import { matchCommand } from './cli/match.js';
import { migrateCommand } from './cli/migrate.js';
import { organisationsCommand } from './cli/organisations.js';
import { exitCodes, UsageError } from './cli/run.js';
import { serveCommand } from './cli/serve.js';

const commands = [
  serveCommand,
  organisationsCommand,
  keysCommand,
  listsCommand,
  enrollCommand,
  matchCommand,
  configCommand,
  auditCommand,
  indexCommand,
  migrateCommand,
  backupCommand,
  restoreCommand,
];

const program = new Command('vigie')
  .description('Known-image hash matching: keeps hashes, never images.')
  .exitOverride()
  .showHelpAfterError();
for (const command of commands) program.addCommand(withExitOverride(command()));

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Subcommands made apart from the program do not inherit its way to fail. */
function withExitOverride(command: Command): Command {
  for (const child of command.commands) withExitOverride(child);
  return command.exitOverride().showHelpAfterError();
}

function report(error: unknown): number {
  // Help that was asked for is no failure; commander has printed everything already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  console.error(`vigie: ${error instanceof Error ? error.message : String(error)}`);
  return error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
}
