/**
 * Prints the closing counts of a run, `N passed, N failed` (and `, N skipped`), and exits 1 when something failed.
 *
 * Reads the folder given: `steps.tsv` with kind, name and exit status of each step, `NAME.json` with vitest's report of each step of
 * kind `tests`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
const read = (name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '');

/** A file that could not be loaded has no test that failed, yet it is a failure: vitest only counts it as a suite. */
function unloadable({ testResults }) {
  return testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
}

/** A run that failed without a failed test (no report, no tests, an error outside any test) counts as one failure. */
function testCounts(name, status) {
  const text = read(`${name}.json`);
  if (text === '') return { passed: 0, failed: 1, skipped: 0 };
  const report = JSON.parse(text);
  const failed = report.numFailedTests + unloadable(report).length;
  return {
    passed: report.numPassedTests,
    failed: Math.max(failed, status === '0' ? 0 : 1),
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

function stepCounts(kind, status) {
  return { passed: kind === 'check' && status === '0' ? 1 : 0, failed: status === '0' ? 0 : 1, skipped: 0 };
}

const total = { passed: 0, failed: 0, skipped: 0 };
for (const line of read('steps.tsv').split('\n').filter(Boolean)) {
  const [kind, name, status] = line.split('\t');
  const counts = kind === 'tests' ? testCounts(name, status) : stepCounts(kind, status);
  for (const key of Object.keys(total)) total[key] += counts[key];
}
process.stdout.write(`${total.passed} passed, ${total.failed} failed${total.skipped ? `, ${total.skipped} skipped` : ''}\n`);
process.exitCode = total.failed === 0 ? 0 : 1;
