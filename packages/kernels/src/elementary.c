/*
 * Elementary functions out of line, so that kernels share them and the module stays small.
 */
#include "vector.h"

f64v exponential(f64v x) { return v_exp(x); }

f64v logOnePlus(f64v x) { return v_log1p(x); }
