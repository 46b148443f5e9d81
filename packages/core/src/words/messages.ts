/**
 * Texts for the messages of faults: a short form of a value, and the known name that is nearest to an unknown name.
 */

/** Edit distance with transpositions of neighbours (optimal string alignment). */
export function editDistance(left: string, right: string): number {
  const rows: number[][] = [];
  for (let i = 0; i <= left.length; i++) {
    const row: number[] = [];
    rows.push(row);
    for (let j = 0; j <= right.length; j++) {
      if (i === 0 || j === 0) {
        row.push(i + j);
        continue;
      }
      const above = rows[i - 1]!;
      const change = left[i - 1] === right[j - 1] ? 0 : 1;
      const swapped =
        i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      row.push(
        Math.min(
          above[j]! + 1,
          row[j - 1]! + 1,
          above[j - 1]! + change,
          swapped ? rows[i - 2]![j - 2]! + 1 : Infinity,
        ),
      );
    }
  }
  return rows[left.length]![right.length]!;
}

/**
 * The candidate nearest to `word`, or undefined if no candidate is near enough to be what the user meant.
 *
 * @param word - the word that the user wrote
 * @param candidates - the known words
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const meant = plain(word);
  let best: string | undefined;
  // One wrong letter is always allowed; in a longer word two letters of five may be wrong.
  let limit = Math.max(1, Math.floor(0.4 * meant.length));
  for (const candidate of candidates) {
    const distance = editDistance(meant, plain(candidate));
    if (distance > limit) continue;
    best = candidate;
    limit = distance - 1;
  }
  return best;
}

/** A word without case and separators, so that `batch-size` is near `batchSize`. */
function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[-_ ]/g, '');
}

/**
 * The remedy for an unknown word, with a space before it: the nearest known word, or all known words.
 *
 * @param word - the word that the user wrote
 * @param known - the known words
 * @param introduction - the text before the list
 */
export function suggestion(
  word: string,
  known: readonly string[],
  introduction = 'Known:',
): string {
  const near = nearest(word, known);
  return near === undefined
    ? ` ${introduction} ${showAll(known)}.`
    : ` Did you mean ${show(near)}?`;
}

/**
 * Words as a list in a sentence: `a, b and c`; if there are more than `most`, the first of them and how many more there are.
 *
 * @param words - as they are written in the list
 * @param options - `most = 12`; `last = 'and'`, the word before the last one
 */
export function listed(
  words: readonly string[],
  { most = 12, last = 'and' }: { readonly most?: number; readonly last?: 'and' | 'or' } = {},
): string {
  if (words.length > most) {
    return `${words.slice(0, most).join(', ')} ${last} ${words.length - most} more`;
  }
  const end = words.at(-1) ?? '';
  return words.length < 2 ? end : `${words.slice(0, -1).join(', ')} ${last} ${end}`;
}

const MOST_LISTED = 32;

/** Names or values as {@link show} writes each, with commas; the first of them if there are many. */
export function showAll(values: readonly unknown[]): string {
  const more = values.length > MOST_LISTED ? ', …' : '';
  return values.slice(0, MOST_LISTED).map(show).join(', ') + more;
}

/** The form of a value in a message: short, on one line, text in quotes. */
export function show(value: unknown): string {
  if (typeof value === 'string') {
    const text = JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
    return `'${text.slice(1, -1)}'`;
  }
  if (typeof value === 'function') return `a function`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (ArrayBuffer.isView(value)) return withArticle(value.constructor.name);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'object' || value === null) return String(value);
  const tag = tagOf(value);
  if (tag !== 'Object') return withArticle(tag);
  const keys = Object.keys(value);
  if (keys.length === 0) return 'an object {}';
  return `an object { ${keys.slice(0, 6).join(', ')}${keys.length > 6 ? ', …' : ''} }`;
}

/** `a Map`, `an Int8Array`, but `a Uint8Array`, because its u is pronounced like "you". */
function withArticle(noun: string): string {
  return `${/^(?:[AEIO]|U(?!int))/i.test(noun) ? 'an' : 'a'} ${noun}`;
}

/** `'Object'` for records and instances of ordinary classes, else `'Map'`, `'Date'`, `'Array'` and the like. */
export function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}
