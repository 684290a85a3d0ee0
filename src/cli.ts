#!/usr/bin/env -S node --max-semi-space-size=64
import { Command, CommanderError } from 'commander';
import { auditCommand } from './cli/audit.js';
import { backupCommand, restoreCommand } from './cli/backup.js';
import { configCommand } from './cli/config.js';
import { enrollCommand } from './cli/enroll.js';
import { importCommand } from './cli/import.js';
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
  importCommand,
  configCommand,
  auditCommand,
  indexCommand,
  migrateCommand,
  backupCommand,
  restoreCommand,
];

const program = new Command('vigie')
  .description('Matches images against lists of known hashes. Vigie stores hashes, never images.')
  .exitOverride()
  .showHelpAfterError();
for (const command of commands) program.addCommand(withExitOverride(command()));

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Commander does not copy these settings to subcommands. */
function withExitOverride(command: Command): Command {
  for (const child of command.commands) withExitOverride(child);
  return command.exitOverride().showHelpAfterError();
}

function report(error: unknown): number {
  // Commander has already printed its message. After --help the exit code is 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  console.error(`vigie: ${error instanceof Error ? error.message : String(error)}`);
  return error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
}
