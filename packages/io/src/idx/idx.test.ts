import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataError } from 'vinculum';
import { findFashionMnist, readFashionMnist } from './fashion-mnist.ts';
import { readTable } from '../tables.ts';
import { readIdx } from './idx.ts';

/** An IDX file: magic number, sizes and the bytes of the elements. */
function idx(code: number, shape: readonly number[], elements: readonly number[]): Uint8Array {
  const sizes = shape.flatMap((size) => [
    size >>> 24,
    (size >>> 16) & 255,
    (size >>> 8) & 255,
    size & 255,
  ]);
  return Uint8Array.from([0, 0, code, shape.length, ...sizes, ...elements]);
}

describe('readIdx', () => {
  it.each([
    [0x08, [1, 255], new Uint8Array([1, 255])],
    [0x09, [1, 255], new Int8Array([1, -1])],
    [0x0b, [1, 2, 255, 254], new Int16Array([258, -2])],
    [0x0c, [0, 0, 1, 0, 255, 255, 255, 255], new Int32Array([256, -1])],
    [0x0d, [0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0], new Float32Array([1, -2])],
    [0x0e, [0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0], new Float64Array([1, -2])],
  ])('reads type 0x%s, plain and gzip', (code, elements, data) => {
    const file = idx(code, [2], elements);
    expect(readIdx(file)).toEqual({ data, shape: [2] });
    expect(readIdx(gzipSync(file))).toEqual({ data, shape: [2] });
  });

  it('reads several dimensions, but refuses a size of 0', () => {
    expect(readIdx(idx(8, [2, 1, 3], [1, 2, 3, 4, 5, 6])).shape).toEqual([2, 1, 3]);
    expect(readIdx(idx(8, [0, 28, 28], [])).data.length).toBe(0);
  });

  it('reads from the middle of a larger buffer', () => {
    const file = idx(0x0c, [1], [0, 0, 0, 7]);
    const larger = new Uint8Array(file.length + 3);
    larger.set(file, 3);
    expect(readIdx(larger.subarray(3)).data).toEqual(new Int32Array([7]));
  });

  it('refuses every truncation and every longer file', () => {
    const file = idx(8, [2, 3], [1, 2, 3, 4, 5, 6]);
    for (let length = 0; length < file.length; length++) {
      expect(() => readIdx(file.subarray(0, length))).toThrow(DataError);
    }
    expect(() => readIdx(Uint8Array.from([...file, 0]))).toThrow(/must be 18 bytes long .* got 19/);
    const zipped = gzipSync(file);
    for (let length = 2; length < zipped.length; length++) {
      expect(() => readIdx(zipped.subarray(0, length))).toThrow(/whole gzip data/);
    }
  });

  it.each([
    [[1, 0, 8, 1, 0, 0, 0, 0], /IDX magic number .* got 0x01000801/],
    [[0, 0, 10, 1, 0, 0, 0, 0], /IDX magic number/],
    [[0, 0, 8, 0], /have 1 to 8 dimensions; got 0/],
    [[0, 0, 8, 9], /have 1 to 8 dimensions; got 9/],
    [[0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255], /must be 1.*bytes long for shape/],
  ])('%o', (bytes, message) => {
    expect(() => readIdx(Uint8Array.from(bytes), "'x.idx'")).toThrow(message);
    expect(() => readIdx(Uint8Array.from(bytes), "'x.idx'")).toThrow(/^readIdx: 'x.idx' must/);
  });

  it('decompresses gzip only as far as the header allows', async () => {
    // 64 MiB of zeros in 65 KB. They are not decompressed, because their header is not that of an IDX file.
    const zeros = gzipSync(new Uint8Array(1 << 26));
    const few = gzipSync(idx(8, [5], [1, 2, 3, 4, 5]));
    const longer = Buffer.concat([few, zeros]);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => readIdx(zeros)).toThrow(/IDX magic number .* got 0x00000000/);
    expect(() => readIdx(longer)).toThrow(/must be 13 bytes long for shape \[5\]; got more/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1 << 25);
    await expect(readTable(longer)).rejects.toThrow(/must be 13 bytes long for shape/);
    // The header claims 4 GB, which so few bytes cannot contain.
    const promise = gzipSync(idx(8, [1 << 16, 1 << 16], [1, 2, 3]));
    expect(() => readIdx(promise)).toThrow(
      /must be 4294967308 bytes long.*gzip, which cannot hold/,
    );
  });

  it('gives an array or a DataError for every change of one byte', () => {
    const file = idx(0x0b, [2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
    const outcome = (bytes: Uint8Array): string => {
      try {
        return String(readIdx(bytes).shape.length > 0);
      } catch (error) {
        return error instanceof DataError ? 'refused' : String(error);
      }
    };
    const seen = new Set<string>();
    for (let at = 0; at < file.length; at++) {
      for (let byte = 0; byte < 256; byte++) {
        const changed = file.slice();
        changed[at] = byte;
        seen.add(outcome(changed));
      }
    }
    expect([...seen].toSorted()).toEqual(['refused', 'true']);
  });

  it('refuses a value that is no byte array', () => {
    expect(() => readIdx('abc' as unknown as Uint8Array)).toThrow(TypeError);
  });
});

describe('readFashionMnist', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vinculum-idx-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const put = async (images: readonly number[], labels: readonly number[]): Promise<void> => {
    const imageFile = idx(
      8,
      images,
      Array.from({ length: images.reduce((a, b) => a * b) }, () => 3),
    );
    const labelFile = gzipSync(idx(8, [labels.length], labels));
    await writeFile(join(folder, 'train-images-idx3-ubyte'), imageFile);
    await writeFile(join(folder, 'train-labels-idx1-ubyte.gz'), labelFile);
    await writeFile(join(folder, 't10k-images-idx3-ubyte.gz'), gzipSync(imageFile));
    await writeFile(join(folder, 't10k-labels-idx1-ubyte.gz'), labelFile);
  };

  it('says how to get the files if they do not exist', async () => {
    const run = findFashionMnist(join(folder, 'nowhere'));
    await expect(run).rejects.toBeInstanceOf(DataError);
    await expect(run).rejects.toThrow(/apt-get install dataset-fashion-mnist.*--data-dir/);
  });

  it('reads plain and gzip files of a folder', async () => {
    await put([2, 28, 28], [9, 0]);
    const { train, test, classes, directory } = await readFashionMnist(folder);
    expect(train.x.shape).toEqual([2, 784]);
    expect([...test.y]).toEqual([9, 0]);
    expect(classes[9]).toBe('Ankle boot');
    expect(directory).toBe(folder);
  });

  it('refuses labels that do not fit the images', async () => {
    await put([2, 28, 28], [9]);
    await expect(readFashionMnist(folder)).rejects.toThrow(/labels \[n\] from 0 to 9; got shapes/);
    await put([1, 28, 28], [10]);
    await expect(readFashionMnist(folder)).rejects.toBeInstanceOf(DataError);
  });

  it('refuses images of another size', async () => {
    await put([1, 28, 27], [0]);
    await expect(readFashionMnist(folder)).rejects.toThrow(/images \[n, 28, 28\].*\[1, 28, 27\]/);
    await put([1, 784], [0]);
    await expect(readFashionMnist(folder)).rejects.toThrow(/images \[n, 28, 28\].*\[1, 784\]/);
  });
});
