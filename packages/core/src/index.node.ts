/**
 * The entry for Node: the same names as in the browser, and the native backend, whose addon is looked for when a Program is
 * first compiled, not at import; the WebAssembly module as it is, which starts faster than the packed one of a page; and
 * Node's workers. It is a separate entry, so that a bundle for the browser contains nothing of them.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { cwd, env } from 'node:process';
import { cpuQuota, processorsWithin } from './backends/cpu-quota.ts';
import { nativeBackend } from './backends/native/backend.ts';
import type { NativeKernels } from './backends/native/binding.ts';
import { registerBackend } from './backends/registry.ts';
import { useFusedKernels } from './backends/wasm/backend.ts';
import { presetModule } from './backends/wasm/embedding.ts';
import type { KernelImage } from './backends/wasm/instance.ts';
import { KERNELS_BYTES, KERNELS } from './backends/wasm/kernels.generated.ts';
import { nodeWorkers, type WorkerThreads } from './backends/wasm/node-workers.ts';
import { useWorkers } from './backends/wasm/workers.ts';
import { useFitThreads } from './train/fit-threads.ts';
import { nodeFitThreads, type NodeForFits } from './train/node-fit-threads.ts';

export * from './index.ts';

// A bundle of CommonJS has no address of its own in `import.meta`, so modules are looked for from the program's folder.
const address = import.meta.url as string | undefined;
const require = createRequire(address || `${cwd()}/vinculum.cjs`);

presetModule(KERNELS.packed, () => Uint8Array.from(Buffer.from(KERNELS_BYTES, 'base64')));
// Loaded only when a run in fused numerics needs it: an engine with relaxed SIMD can `require` a module.
useFusedKernels(
  () => (require('vinculum/fused') as { readonly FUSED_KERNELS: KernelImage }).FUSED_KERNELS,
);
useWorkers(
  nodeWorkers({
    workerThreads: () => require('node:worker_threads') as WorkerThreads,
    availableParallelism: processors,
  }),
);
useFitThreads(
  nodeFitThreads({
    workerThreads: () => require('node:worker_threads') as ReturnType<NodeForFits['workerThreads']>,
    availableParallelism: processors,
    resolve: (entry) => require.resolve(entry),
  }),
);
registerBackend(nativeBackend(openNative, instructionSetDemanded, processors));

let quota: { readonly processors: number | undefined } | undefined;

/** The processors that count: those of the affinity mask, at most as many as the quota of the process is enough for. */
function processors(): number {
  quota ??= { processors: cpuQuota(readText) };
  return processorsWithin(quota.processors, availableParallelism());
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** An instruction set that is asked for must be used, never another in silence. */
function instructionSetDemanded(): string | undefined {
  const name = env['VINCULUM_ISA'];
  return name === undefined || name === '' ? undefined : `VINCULUM_ISA=${name}`;
}

/** The package `@vinculum/native`, if it is installed. */
function openNative(): NativeKernels {
  let native: { openNative(): NativeKernels };
  try {
    native = require('@vinculum/native') as typeof native;
  } catch (error) {
    throw new Error("the package '@vinculum/native' is not installed.", { cause: error });
  }
  return native.openNative();
}
