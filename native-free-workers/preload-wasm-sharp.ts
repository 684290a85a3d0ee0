/**
 * Preloaded into an imaging process whose decoder is `wasm` (`node --import`), and by that into its worker threads.
 *
 * sharp picks its build by `process.arch`: told that this is WebAssembly, it loads `@img/sharp-wasm32` and looks for nothing else. That
 * no native code is loaded after all is not left to sharp: such a process runs with `--no-addons` (src/imaging/spawn.ts).
 */
Object.defineProperty(process, 'arch', { value: 'wasm32' });
