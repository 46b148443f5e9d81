/**
 * The memory plan: tensors are declared by region and get their byte offsets in one arena at the end, so
 * that each region is contiguous and 64-byte aligned and nothing is allocated while a program runs.
 */
import { REGIONS, type ElementType, type Quantity, type Region, type Tensor } from './program.ts';

const ALIGNMENT = 64;

const BYTES: Readonly<Record<ElementType, number>> = {
  float32: 4,
  float64: 8,
  uint8: 1,
  int32: 4,
  uint32: 4,
};

/** Bytes of one element. */
export function bytesOf(type: ElementType): number {
  return BYTES[type];
}

function aligned(bytes: number): number {
  return Math.floor((bytes + ALIGNMENT - 1) / ALIGNMENT) * ALIGNMENT;
}

interface Draft {
  name: string;
  shape: readonly (number | 'N')[];
  size: number;
  type: ElementType;
  region: Region;
  byteOffset: number;
  quantity?: Quantity;
}

interface Entry {
  readonly tensor: Draft;
  /** Bytes inside the region; alias entries keep those of their host. */
  readonly start: number;
}

/** What a tensor is declared with. */
export interface Declaration {
  readonly name: string;
  readonly shape: readonly (number | 'N')[];
  readonly type: ElementType;
  readonly region: Region;
  readonly quantity?: Quantity | undefined;
}

/** Collects declarations, then places them. One plan makes one Program. */
export class MemoryPlan {
  readonly #capacity: number;
  readonly #entries = new Map<string, Entry>();
  readonly #ends = new Map<Region, number>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /**
   * Declares a tensor at the end of its region, 64-byte aligned.
   *
   * @returns the tensor; its byteOffset is right once {@link place} has run
   */
  declare(declaration: Declaration): Tensor {
    const start = aligned(this.#ends.get(declaration.region) ?? 0);
    const tensor = this.#add(declaration, start);
    this.#ends.set(declaration.region, start + tensor.size * BYTES[declaration.type]);
    return tensor;
  }

  /** Declares a tensor that lies inside `host`, `elements` after its start. */
  within(
    host: Tensor,
    elements: number,
    declaration: Omit<Declaration, 'region' | 'type'>,
  ): Tensor {
    const entry = this.#entries.get(host.name)!;
    return this.#add(
      { ...declaration, region: host.region, type: host.type },
      entry.start + elements * BYTES[host.type],
    );
  }

  /** Gives every tensor its place; returns the arena's bytes. */
  place(): number {
    const bases = new Map<Region, number>();
    let end = 0;
    for (const region of REGIONS) {
      bases.set(region, end);
      end = aligned(end + (this.#ends.get(region) ?? 0));
    }
    for (const { tensor, start } of this.#entries.values()) {
      tensor.byteOffset = bases.get(tensor.region)! + start;
    }
    return end;
  }

  /** A tensor that was declared before. */
  tensor(name: string): Tensor {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new Error(`internal: no tensor '${name}'.`);
    return entry.tensor;
  }

  /** All tensors by name. */
  tensors(): Map<string, Tensor> {
    return new Map([...this.#entries].map(([name, { tensor }]) => [name, tensor]));
  }

  #add(declaration: Declaration, start: number): Tensor {
    const { name, shape, type, region, quantity } = declaration;
    if (this.#entries.has(name)) throw new Error(`internal: tensor '${name}' is declared twice.`);
    let size = 1;
    for (const extent of shape) size *= extent === 'N' ? this.#capacity : extent;
    const tensor: Draft = { name, shape, size, type, region, byteOffset: -1 };
    if (quantity !== undefined) tensor.quantity = quantity;
    this.#entries.set(name, { tensor, start });
    return tensor;
  }
}
