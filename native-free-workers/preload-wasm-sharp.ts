/** Preloaded (`node --import`) into imaging processes with the `wasm` decoder. sharp chooses its build by `process.arch`. */
Object.defineProperty(process, 'arch', { value: 'wasm32' });
