/**
 * Where bytes come from: a path, bytes in memory or a stream such as stdin; plain or gzip, told apart by the
 * first two bytes and not by the name. Gives text in pieces, so memory does not grow with the file.
 */
import { createReadStream } from 'node:fs';
import { pipeline, Readable } from 'node:stream';
import { TextDecoder } from 'node:util';
import { createGunzip } from 'node:zlib';
import { DataError } from 'vinculum';
import { systemReason } from './system-reason.ts';

/** A path, the bytes themselves, or a stream of bytes. */
export type Source = string | Uint8Array | AsyncIterable<Uint8Array>;

/** How a source is called in messages. */
export function nameOfSource(source: Source): string {
  return typeof source === 'string' ? `'${source}'` : 'the data';
}

/**
 * The bytes of a source in pieces, gzip undone.
 *
 * @throws {DataError} when the file cannot be read or its gzip is damaged
 */
async function* readBytes(where: string, source: Source): AsyncGenerator<Uint8Array> {
  const name = nameOfSource(source);
  const pieces = withHead(readRaw(where, source), 2);
  const first = await pieces.next();
  if (first.done === true) return;
  const all = resume(first.value, pieces);
  if (first.value[0] !== 0x1f || first.value[1] !== 0x8b) {
    yield* all;
    return;
  }
  const gunzip = createGunzip();
  let fault: Error | null = null;
  pipeline(Readable.from(all), gunzip, (error) => {
    fault = error ?? null;
  });
  try {
    for await (const piece of gunzip) yield piece as Uint8Array;
  } catch (error) {
    const cause = fault ?? error;
    if (cause instanceof DataError) throw cause;
    throw new DataError(`${where}: ${name} must be whole gzip data; got ${messageOf(cause)}.`);
  }
}

/**
 * The text of a source in pieces: UTF-8 unless a byte-order mark says UTF-16 or `encoding` says otherwise.
 *
 * @throws {DataError} when bytes are no text of that encoding
 */
export async function* readText(
  where: string,
  source: Source,
  encoding?: string,
): AsyncGenerator<string> {
  const name = nameOfSource(source);
  let decoder: TextDecoder | undefined;
  let offset = 0;
  for await (const piece of withHead(readBytes(where, source), 2)) {
    const label = encoding ?? encodingOf(piece, offset, decoder);
    decoder ??= new TextDecoder(label, { fatal: true });
    yield decode(where, name, decoder, piece, offset);
    offset += piece.length;
  }
  if (decoder !== undefined) yield decode(where, name, decoder, undefined, offset);
}

/** Whether a label names an encoding that can be read. */
export function isEncoding(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch {
    return false;
  }
}

function encodingOf(piece: Uint8Array, offset: number, decoder: TextDecoder | undefined): string {
  if (decoder !== undefined || offset > 0) return 'utf-8';
  if (piece[0] === 0xff && piece[1] === 0xfe) return 'utf-16le';
  return piece[0] === 0xfe && piece[1] === 0xff ? 'utf-16be' : 'utf-8';
}

function decode(
  where: string,
  name: string,
  decoder: TextDecoder,
  piece: Uint8Array | undefined,
  offset: number,
): string {
  let text: string;
  try {
    text = piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true });
  } catch {
    if (decoder.encoding === 'utf-8' && piece?.includes(0) === true) throw binary(where, name);
    throw new DataError(
      `${where}: ${name} must be ${decoder.encoding.toUpperCase()} text; got other bytes near offset ${offset}. Save it as UTF-8, or read it with \`encoding: 'windows-1252'\`.`,
    );
  }
  if (text.includes('\0')) throw binary(where, name);
  return text;
}

function binary(where: string, name: string): DataError {
  return new DataError(`${where}: ${name} must be text; got a binary file (it holds NUL bytes).`);
}

async function* readRaw(where: string, source: Source): AsyncGenerator<Uint8Array> {
  if (source instanceof Uint8Array) {
    yield source;
    return;
  }
  if (typeof source !== 'string') {
    yield* source;
    return;
  }
  try {
    yield* createReadStream(source, { highWaterMark: 1 << 18 }) as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw unreadable(where, source, error);
  }
}

/** The error of a file that cannot be read, in words. */
export function unreadable(where: string, path: string, error: unknown): DataError {
  const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  const reason = missing ? 'there is no such file' : systemReason(error);
  return new DataError(`${where}: '${path}' must be a readable file; ${reason}.`);
}

/** The same pieces, the first joined until it has at least `count` bytes (or all there are). */
async function* withHead(
  pieces: AsyncIterable<Uint8Array>,
  count: number,
): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const piece of pieces) {
    if (head === undefined) {
      yield piece;
      continue;
    }
    const joined: Uint8Array = head.length === 0 ? piece : Buffer.concat([head, piece]);
    head = joined.length >= count ? undefined : joined;
    if (head === undefined) yield joined;
  }
  if (head !== undefined && head.length > 0) yield head;
}

async function* resume(
  first: Uint8Array,
  rest: AsyncGenerator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
