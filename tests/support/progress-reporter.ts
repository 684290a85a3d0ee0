import { DefaultReporter, type TestCase, type TestModule, type TestSpecification, type TestSuite } from 'vitest/node';

/** The default reporter, with progress before each file: `[ 12 of 131,  45 s]`. */
export default class ProgressReporter extends DefaultReporter {
  #files = 0;
  #ended = 0;

  override onTestRunStart(specifications: readonly TestSpecification[]): void {
    this.#files = specifications.length;
    this.#ended = 0;
    super.onTestRunStart(specifications);
  }

  protected override printTestModule(testModule: TestModule): void {
    this.#ended++;
    super.printTestModule(testModule);
  }

  protected override getEntityPrefix(entity: TestCase | TestModule | TestSuite): string {
    const prefix = super.getEntityPrefix(entity);
    if (entity.type !== 'module') return prefix;
    const seconds = Math.round((performance.now() - this.start) / 1_000);
    return `[${String(this.#ended).padStart(3)} of ${this.#files}, ${String(seconds).padStart(3)} s] ${prefix}`;
  }
}
