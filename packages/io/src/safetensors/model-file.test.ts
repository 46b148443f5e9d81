import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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
} from 'vinculum';
import { loadModel, saveModel } from './model-file.ts';

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

  it('refuse what is no model, with the old file untouched', async () => {
    const path = join(folder, 'other');
    await writeFile(path, 'not a model');
    await expect(loadModel(path)).rejects.toBeInstanceOf(ModelFormatError);
    await expect(loadModel(path)).rejects.toThrow(`loadModel: '${path}' must be a model of `);
    await expect(loadModel(join(folder, 'none'))).rejects.toBeInstanceOf(DataError);
    await expect(saveModel(path, {} as never)).rejects.toBeInstanceOf(TypeError);
    expect(await readFile(path, 'utf8')).toBe('not a model');
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
