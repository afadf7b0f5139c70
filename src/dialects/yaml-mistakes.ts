import type { ErrorCode, YAMLError } from 'yaml';

export interface YamlMistake {
  readonly offset: number;
  readonly message: string;
  readonly suggestion: string | null;
}

interface Words {
  readonly message: string;
  readonly suggestion?: string;
}

const INDENT = 'keys of one mapping begin in one column';
const QUOTES = 'put the text in quotes';

/** In our own words, because those of the parser may quote the text, and the text may hold secrets. */
const WORDS: Readonly<Record<ErrorCode, Words>> = {
  ALIAS_PROPS: { message: 'an alias cannot have an anchor or a tag' },
  BAD_ALIAS: { message: 'the alias or anchor is not valid', suggestion: `${QUOTES} if it begins with "*" or "&"` },
  BAD_COLLECTION_TYPE: { message: 'the tag does not fit the value' },
  BAD_DIRECTIVE: { message: 'the directive is not valid', suggestion: `${QUOTES} if it begins with "%"` },
  BAD_DQ_ESCAPE: { message: 'an escape in double quotes is not valid', suggestion: 'use single quotes, or write \\\\' },
  BAD_INDENT: { message: 'the indentation or a bracket does not fit', suggestion: INDENT },
  BAD_PROP_ORDER: { message: 'an anchor or tag stands in the wrong place' },
  BAD_SCALAR_START: { message: 'text cannot begin with this character', suggestion: QUOTES },
  BLOCK_AS_IMPLICIT_KEY: { message: 'a mapping cannot stand here', suggestion: `${QUOTES} if the text has ": "` },
  BLOCK_IN_FLOW: { message: 'a block cannot stand inside brackets' },
  DUPLICATE_KEY: { message: 'the key is given twice', suggestion: 'remove one' },
  IMPOSSIBLE: { message: 'this is not YAML' },
  KEY_OVER_1024_CHARS: { message: 'a key is too long' },
  MISSING_CHAR: { message: 'a character is missing: a colon, comma, quote or bracket' },
  MULTILINE_IMPLICIT_KEY: { message: 'a key cannot go over several lines', suggestion: 'a ":" may be missing' },
  MULTIPLE_ANCHORS: { message: 'a value can have one anchor' },
  MULTIPLE_DOCS: { message: 'only one document can stand here' },
  MULTIPLE_TAGS: { message: 'a value can have one tag' },
  NON_STRING_KEY: { message: 'a key must be text' },
  RESOURCE_EXHAUSTION: { message: 'it is nested too deep' },
  TAB_AS_INDENT: { message: 'a tab cannot indent', suggestion: 'use spaces' },
  TAG_RESOLVE_FAILED: { message: 'the tag is not known', suggestion: `${QUOTES} if it begins with "!"` },
  UNEXPECTED_TOKEN: { message: 'this does not belong here', suggestion: INDENT },
};

export function yamlMistake(error: YAMLError): YamlMistake {
  const { message, suggestion = null } = WORDS[error.code];
  return { offset: error.pos[0], message, suggestion };
}
