/** A text as it was read from a file, with the place of each of its UTF-16 units there. */
export class PlacedText {
  text = '';
  readonly #offsets: number[] = [];

  /** `part` stands at `offset`, one unit beside the other. */
  addWritten(part: string, offset: number): void {
    for (let i = 0; i < part.length; i++) this.#offsets.push(offset + i);
    this.text += part;
  }

  /** The whole of `part` is what is written at `offset` in another way, such as an escape. */
  addMade(part: string, offset: number): void {
    for (let i = 0; i < part.length; i++) this.#offsets.push(offset);
    this.text += part;
  }

  /** Of the end: behind what stands last. */
  offsetAt(index: number): number | null {
    const known = this.#offsets[index];
    if (known !== undefined) return known;
    const last = this.#offsets.at(-1);
    return last === undefined || index > this.text.length ? null : last + 1;
  }
}
