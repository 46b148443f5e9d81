// The constants of the elementary functions. packages/kernels/tables/derive-coefficients.py
// derives them, says how, and writes this file; packages/kernels/src/elementary.h holds the same
// numbers, and a test compares the two. Do not edit by hand.

// ln 2 = LN2_HIGH + LN2_LOW; n LN2_HIGH is exact for |n| < 2^21.
export const LN2_HIGH = 0.6931471803691238;
export const LN2_LOW = 1.9082149292705877e-10;
export const LOG2_E = 1.4426950408889634;

// e^r = 1 + r + r^2 EXP(r), |r| <= ln 2 / 2.
export const EXP_0 = 0.5000000000000001;
export const EXP_1 = 0.16666666666666669;
export const EXP_2 = 0.04166666666662413;
export const EXP_3 = 0.008333333333330062;
export const EXP_4 = 0.0013888888917213717;
export const EXP_5 = 0.00019841269863053618;
export const EXP_6 = 2.4801521295954376e-5;
export const EXP_7 = 2.7557268459997064e-6;
export const EXP_8 = 2.7620088445409746e-7;
export const EXP_9 = 2.510038549551032e-8;

// log((1 + s) / (1 - s)) = 2s + 2s z LOG(z), z = s^2 <= ((sqrt 2 - 1) / (sqrt 2 + 1))^2.
export const LOG_0 = 0.3333333333333335;
export const LOG_1 = 0.19999999999949444;
export const LOG_2 = 0.14285714313126918;
export const LOG_3 = 0.11111105544689748;
export const LOG_4 = 0.09091446216268435;
export const LOG_5 = 0.07665805861027504;
export const LOG_6 = 0.07308903576708663;

// (1 + 2x) e^(x^2) erfc(x) = 1 + (1 + t) ERFC(t), t = (x - 4) / (x + 4), 0 <= x <= 28.
export const ERFC_0 = 0.2329951186255525;
export const ERFC_1 = -0.3726162354661151;
export const ERFC_2 = 0.3879958875687353;
export const ERFC_3 = -0.3198988333140297;
export const ERFC_4 = 0.21885976727770234;
export const ERFC_5 = -0.12512693227980404;
export const ERFC_6 = 0.05879656646798599;
export const ERFC_7 = -0.021629050923235596;
export const ERFC_8 = 0.005431316862703661;
export const ERFC_9 = -0.0003993469494909909;
export const ERFC_10 = -0.0003584263375880644;
export const ERFC_11 = 0.00015916999139328894;
export const ERFC_12 = -8.548227496442547e-6;
export const ERFC_13 = -1.5852158818752647e-5;
export const ERFC_14 = 4.629551927796216e-6;
export const ERFC_15 = 1.0826290477437223e-6;
export const ERFC_16 = -7.870394809333829e-7;
export const ERFC_17 = -4.136984018894299e-8;
export const ERFC_18 = 1.1299329491373962e-7;
export const ERFC_19 = -1.2246997021319789e-9;
export const ERFC_20 = -1.4008206837507663e-8;
export const ERFC_21 = -7.984199533884893e-11;
export const ERFC_22 = 9.284095321024103e-10;

// erf(x) = x ERF(x^2), |x| <= 1.
export const ERF_0 = 1.1283791670955126;
export const ERF_1 = -0.37612638903183543;
export const ERF_2 = 0.11283791670945006;
export const ERF_3 = -0.02686617064323777;
export const ERF_4 = 0.0052239776071164225;
export const ERF_5 = -0.0008548325975389692;
export const ERF_6 = 0.00012055294904839707;
export const ERF_7 = -1.492473690741966e-5;
export const ERF_8 = 1.6447424703317362e-6;
export const ERF_9 = -1.6208483801871705e-7;
export const ERF_10 = 1.3720064546777686e-8;
export const ERF_11 = -7.795898827002142e-10;

// sin r = r + r z SIN(z), z = r^2, |r| <= pi / 4.
export const SIN_0 = -0.16666666666666666;
export const SIN_1 = 0.008333333333333331;
export const SIN_2 = -0.0001984126984126504;
export const SIN_3 = 2.755731921932058e-6;
export const SIN_4 = -2.50521062259944e-8;
export const SIN_5 = 1.6058530596645953e-10;
export const SIN_6 = -7.586636882825159e-13;

// cos r = 1 - z/2 + z^2 COS(z), z = r^2, |r| <= pi / 4.
export const COS_0 = 0.041666666666666664;
export const COS_1 = -0.0013888888888888887;
export const COS_2 = 2.4801587301584632e-5;
export const COS_3 = -2.755731922139249e-7;
export const COS_4 = 2.0876755787492604e-9;
export const COS_5 = -1.1470460319209511e-11;
export const COS_6 = 4.745838412531023e-14;
