/** Tensors of a graph that is run, and the rule by which shapes fit each other (“broadcasting”). */
import type { ElementName } from '../proto/messages.ts';
import type { Constant } from '../proto/tensor.ts';

/** A value while a graph runs. */
export type RunTensor = Constant;

/** A tensor of numbers; those of type float are rounded to float32. */
export function numbersOf(
  element: ElementName,
  dims: readonly number[],
  values: Float64Array,
): RunTensor {
  return {
    element,
    dims,
    values: element === 'float' ? values.map((one) => Math.fround(one)) : values,
  };
}

/** The numbers of a tensor. @throws {TypeError} when it holds texts */
export function asNumbers({ element, values }: RunTensor): Float64Array {
  if (element === 'string') throw new TypeError('an operator of numbers was given texts');
  return values as Float64Array;
}

export function sizeOf(dims: readonly number[]): number {
  return dims.reduce((product, one) => product * one, 1);
}

/** For each dimension how far apart neighbours are; 0 where the tensor has one element for all. */
function stridesTo(dims: readonly number[], target: readonly number[]): number[] {
  const strides = target.map(() => 0);
  let stride = 1;
  for (let back = 1; back <= dims.length; back++) {
    const extent = dims.at(-back)!;
    const place = target.length - back;
    if (extent !== 1 && extent !== target[place]) {
      throw new RangeError(`the shapes [${dims.join(', ')}] and [${target.join(', ')}] do not fit`);
    }
    strides[place] = extent === 1 ? 0 : stride;
    stride *= extent;
  }
  return strides;
}

/** The shape to which several tensors are spread. */
export function commonShape(shapes: readonly (readonly number[])[]): number[] {
  const length = Math.max(...shapes.map((dims) => dims.length));
  return Array.from({ length }, (_, place) =>
    shapes.reduce((most, dims) => {
      const extent = dims[place - (length - dims.length)] ?? 1;
      return extent === 1 ? most : extent;
    }, 1),
  );
}

/** The place in each tensor's values of every element of the common shape. */
export function placesIn(dims: readonly number[], target: readonly number[]): Int32Array {
  const strides = stridesTo(dims, target);
  const places = new Int32Array(sizeOf(target));
  const index = target.map(() => 0);
  for (let at = 0, place = 0; at < places.length; at++) {
    places[at] = place;
    for (let axis = target.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      place += strides[axis]!;
      if (index[axis]! < target[axis]!) break;
      place -= strides[axis]! * target[axis]!;
      index[axis] = 0;
    }
  }
  return places;
}
