/** An entry of an archive that a test writes. */
export interface Entry {
  readonly name: string;
  readonly bytes?: string | Buffer;
  /** `0`: a file. */
  readonly type?: string;
  /** What its header says, when that is not the truth. */
  readonly size?: string;
}

/** A tar archive, also of what no tool would write. */
export function tar(...entries: readonly Entry[]): Buffer {
  return Buffer.concat([...entries.flatMap(blocksOf), Buffer.alloc(1024)]);
}

function blocksOf({ name, bytes = '', type = '0', size }: Entry): Buffer[] {
  const content = Buffer.from(bytes);
  const header = Buffer.alloc(512);
  header.write(name, 0, 100);
  header.write('0000644\0', 100);
  header.write(size ?? `${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write(type, 156);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return [header, content, Buffer.alloc((512 - (content.length % 512)) % 512)];
}
