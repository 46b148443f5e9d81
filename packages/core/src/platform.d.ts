/**
 * The whole of the platform that the core may use: what Node >= 20.19, browsers and workers share, and no more.
 * Written by hand so that the core compiles with neither Node's types nor the DOM's; a call to anything else
 * is a type error. The folders listed in `tsconfig.pure.json` do not even see this file. Not emitted, and not
 * for users: a published declaration must not name anything declared here.
 *
 * Sources: WebAssembly JavaScript Interface 2.0; WHATWG HTML, DOM, Encoding, Streams and Compression; W3C
 * High Resolution Time.
 */

declare namespace WebAssembly {
  /** A compiled module; opaque. */
  interface Module {
    readonly [Symbol.toStringTag]: string;
  }
  interface Instance {
    readonly exports: Record<string, unknown>;
  }
  interface Memory {
    /** A SharedArrayBuffer where the memory is shared. */
    readonly buffer: ArrayBufferLike;
    grow(pages: number): number;
  }
  type Imports = Record<string, Record<string, Memory | number | ((...args: never[]) => unknown)>>;

  const Module: new (bytes: ArrayBuffer | ArrayBufferView<ArrayBuffer>) => Module;
  const Instance: new (module: Module, imports?: Imports) => Instance;
  const Memory: new (descriptor: { initial: number; maximum?: number; shared?: boolean }) => Memory;
  function validate(bytes: ArrayBuffer | ArrayBufferView<ArrayBuffer>): boolean;
}

/** A clock that never runs backwards, in milliseconds. What it says changes no bit of a result. */
declare const performance: { now(): number };

declare function setTimeout(callback: () => void, milliseconds?: number): unknown;
declare function clearTimeout(handle: unknown): void;
/** Node's; no browser has it, so its type is asked for before it is called. */
declare function setImmediate(callback: () => void): unknown;

interface MessagePort {
  addEventListener(type: 'message', listener: () => void): void;
  /** Begins delivery; needed where listeners are added by `addEventListener`. */
  start(): void;
  postMessage(message: unknown): void;
  close(): void;
}

interface MessageChannel {
  readonly port1: MessagePort;
  readonly port2: MessagePort;
}
declare const MessageChannel: new () => MessageChannel;

interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
}

interface TextEncoder {
  encode(text: string): Uint8Array<ArrayBuffer>;
}
declare const TextEncoder: new () => TextEncoder;

interface TextDecoder {
  decode(bytes?: ArrayBuffer | ArrayBufferView): string;
}
declare const TextDecoder: new (
  label?: string,
  options?: { fatal?: boolean; ignoreBOM?: boolean },
) => TextDecoder;

/** These only for index.node.ts and what it alone imports, which no browser loads. */
declare const Buffer: { from(text: string, encoding: 'base64'): Uint8Array<ArrayBuffer> };
declare module 'node:module' {
  export function createRequire(
    from: string,
  ): ((name: string) => unknown) & { resolve(name: string): string };
}
declare module 'node:fs' {
  export function readFileSync(path: string, encoding: 'utf8'): string;
}
declare module 'node:os' {
  export function availableParallelism(): number;
}
declare module 'node:process' {
  export function cwd(): string;
  export const env: Readonly<Record<string, string | undefined>>;
}
interface ImportMeta {
  readonly url: string;
}
