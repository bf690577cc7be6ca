declare module 'write-file-atomic' {
  /** Writes a temporary file beside `filename`, fsyncs it and renames it over. */
  export default function writeFileAtomic(filename: string, data: string | Buffer, options?: { readonly mode?: number }): Promise<void>;
}
