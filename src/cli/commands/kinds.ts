import { AppError } from '../../base/errors.ts';
import { didYouMean } from '../../base/suggest.ts';
import type { Kind } from '../../model/index.ts';

/** Turns a word of the command line (`svc`, `services`, `Service`) into a kind; `main` hands the model's table in. */
export interface KindWords {
  readonly find: (word: string) => Kind | null;
  readonly all: readonly Kind[];
}

export function kindOf(words: KindWords, word: string | undefined): Kind {
  if (word === undefined) throw new AppError('usage', `which kind? One of: ${words.all.join(', ')}`);
  const kind = words.find(word);
  if (kind !== null) return kind;
  const suggestion = didYouMean(word, words.all) ?? `one of: ${words.all.join(', ')}`;
  throw new AppError('usage', `unknown kind "${word}" (${suggestion})`);
}
