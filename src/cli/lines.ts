/** Longer ones are cut: nothing that is meant is as long. */
const LONGEST_LINE = 32 * 1024 * 1024;

/** The lines of a stream, as many at a time as have come. What stands after the last line end is a line too. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) rest = rest.slice(0, LONGEST_LINE);
    if (lines.length > 0) yield lines;
  }
  if (rest !== '') yield [rest];
}
