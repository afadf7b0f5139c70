import { isIPv6 } from 'node:net';
import { Reader, type Response } from 'mmdb-lib';
import { AppError, messageOf } from '../../base/errors.ts';

/** What the metadata begins with, and where at the latest (MaxMind DB 2.0, "Database Metadata"). */
const MARKER = Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1');
const METADATA_WITHIN = 128 * 1024;
/** Zeros between the tree and what its leaves point to. */
const SEPARATOR = 16;

/** Pointers that are followed for one record; those of real databases have less than a hundred. */
const MOST_POINTERS = 1_000;

/** One database of MaxMind, in memory as it stands in its file. */
export class GeoDatabase {
  readonly #reader: Reader<Response>;
  readonly #isIPv4Only: boolean;
  #followed = 0;

  /** @throws AppError `invalid` for what is no such database, or not all of it. */
  constructor(bytes: Buffer) {
    this.#reader = this.#open(bytes);
    const { metadata } = this.#reader;
    this.#isIPv4Only = metadata.ipVersion === 4;
    const mistake = mistakeIn(metadata, bytes);
    if (mistake !== null) throw new AppError('invalid', mistake);
  }

  /** The record of an address, `null` when there is none. @throws Error when it cannot be read. */
  find(address: string): unknown {
    if (this.#isIPv4Only && isIPv6(address)) return null;
    this.#followed = 0;
    return this.#reader.get(address);
  }

  #open(bytes: Buffer): Reader<Response> {
    const tail = bytes.subarray(Math.max(0, bytes.byteLength - METADATA_WITHIN));
    if (!tail.includes(MARKER)) throw new AppError('invalid', 'this is no MaxMind database, or not all of one');
    try {
      // It is asked before each pointer is followed, and never has anything: only so can circles be noticed.
      return new Reader(bytes, { cache: { get: () => this.#follow(), set: () => {} } });
    } catch (thrown) {
      throw new AppError('invalid', `the metadata cannot be read: ${messageOf(thrown)}`, { cause: thrown });
    }
  }

  #follow(): undefined {
    this.#followed += 1;
    if (this.#followed > MOST_POINTERS) throw new Error('the pointers of a record have no end');
  }
}

type Metadata = Reader<Response>['metadata'];

/** `null` when there is none. The library takes numbers as they come. */
function mistakeIn({ binaryFormatMajorVersion, ipVersion, nodeCount, searchTreeSize }: Metadata, bytes: Buffer) {
  if (binaryFormatMajorVersion !== 2) return `version ${binaryFormatMajorVersion} of the format is not known`;
  if (ipVersion !== 4 && ipVersion !== 6) return `"${ipVersion}" is no version of IP`;
  if (!Number.isSafeInteger(nodeCount) || nodeCount < 1) return 'the tree is empty';
  return searchTreeSize + SEPARATOR <= bytes.lastIndexOf(MARKER) ? null : 'the file ends before the tree does';
}
