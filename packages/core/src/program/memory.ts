/**
 * The memory plan. Tensors are declared by region and get their byte offsets in one arena at the end, so that each
 * region is contiguous and 64-byte aligned, and a running program allocates nothing.
 */
import { rangeError } from '../words/fault.ts';
import {
  REGIONS,
  type ElementType,
  type Origin,
  type Precision,
  type Region,
  type Tensor,
} from './program.ts';

const ALIGNMENT = 64;

const ARRAYS = {
  float32: Float32Array,
  float64: Float64Array,
  uint8: Uint8Array,
  int32: Int32Array,
  uint32: Uint32Array,
} as const satisfies Record<ElementType, unknown>;

/** The memory of one tensor, at capacity. */
export type TensorView = Float32Array | Float64Array | Uint8Array | Int32Array | Uint32Array;

/** The memory of a tensor of reals, in the precision of its backend. */
export type RealArray = Float32Array | Float64Array;

/** New memory of a precision. */
export function newReals(precision: Precision, length: number): RealArray {
  return precision === 'float64' ? new Float64Array(length) : new Float32Array(length);
}

/** Bytes of one element. */
export function bytesOf(type: ElementType): number {
  return ARRAYS[type].BYTES_PER_ELEMENT;
}

/** The memory of a tensor in an arena that begins at byte `start` of the buffer. */
export function viewOf(buffer: ArrayBufferLike, start: number, tensor: Tensor): TensorView {
  // Every array type accepts both kinds of buffer, but the types of the constructors name only one kind.
  return new ARRAYS[tensor.type](buffer as ArrayBuffer, start + tensor.byteOffset, tensor.size);
}

/** The elements of one row of a tensor [N, …]. */
export function columnsOf({ shape }: Tensor): number {
  return shape.reduce<number>((product, extent) => product * (extent === 'N' ? 1 : extent), 1);
}

/** `bytes` rounded up so that the next tensor is aligned. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

const SMALLER = ' Use a smaller batchSize or maxRows, or a smaller network.';

/**
 * The error of a program that is too large.
 *
 * @param rule - the limit of its memory, such as `at most 4294967296 bytes`
 * @param got - the memory that it needs
 * @param remedy - a sentence of help, with a space before it
 */
export function tooLarge(
  rule: string,
  got: string,
  cause?: unknown,
  remedy: string = SMALLER,
): RangeError {
  return rangeError(
    {
      where: 'compile',
      subject: 'the memory of a run',
      rule: `must be ${rule}`,
      got,
      remedy,
    },
    { cause },
  );
}

/** A tensor whose offset counts from the start of its region until the plan is placed. */
type Draft = { -readonly [Field in keyof Tensor]: Tensor[Field] };

/** The declaration of a tensor. */
export interface Declaration {
  readonly name: string;
  readonly shape: readonly (number | 'N')[];
  readonly type: ElementType;
  /** Default `'scratch'`. */
  readonly region?: Region;
  readonly origin?: Origin | undefined;
}

/** Collects declarations, then places them. One plan makes one Program. */
export class MemoryPlan {
  readonly #capacity: number;
  readonly #tensors = new Map<string, Draft>();
  readonly #ends = new Map<Region, number>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /**
   * Declares a tensor at the end of its region, 64-byte aligned.
   *
   * @returns the tensor; its byteOffset is correct after {@link place} has run
   */
  declare(declaration: Declaration): Tensor {
    const { type, region = 'scratch' } = declaration;
    const start = aligned(this.#ends.get(region) ?? 0);
    const tensor = this.#add({ ...declaration, region }, start);
    this.#ends.set(region, start + tensor.size * bytesOf(type));
    return tensor;
  }

  /** Declares a tensor that lies inside `host`, `elements` after its start. */
  within(
    { type, region, byteOffset }: Tensor,
    elements: number,
    declaration: Omit<Declaration, 'region' | 'type'>,
  ): Tensor {
    return this.#add({ ...declaration, region, type }, byteOffset + elements * bytesOf(type));
  }

  /** Gives every tensor its place and returns the size of the arena in bytes. Call it once. */
  place(): number {
    const bases = new Map<Region, number>();
    let end = 0;
    for (const region of REGIONS) {
      bases.set(region, end);
      end = aligned(end + (this.#ends.get(region) ?? 0));
    }
    for (const tensor of this.#tensors.values()) tensor.byteOffset += bases.get(tensor.region)!;
    return end;
  }

  /** All tensors by name. */
  tensors(): Map<string, Tensor> {
    return new Map(this.#tensors);
  }

  #add(declaration: Omit<Tensor, 'size' | 'byteOffset'>, byteOffset: number): Tensor {
    const { name, shape } = declaration;
    if (this.#tensors.has(name)) throw new Error(`internal: tensor '${name}' is declared twice.`);
    let size = 1;
    for (const extent of shape) size *= extent === 'N' ? this.#capacity : extent;
    const tensor = { ...declaration, size, byteOffset };
    this.#tensors.set(name, tensor);
    return tensor;
  }
}
