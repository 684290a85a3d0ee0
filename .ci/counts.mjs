/**
 * Prints the counts of a run, `N passed, N failed` (and `, N skipped`). Exits with 1 when something failed.
 *
 * Its argument is a folder with `steps.tsv` (kind, name and exit status of each step) and vitest's report `NAME.json` of each step of
 * kind `tests`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
const read = (name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'utf8') : '');

/** Test files that did not load: vitest reports no failed test for them. */
function unloadable({ testResults }) {
  return testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
}

/** A run can fail without a failed test, for instance by an error outside any test: that counts as one failure. */
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
