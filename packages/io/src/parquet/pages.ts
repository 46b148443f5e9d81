/**
 * Checks the pages of a column before they are decoded. A run of a page says how often its value is repeated, and the
 * decoder believes it: in a damaged file a few bytes can say two thousand million. So the heads of the pages are read here
 * first, and then the runs of every page, which are skipped over, not unfolded.
 *
 * Source: Apache Parquet format 2.11, parquet.thrift (PageHeader) and Encodings.md (RLE); the Thrift compact protocol.
 */

/** What a page says of itself. */
export interface PageHead {
  readonly kind: 'values' | 'values-2' | 'dictionary' | 'other';
  readonly values: number;
  readonly encoding: number;
  /** Of {@link kind} `values-2`: bytes of the levels, which stand before the packed part. */
  readonly levelBytes: number;
  readonly isPacked: boolean;
  /** Where its content begins and ends. */
  readonly start: number;
  readonly end: number;
}

/** A field of a Thrift struct: a number, a struct, or something that nobody here needs. */
type Field = number | boolean | ReadonlyMap<number, Field> | undefined;

const KINDS = ['values', 'other', 'dictionary', 'values-2'] as const;

const PLAIN_DICTIONARY = 2;
const RLE = 3;
const RLE_DICTIONARY = 8;

/** Writers may fill the last run up; more than this is damage. */
const MOST_FILLED_UP = 1024;

/** The most structs within one another. */
const MOST_NESTED = 16;

/** The heads of all pages in the bytes of a column. @throws {Error} when they are damaged */
export function pageHeads(bytes: Uint8Array, mostValues: number): PageHead[] {
  const heads: PageHead[] = [];
  let values = 0;
  for (let at = 0; at < bytes.length - 1 && values < mostValues;) {
    const reader = new ThriftReader(bytes, at);
    const fields = reader.struct(0);
    const packed = numberIn(fields, 3);
    const kind = KINDS[numberIn(fields, 1)] ?? 'other';
    const own = fields.get(kind === 'values' ? 5 : kind === 'dictionary' ? 7 : 8);
    const head =
      own instanceof Map ? (own as ReadonlyMap<number, Field>) : new Map<number, Field>();
    const count = kind === 'other' ? 0 : numberIn(head, 1);
    const end = reader.at + packed;
    if (packed < 0 || end > bytes.length || count < 0) throw new Error('a page that is not whole');
    const levelBytes = kind === 'values-2' ? numberIn(head, 5) + numberIn(head, 6) : 0;
    heads.push({
      kind,
      values: count,
      encoding: kind === 'other' ? 0 : numberIn(head, kind === 'values-2' ? 4 : 2),
      levelBytes,
      // A page of the second kind without values has nothing that is packed.
      isPacked: head.get(7) !== false && (kind !== 'values-2' || numberIn(fields, 2) > levelBytes),
      start: reader.at,
      end,
    });
    if (kind !== 'dictionary') values += count;
    at = end;
  }
  if (values > mostValues)
    throw new Error(`pages of ${values} values in a group of ${mostValues} rows`);
  return heads;
}

/**
 * Checks the runs of an unpacked page.
 *
 * @param content - the page; without its levels, if it is of the second kind
 * @param isOptional - whether values may be null
 * @throws {Error} when its runs have more values than its head says
 */
export function checkPage(head: PageHead, content: Uint8Array, isOptional: boolean): void {
  let at = 0;
  if (head.kind === 'dictionary') {
    // A value takes at least a byte, and a text four for its length.
    if (head.values > content.length)
      throw new Error(`${head.values} values in ${content.length} bytes`);
    return;
  }
  if (head.kind === 'values' && isOptional) at = checkLengthAndRuns(head, content, 0, 1);
  if (head.encoding === RLE) checkLengthAndRuns(head, content, at, 1);
  if (head.encoding !== PLAIN_DICTIONARY && head.encoding !== RLE_DICTIONARY) return;
  const width = content[at] ?? 0;
  if (width > 0) checkRuns(content.subarray(at + 1), width, head.values);
}

/** Checks the levels of a page of the second kind, which are not packed. */
export function checkLevels(head: PageHead, content: Uint8Array, isOptional: boolean): void {
  if (isOptional) checkRuns(content.subarray(0, head.levelBytes), 1, head.values);
}

/** Runs behind their length in bytes; returns where they end. */
function checkLengthAndRuns(
  { values }: PageHead,
  content: Uint8Array,
  start: number,
  width: number,
): number {
  if (start + 4 > content.length) throw new Error('a page that is not whole');
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const end = start + 4 + view.getUint32(start, true);
  if (end > content.length) throw new Error('a page that is not whole');
  checkRuns(content.subarray(start + 4, end), width, values);
  return end;
}

/** Skips over runs, each a value that is repeated or values of `width` bits, until there are enough values. */
function checkRuns(bytes: Uint8Array, width: number, values: number): void {
  const reader = new ThriftReader(bytes, 0);
  for (let seen = 0; seen < values && reader.at < bytes.length;) {
    const head = reader.unsigned();
    const count = head & 1 ? (head >>> 1) * 8 : head >>> 1;
    seen += count;
    if (count === 0 && (head & 1) === 0) throw new Error('a run of no values');
    if (seen > values + MOST_FILLED_UP)
      throw new Error(`a run of ${count} values in a page of ${values}`);
    reader.at += head & 1 ? (count / 8) * width : (width + 7) >> 3;
  }
}

function numberIn(fields: ReadonlyMap<number, Field>, id: number): number {
  const value = fields.get(id);
  if (typeof value !== 'number') throw new Error('a page without its head');
  return value;
}

/** Reads the structs of the Thrift compact protocol. */
class ThriftReader {
  at: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  struct(depth: number): ReadonlyMap<number, Field> {
    if (depth > MOST_NESTED) throw new Error('a page whose head is not readable');
    const fields = new Map<number, Field>();
    for (let id = 0; ;) {
      const byte = this.#byte();
      if (byte === 0) return fields;
      id = byte >> 4 ? id + (byte >> 4) : this.#signed();
      fields.set(id, this.#field(byte & 15, depth));
    }
  }

  /** A number in groups of seven bits, the lowest first. */
  unsigned(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#byte();
      // No number of a head needs more bits; those of statistics are passed over.
      if (shift < 32) value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
    }
  }

  #field(type: number, depth: number): Field {
    switch (type) {
      case 1:
      case 2:
        return type === 1;
      case 3:
        return this.#byte();
      case 4:
      case 5:
      case 6:
        return this.#signed();
      case 7:
        this.at += 8;
        return undefined;
      case 8: {
        const length = this.unsigned();
        this.at += length;
        return undefined;
      }
      case 9: {
        const head = this.#byte();
        const count = head >> 4 === 15 ? this.unsigned() : head >> 4;
        for (let i = 0; i < count; i++) {
          if ((head & 15) < 3) this.#byte();
          else this.#field(head & 15, depth);
        }
        return undefined;
      }
      case 12:
        return this.struct(depth + 1);
      default:
        throw new Error('a page whose head is not readable');
    }
  }

  #signed(): number {
    const value = this.unsigned();
    return (value >>> 1) ^ -(value & 1);
  }

  #byte(): number {
    const byte = this.#bytes[this.at++];
    if (byte === undefined) throw new Error('a page that is not whole');
    return byte;
  }
}
