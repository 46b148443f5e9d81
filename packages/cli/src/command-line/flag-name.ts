/** The names of flags, in a file that imports nothing, because messages of failures need them too. */

/** The flag that fills a key of a plan: `learningRate` → `--learning-rate`. */
export function flagName(key: string): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
