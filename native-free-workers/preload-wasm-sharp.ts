/**
 * Preloaded (`node --import`) into an imaging process with the `wasm` decoder, and so into its worker threads.
 *
 * sharp chooses its build by `process.arch`; with `wasm32` it loads only `@img/sharp-wasm32`. The process also runs with
 * `--no-addons` (src/imaging/spawn.ts), so no native module can load in any case.
 */
Object.defineProperty(process, 'arch', { value: 'wasm32' });
