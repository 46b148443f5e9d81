import { existsSync } from 'node:fs';
import { mkdtemp, open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  Classifier,
  DataError,
  dense,
  ModelFormatError,
  network,
  readSafetensors,
  Regressor,
  toSafetensors,
  writeSafetensors,
} from 'vinculum';
import { loadModel, readModelFile, saveModel } from './model-file.ts';

const ROWS = Array.from({ length: 30 }, (_, i) => ({ size: i % 5, kind: i % 2 ? 'a' : null }));

describe('saveModel and loadModel', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vinculum-model-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('bring back a network, a classifier and a regressor', async () => {
    const path = join(folder, 'model.safetensors');
    const net = network({ inputs: 2, layers: [dense(3)], seed: 5 });
    await saveModel(path, net);
    const again = await loadModel(path);
    expect(again.kind).toBe('network');
    expect(again.kind === 'network' && again.parameters()).toEqual(net.parameters());

    const labels = ROWS.map((row) => row.size > 2);
    const classifier = await new Classifier({ maxIter: 3 }).fit(ROWS, labels);
    await saveModel(path, classifier, { metadata: { target: 'big' } });
    const loaded = await loadModel(path);
    expect(loaded.kind === 'classifier' && loaded.predict(ROWS)).toEqual(classifier.predict(ROWS));
    expect(readSafetensors(await readFile(path)).metadata.get('target')).toBe('big');

    const sizes = ROWS.map((row) => row.size);
    const regressor = await new Regressor({ maxIter: 3 }).fit(ROWS, sizes);
    await saveModel(path, regressor);
    const back = await loadModel(path);
    expect(back.kind === 'regressor' && back.predict(ROWS)).toEqual(regressor.predict(ROWS));
    expect(await readdir(folder)).toEqual(['model.safetensors']);
  });

  it('write the same bytes for the same model', async () => {
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    for (const path of [first, second]) {
      const labels = ROWS.map((row) => row.kind ?? 'none');
      await saveModel(path, await new Classifier({ maxIter: 2 }).fit(ROWS, labels));
    }
    expect(await readFile(first)).toEqual(await readFile(second));
  });

  it('refuse a value that is no model, and do not change the old file', async () => {
    const path = join(folder, 'other');
    await writeFile(path, 'not a model');
    await expect(loadModel(path)).rejects.toBeInstanceOf(ModelFormatError);
    await expect(loadModel(path)).rejects.toThrow(`loadModel: '${path}' must be a model of `);
    await expect(loadModel(join(folder, 'none'))).rejects.toBeInstanceOf(DataError);
    await expect(readModelFile(join(folder, 'none'))).rejects.toThrow(/; there is no such file\.$/);
    await expect(saveModel(path, {} as never)).rejects.toBeInstanceOf(TypeError);
    expect(await readFile(path, 'utf8')).toBe('not a model');
  });

  it('read no more of a file than the header says', async () => {
    const sparse = join(folder, 'sparse');
    await (await open(sparse, 'w')).close();
    // The file is larger than any array may be, so reading it completely would give another error.
    await truncate(sparse, 2 ** 40);
    await expect(loadModel(sparse)).rejects.toThrow(/header must begin with '\{'/);
    const model = toSafetensors(network({ inputs: 1, layers: [dense(1)] }));
    const longer = join(folder, 'longer');
    await writeFile(longer, model);
    await truncate(longer, 2 ** 40);
    await expect(loadModel(longer)).rejects.toThrow(
      /data must have 8 bytes, as the header says; got/,
    );
    await truncate(longer, model.length - 1);
    await expect(loadModel(longer)).rejects.toThrow(/got 7\. The file is cut off/);
    await truncate(longer, 12);
    await expect(loadModel(longer)).rejects.toThrow(/The file is cut off/);
    await truncate(longer, 5);
    await expect(loadModel(longer)).rejects.toThrow(/must begin with 8 bytes/);
  });

  it.runIf(existsSync('/dev/zero'))('refuse a device without end', async () => {
    await expect(loadModel('/dev/zero')).rejects.toBeInstanceOf(ModelFormatError);
  });

  it('say that a file of an older version has no checksum', async () => {
    const path = join(folder, 'old');
    const { tensors, metadata } = readSafetensors(
      toSafetensors(network({ inputs: 1, layers: [dense(1)] })),
    );
    const unsigned = new Map([...metadata].filter(([name]) => name !== 'crc32c'));
    await writeFile(path, writeSafetensors(tensors, unsigned));
    const notes: string[] = [];
    await loadModel(path, { onNote: (note) => notes.push(note) });
    expect(notes).toEqual([expect.stringMatching(/no checksum/)]);
  });

  it('refuse a damaged weight', async () => {
    const path = join(folder, 'damaged');
    await saveModel(path, network({ inputs: 2, layers: [dense(3)] }));
    const bytes = await readFile(path);
    bytes[bytes.length - 30]! ^= 1;
    await writeFile(path, bytes);
    await expect(loadModel(path)).rejects.toThrow(/checksum must be .* The file is damaged/);
  });

  it('say where it cannot be saved and why, and keep the system error', async () => {
    const path = join(folder, 'none', 'model.safetensors');
    const fault: unknown = await saveModel(path, network({ inputs: 1, layers: [dense(1)] })).catch(
      (error: unknown) => error,
    );
    expect(fault).toMatchObject({
      message: `saveModel: '${path}' must be a place to write to; there is no such folder.`,
      cause: { code: 'ENOENT' },
    });
  });
});
