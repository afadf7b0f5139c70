/**
 * Positions at which the items of `part` stand one after the other in `whole`, overlapping ones included, in time linear
 * to both (Knuth, Morris and Pratt).
 *
 * @param part not empty
 */
export function* runsOf(whole: readonly string[], part: readonly string[]): Generator<number> {
  const borders = bordersOf(part);
  let matched = 0;
  for (const [i, item] of whole.entries()) {
    while (matched > 0 && (matched === part.length || item !== part[matched])) matched = borders[matched - 1]!;
    if (item === part[matched]) matched += 1;
    if (matched === part.length) yield i - matched + 1;
  }
}

/** Of each beginning of the list: how many items at its end are its first ones too. */
function bordersOf(part: readonly string[]): readonly number[] {
  const borders = [0];
  for (let i = 1; i < part.length; i++) {
    let length = borders[i - 1]!;
    while (length > 0 && part[i] !== part[length]) length = borders[length - 1]!;
    borders.push(part[i] === part[length] ? length + 1 : 0);
  }
  return borders;
}
