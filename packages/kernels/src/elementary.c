/*
 * Elementary functions out of line, for the kernels that share them: the module must stay small.
 */
#include "vector.h"

f64v exponential(f64v x) { return v_exp(x); }

f64v logOnePlus(f64v x) { return v_log1p(x); }
