/** All operators that are read, by family. */
import type { Readers } from '../in/stage.ts';
import { ACTIVATION_READERS } from './read-activations.ts';
import { COLUMN_READERS } from './read-columns.ts';
import { PRODUCT_READERS } from './read-products.ts';
import { SHAPE_READERS } from './read-shapes.ts';

export const READERS: Readers = {
  ...PRODUCT_READERS,
  ...COLUMN_READERS,
  ...ACTIVATION_READERS,
  ...SHAPE_READERS,
};
