/**
 * `import 'vinculum/fused'`: the WebAssembly module of fused numerics, for pages and workers that train or predict with
 * `numerics: 'fused'`. It is an entry of its own, so that no other page downloads it. In Node the import is not needed.
 */
import { useFusedKernels } from './backends/wasm/backend.ts';
import { FUSED_KERNELS } from './backends/wasm/fused-kernels.generated.ts';

useFusedKernels(() => FUSED_KERNELS);

export { FUSED_KERNELS };
