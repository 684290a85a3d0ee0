/** What the public API takes and answers, by method and path. The build writes these types from the OpenAPI document. */
export type { Operations } from '../../../../dist/console-operations.d.ts';
