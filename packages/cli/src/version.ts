/**
 * The versions of the command and of the library it runs on, from their package.json files.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** The version of `@vinculum/cli`. */
export function commandVersion(): string {
  return versionIn(new URL('../package.json', import.meta.url));
}

/** The version of `vinculum`, the library. */
export function libraryVersion(): string {
  return versionIn(createRequire(import.meta.url).resolve('vinculum/package.json'));
}

function versionIn(path: string | URL): string {
  const record = JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string };
  return record.version;
}
