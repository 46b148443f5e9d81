/**
 * The native backend: the C kernels of packages/kernels as machine code, in float32, through the addon of the package
 * `@vinculum/native`. It gives the same bits as wasm and is several times as fast. If the addon is missing, the backend is
 * unavailable and says why.
 */
import { PURPOSES, purposeWord, seedHigh, seedLow } from '../../random/streams.ts';
import type { Backend, Numerics } from '../contract.ts';
import { tableVersion } from '../kernels/table.ts';
import type { NativeKernels } from './binding.ts';
import { adaptiveThreads, NativeExecutable } from './executable.ts';

/** The result of loading the addon. */
type Found = { readonly kernels: NativeKernels } | { readonly fault: string };

/**
 * A backend that loads its addon once, when it is first needed.
 *
 * @param open - loads the addon; throws an error whose message says in one line why it cannot
 * @param demandedBy - as in the contract
 * @param processors - how many processors the threads may use; by default those on which the process may run
 */
export function nativeBackend(
  open: () => NativeKernels,
  demandedBy?: () => string | undefined,
  processors?: () => number,
): Backend {
  let found: Found | undefined;
  const look = (): Found => (found ??= tryTo(open));
  const kernels = (): NativeKernels => {
    const result = look();
    if ('kernels' in result) return result.kernels;
    throw new Error(`internal: the native backend is unavailable: ${result.fault}`);
  };
  const usable = (): number => processors?.() ?? kernels().binding.processors;
  const inNumerics = (numerics: Numerics, fused?: Backend): Backend => ({
    name: 'native',
    precision: 'float32',
    numerics,
    ...(fused && { fused }),
    unavailable() {
      const result = look();
      if ('fault' in result) return result.fault;
      if (numerics === 'portable') return undefined;
      const { binding, build, instructionSet } = result.kernels;
      return binding.fusing[build] === true
        ? undefined
        : `the kernels for ${instructionSet} have no fused multiply-add on this processor.`;
    },
    ...(demandedBy && { demandedBy }),
    describe() {
      const { instructionSet } = kernels();
      return `native: C kernels for ${instructionSet}, up to ${usable()} threads`;
    },
    shuffle(rows, seed, epoch) {
      const stream = purposeWord(PURPOSES.shuffle, 0);
      kernels().binding.shuffle(rows, seedLow(seed), seedHigh(seed), stream, 0, epoch);
    },
    compile: (program, { threads } = {}) =>
      threads === undefined
        ? new NativeExecutable(program, kernels(), usable(), adaptiveThreads)
        : new NativeExecutable(program, kernels(), threads),
  });
  return inNumerics('portable', inNumerics('fused'));
}

function tryTo(open: () => NativeKernels): Found {
  try {
    const kernels = open();
    if (kernels.binding.tableVersion === tableVersion()) return { kernels };
    return { fault: 'the addon was compiled for another op table than this. Build it again.' };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}
