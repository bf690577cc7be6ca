// The package brings no types; its default export is declared in config.
declare module 'write-file-atomic' {
  export function sync(filename: string, data: string, options?: { readonly mode?: number; readonly fsync?: boolean }): void;
}
