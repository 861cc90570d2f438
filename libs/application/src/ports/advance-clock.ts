/** Moves the stream clock on at the end of the input, where no event does (semantics 12). */
export abstract class AdvanceClock {
  /**
   * Resolves when everything that was in the stream before has been read and every deadline up to that
   * instant has fired; a time that has passed already moves nothing. Answers how far the clock has
   * come, epoch ms.
   *
   * @throws Error if the detector does not get there in time
   */
  abstract execute(toMs: number): Promise<number>;
}
