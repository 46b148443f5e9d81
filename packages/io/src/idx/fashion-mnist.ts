/**
 * Fashion-MNIST: 60,000 training and 10,000 test images of clothes, 28 × 28 grey levels, ten classes, in four
 * IDX files. They are read from Debian's folder or from a folder that the caller names, and never downloaded.
 *
 * Source: Xiao, Rasul & Vollgraf 2017, *Fashion-MNIST: a novel image dataset for benchmarking machine
 * learning algorithms*, arXiv:1708.07747 (MIT licence).
 */
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dataError } from 'vinculum/internal';
import { readIdx, type IdxArray } from './idx.ts';
import { unreadable } from '../source.ts';
import type { DataSetFormat, LabelledMatrix } from '../table-format.ts';

/** The names of the class indices 0 … 9. */
export const FASHION_MNIST_CLASSES: readonly string[] = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];

/** Images with their labels. */
export interface LabelledImages {
  /** Grey levels 0–255, shape [images, 784]. */
  readonly x: { readonly data: Uint8Array; readonly shape: readonly [number, number] };
  /** Class indices, one an image. */
  readonly y: Uint8Array;
}

export interface FashionMnist {
  readonly train: LabelledImages;
  readonly test: LabelledImages;
  readonly classes: readonly string[];
  /** The folder it was read from. */
  readonly directory: string;
}

/** Where Debian's package dataset-fashion-mnist puts the files. */
export const DEBIAN_FASHION_MNIST = '/usr/share/datasets/fashion-mnist';

/** Pixels of an image across and down. */
const SIDE = 28;

const FILES = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
} as const;

/**
 * The folder that holds the four files of Fashion-MNIST, each plain or with `.gz`.
 *
 * @param directory - the first folder to search; Debian's folder is the second
 * @returns the folder
 * @throws {DataError} when a named folder lacks them, or none has them; the message says how to get them
 */
export async function findFashionMnist(directory?: string): Promise<string> {
  const places = directory === undefined ? [DEBIAN_FASHION_MNIST] : [directory];
  for (const place of places) {
    const found = await Promise.all(Object.values(FILES).map((file) => pathOf(place, file)));
    if (found.every((path) => path !== undefined)) return place;
  }
  throw dataError({
    where: 'findFashionMnist',
    subject: places.map((place) => `'${place}'`).join(' or '),
    rule: `must hold the four IDX files of Fashion-MNIST (${FILES.trainImages}.gz, …); it does not`,
    remedy:
      " Install them with 'apt-get install dataset-fashion-mnist', or name their folder with --data-dir.",
  });
}

/**
 * Reads Fashion-MNIST, or MNIST itself: the files have the same names and shapes.
 *
 * @param directory - a folder with the four files; Debian's if absent
 * @returns 60,000 and 10,000 images as bytes, with labels
 * @throws {DataError} when a file is missing or is not what it should be
 * @example
 * const { train, test } = await readFashionMnist();
 * await fit(net, { x: { ...train.x, scale: 1 / 255 }, y: train.y }, { loss: 'softmax-cross-entropy' });
 */
export async function readFashionMnist(directory?: string): Promise<FashionMnist> {
  const folder = await findFashionMnist(directory);
  const [trainImages, trainLabels, testImages, testLabels] = await Promise.all(
    [FILES.trainImages, FILES.trainLabels, FILES.testImages, FILES.testLabels].map((file) =>
      readIdxFile(folder, file),
    ),
  );
  return {
    train: pair(folder, trainImages!, trainLabels!),
    test: pair(folder, testImages!, testLabels!),
    classes: FASHION_MNIST_CLASSES,
    directory: folder,
  };
}

/** The row of the registry: the data set by its word, with the names of the classes as its target. */
export const FASHION_MNIST: DataSetFormat = {
  kind: 'data-set',
  name: 'fashion-mnist',
  title: 'fashion-mnist',
  target: 'label',
  async read(directory) {
    const { train, test, classes } = await readFashionMnist(directory);
    const labelled = ({ x, y }: LabelledImages): LabelledMatrix => ({
      rows: { data: x.data, rows: x.shape[0], columns: x.shape[1], scale: 1 },
      target: { name: 'label', kind: 'text', values: Array.from(y, (index) => classes[index]!) },
    });
    return { train: labelled(train), test: labelled(test) };
  },
};

function pair(folder: string, images: IdxArray, labels: IdxArray): LabelledImages {
  const [count, height, width] = images.shape;
  const bytes = images.data;
  const y = labels.data;
  const shaped =
    images.shape.length === 3 &&
    height === SIDE &&
    width === SIDE &&
    labels.shape.length === 1 &&
    labels.shape[0] === count;
  if (
    !(bytes instanceof Uint8Array && y instanceof Uint8Array && shaped) ||
    y.some((label) => label >= FASHION_MNIST_CLASSES.length)
  ) {
    throw dataError({
      where: 'readFashionMnist',
      subject: `the files in '${folder}'`,
      rule: `must hold byte images [n, ${SIDE}, ${SIDE}] and labels [n] from 0 to 9`,
      got: `shapes [${images.shape.join(', ')}] and [${labels.shape.join(', ')}]`,
    });
  }
  const shape = [count!, SIDE * SIDE] as const;
  return { x: { data: bytes, shape }, y };
}

async function readIdxFile(folder: string, file: string): Promise<IdxArray> {
  const path = (await pathOf(folder, file)) ?? join(folder, file);
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw unreadable('readFashionMnist', path, error);
  }
  return readIdx(bytes, `'${path}'`);
}

async function pathOf(folder: string, file: string): Promise<string | undefined> {
  for (const path of [join(folder, file), join(folder, `${file}.gz`)]) {
    try {
      await access(path);
      return path;
    } catch {
      continue;
    }
  }
  return undefined;
}
