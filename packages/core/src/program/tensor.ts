/**
 * The tensors of a Program: named pieces of one arena, whose parts are the regions. `program.ts` has the ops that name them.
 */
export type Purpose = 'predict' | 'train' | 'trace';

/** The arithmetic of a backend, and the type of every `real` tensor. */
export type Precision = 'float32' | 'float64';

export type ElementType = Precision | 'uint8' | 'int32' | 'uint32';

/** The parts of the arena, in this order, each contiguous and 64-byte aligned. */
export const REGIONS = [
  'parameters',
  'adjoints',
  'firstMoments',
  'secondMoments',
  'thirdMoments',
  'best',
  'window',
  'packed',
  'scratch',
] as const;

export type Region = (typeof REGIONS)[number];

/** What a tensor is to the network that was lowered. Backends do not read it; the trace writes the equations by it. */
export interface Origin {
  /** The position of its layer in the network, from 0; absent for a value of the whole network. */
  readonly layer?: number;
  /** Its part in the layer, such as `out` or `weightBar`, or in the network: `x`, `y` or `zBar`. */
  readonly role: string;
}

/** A named piece of the arena. */
export interface Tensor {
  readonly name: string;
  /** Row-major; `'N'` is the number of rows of a run, at most the program's capacity. */
  readonly shape: readonly (number | 'N')[];
  /** Elements at capacity. */
  readonly size: number;
  readonly type: ElementType;
  readonly region: Region;
  readonly byteOffset: number;
  /** Absent for memory that has no name in the equations. */
  readonly origin?: Origin | undefined;
}
