// The build replaces this with package.json's version.
declare const PROGRAM_VERSION: string;

/** The version of this program. */
export const programVersion: string = typeof PROGRAM_VERSION === 'string' ? PROGRAM_VERSION : '0.0.0-source';
