/*
 * The elementary functions of one number, for the plain loops of the ladders. The result does not depend on the number of
 * lanes, so one lane gives the same bits as a vector.
 */
#undef F64V_LANES
#define F64V_LANES 1
#include "elementary.h"

double expOf(double x) { return v_exp((f64v){x})[0]; }

double log1pOf(double x) { return v_log1p((f64v){x})[0]; }

double tanhOf(double x) { return v_tanh((f64v){x})[0]; }

double sigmoidOf(double x) { return v_sigmoid((f64v){x})[0]; }

double erfcOf(double x) { return v_erfc((f64v){x})[0]; }
