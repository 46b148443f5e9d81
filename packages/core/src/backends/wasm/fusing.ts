/**
 * Whether the multiply-add of WebAssembly's relaxed SIMD is fused here. The proposal lets an engine choose between one
 * rounding and two, by the processor. Therefore the choice is found out by computing a product whose rounding shows.
 */

/**
 * A module with the one function `madd`: (a, b, c: f32) → f32x4.extract_lane 0 (f32x4.relaxed_madd (splat a) (splat b)
 * (splat c)).
 */
const PROBE = Uint8Array.from([
  // Magic number and version; the type (f32, f32, f32) → f32; one function; its export.
  0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 1, 96, 3, 125, 125, 125, 1, 125, 3, 2, 1, 0, 7, 8, 1, 4, 109,
  97, 100, 100, 0, 0,
  // The code: local.get and f32x4.splat three times, f32x4.relaxed_madd, f32x4.extract_lane 0.
  10, 22, 1, 20, 0, 32, 0, 253, 19, 32, 1, 253, 19, 32, 2, 253, 19, 253, 133, 2, 253, 31, 0, 11,
]);

/** The factor 1 + 2⁻¹²; its square is 1 + 2⁻¹¹ + 2⁻²⁴, of which a float32 keeps all but the last term. */
const FACTOR = 1 + 1 / 4096;
const ROUNDED_SQUARE = 1 + 1 / 2048;

let known: { readonly fusing: boolean | undefined } | undefined;

/** True if it is fused, false if it rounds twice; undefined if the engine has no relaxed SIMD. */
export function isFusing(): boolean | undefined {
  return (known ??= { fusing: find() }).fusing;
}

function find(): boolean | undefined {
  if (typeof WebAssembly === 'undefined' || !WebAssembly.validate(PROBE)) return undefined;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(PROBE));
  const madd = exports['madd'] as (a: number, b: number, c: number) => number;
  return madd(FACTOR, FACTOR, -ROUNDED_SQUARE) !== 0;
}
