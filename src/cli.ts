#!/usr/bin/env -S node --max-semi-space-size=64
import { Command, CommanderError } from 'commander';
import { exitCodes, UsageError } from './cli/run.js';

type MakeCommand = () => Promise<Command>;

/** A command loads its own modules only: those of the service take 0.6 s of the processor. */
const commands = new Map<string, MakeCommand>([
  ['serve', async () => (await import('./cli/serve.js')).serveCommand()],
  ['organisations', async () => (await import('./cli/organisations.js')).organisationsCommand()],
  ['keys', async () => (await import('./cli/keys.js')).keysCommand()],
  ['lists', async () => (await import('./cli/lists.js')).listsCommand()],
  ['exchanges', async () => (await import('./cli/exchanges.js')).exchangesCommand()],
  ['enroll', async () => (await import('./cli/enroll.js')).enrollCommand()],
  ['match', async () => (await import('./cli/match.js')).matchCommand()],
  ['import', async () => (await import('./cli/import.js')).importCommand()],
  ['export', async () => (await import('./cli/export.js')).exportCommand()],
  ['config', async () => (await import('./cli/config.js')).configCommand()],
  ['audit', async () => (await import('./cli/audit.js')).auditCommand()],
  ['index', async () => (await import('./cli/index-audit.js')).indexCommand()],
  ['migrate', async () => (await import('./cli/migrate.js')).migrateCommand()],
  ['backup', async () => (await import('./cli/backup.js')).backupCommand()],
  ['restore', async () => (await import('./cli/backup.js')).restoreCommand()],
]);

const program = new Command('vigie')
  .description('Matches images against lists of known hashes. Vigie stores hashes, never images.')
  .exitOverride()
  .showHelpAfterError();
// The help, and the error of an unknown command, name all of them.
const named = commands.get(process.argv[2] ?? '');
for (const make of named ? [named] : commands.values()) program.addCommand(withExitOverride(await make()));

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
