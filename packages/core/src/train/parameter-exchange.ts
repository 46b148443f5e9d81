/**
 * The parameters of a run and of its network while the run is alive. The run has the newest parameters. The network asks
 * for them when it is read, and gives the run the parameters that are written to it. While a phase is in flight, a read
 * gives the parameters before the step, and a write takes effect after the step.
 */
import type { LiveRun, NetworkState, ParameterWrite } from '../model/network.ts';
import type { RealArray } from '../program/memory.ts';

/** The exchange of one run; the network has it as its live run. */
export class ParameterExchange implements LiveRun {
  readonly #network: NetworkState;
  readonly #parameters: RealArray;
  readonly #onWritten: () => void;
  /** Whether the run's parameters are newer than the network's. */
  #newer = false;
  /** Whether a phase has begun and not ended, so that no other code may write to the memory. */
  #inFlight = false;
  /** Whether an update has begun and not ended; it stays true if the update was interrupted. */
  #updating = false;
  /** Parameters that the user has written while a phase was in flight. */
  readonly #writes: ParameterWrite[] = [];

  /**
   * @param parameters - the run's own parameters
   * @param onWritten - called after the user's values were written to them
   */
  constructor(network: NetworkState, parameters: RealArray, onWritten: () => void) {
    this.#network = network;
    this.#parameters = parameters;
    this.#onWritten = onWritten;
    network.live = this;
  }

  /** While an update is in flight, or after it was interrupted, the network keeps the parameters before the update. */
  pull(flat: RealArray): void {
    if (!this.#newer || this.#updating) return;
    flat.set(this.#parameters);
    this.#network.version++;
    this.#newer = false;
  }

  push(writes: readonly ParameterWrite[]): void {
    if (this.#inFlight) {
      this.#writes.push(...writes);
      return;
    }
    this.#write(writes);
    // The network has them already.
    this.#newer = false;
  }

  /** Says that all parameters of the run were written, so that they contain nothing of an interrupted update. */
  markNewer(): void {
    this.#newer = true;
    this.#updating = false;
  }

  /** Says that a phase has begun that ends later. */
  phaseBegan(): void {
    this.#inFlight = true;
  }

  /** Says that no phase is in flight any more. Takes over the user's writes, unless an update was interrupted. */
  phaseEnded(): void {
    this.#inFlight = false;
    if (!this.#updating && this.#writes.length > 0) this.#write(this.#writes.splice(0));
  }

  /** @param later - whether the update may end later; if so, the network first gets the parameters before the update */
  updateBegins(later: boolean): void {
    if (later) this.pull(this.#network.flat);
    this.#updating = true;
  }

  updateEnded(): void {
    this.#updating = false;
    this.#newer = true;
  }

  /** Gives the newest parameters to the network, and releases the network. */
  close(): void {
    this.pull(this.#network.flat);
    this.#network.live = undefined;
  }

  #write(writes: readonly ParameterWrite[]): void {
    for (const { offset, numbers } of writes) this.#parameters.set(numbers, offset);
    this.#newer = true;
    this.#onWritten();
  }
}
