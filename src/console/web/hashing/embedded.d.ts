/** A plugin in vite.config.ts answers the bytes of the kernel in base64. */
declare module 'embedded:image-kernel' {
  const base64: string;
  export default base64;
}
