/**
 * The parameters of a run and of its network while the run is alive: the run has the newest, the network asks for them
 * when it is read, and hands over what is written to it. Where phases end later, a read gives the parameters before the
 * step in flight, and a write is taken over after that step.
 */
import type { LiveRun, NetworkState, ParameterWrite } from '../model/network.ts';
import type { RealArray } from '../program/memory.ts';

/** The exchange of one run; the network has it as its live run. */
export class ParameterExchange implements LiveRun {
  readonly #network: NetworkState;
  readonly #parameters: RealArray;
  readonly #onWritten: () => void;
  /** Whether the run's parameters are newer than those that the network has. */
  #newer = false;
  /** Whether a phase has begun and not ended, so that nobody may write to the memory. */
  #inFlight = false;
  /** Whether an update has begun and not ended; it stays so where the update was broken off. */
  #updating = false;
  /** Parameters that were written from outside while a phase was in flight. */
  readonly #writes: ParameterWrite[] = [];

  /**
   * @param parameters - the run's own
   * @param onWritten - called after they were written from outside
   */
  constructor(network: NetworkState, parameters: RealArray, onWritten: () => void) {
    this.#network = network;
    this.#parameters = parameters;
    this.#onWritten = onWritten;
    network.live = this;
  }

  /** While an update is in flight, or after it was broken off, the network has the parameters before it. */
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

  /** All parameters of the run were written, so that nothing of a broken update is left in them. */
  markNewer(): void {
    this.#newer = true;
    this.#updating = false;
  }

  /** A phase has begun that ends later. */
  phaseBegan(): void {
    this.#inFlight = true;
  }

  /** No phase is in flight any more: takes over what was written meanwhile, unless an update was broken off. */
  phaseEnded(): void {
    this.#inFlight = false;
    if (!this.#updating && this.#writes.length > 0) this.#write(this.#writes.splice(0));
  }

  /** @param later - whether it may end later, so that the network must first get what it would spoil */
  updateBegins(later: boolean): void {
    if (later) this.pull(this.#network.flat);
    this.#updating = true;
  }

  updateEnded(): void {
    this.#updating = false;
    this.#newer = true;
  }

  /** Hands the newest parameters to the network, and the network back. */
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
