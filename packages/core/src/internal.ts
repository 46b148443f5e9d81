/**
 * The friend entry `vinculum/internal`: what our own packages (io, cli, report, conformance) share with the core and users
 * do not need. Usable by anyone, but not promised: a name here may change in any release. Import the entry
 * `vinculum` too, because it is the one that registers the backends of the platform.
 */
export { ACTIVATION_KINDS } from './activations/activation.ts';
export { BACKEND_NAMES, INSTRUCTION_SETS, THREADED_BACKENDS } from './backends/names.ts';
export { LOSS_KINDS, outputOfLoss } from './losses/loss.ts';
export { OPTIMIZER_NAMES } from './optim/optimizer.ts';
export { SCHEDULE_KINDS } from './optim/schedule.ts';
export { editDistance, listed, nearest, show, suggestion } from './words/messages.ts';
