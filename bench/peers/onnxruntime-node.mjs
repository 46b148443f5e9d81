/** onnxruntime-node: the same network as an ONNX file. It only predicts, on one thread or on as many as it chooses. */
import { readFileSync } from 'node:fs';
import * as ort from 'onnxruntime-node';
import { makeRows } from '../work.mjs';
import { onnxOf } from './onnx-file.mjs';

export function describe() {
  const { version } = JSON.parse(
    readFileSync(new URL('../node_modules/onnxruntime-node/package.json', import.meta.url), 'utf8'),
  );
  return `onnxruntime-node ${version}`;
}

/** @param {import('../work.mjs').Work} work */
export async function prepare({ kind, widths, batch }) {
  if (kind !== 'predict') throw new Error('it does not train');
  const bytes = onnxOf(widths);
  const feeds = { x: new ort.Tensor('float32', makeRows(batch, widths[0]), [batch, widths[0]]) };
  const repeats = [];
  for (const intraOpNumThreads of [1, 2]) {
    const session = await ort.InferenceSession.create(bytes, {
      intraOpNumThreads,
      interOpNumThreads: 1,
      graphOptimizationLevel: 'all',
    });
    const repeat = async (times) => {
      const begun = performance.now();
      for (let turn = 0; turn < times; turn++) await session.run(feeds);
      return (performance.now() - begun) / 1000 / times;
    };
    const few = batch === 1 ? 3000 : 5;
    await repeat(few);
    repeats.push({ repeat, each: await repeat(few) });
  }
  return repeats.toSorted((left, right) => left.each - right.each)[0].repeat;
}
