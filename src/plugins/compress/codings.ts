import type { Transform } from 'node:stream';
import { constants, createBrotliCompress, createGzip, createZstdCompress } from 'node:zlib';

export const CODINGS = ['br', 'zstd', 'gzip'] as const;
export type Coding = (typeof CODINGS)[number];

/**
 * Makes a compressor. Levels and windows are those at which a byte costs little time and a stream less than a
 * mebibyte; the work itself is done outside the main thread.
 * @param flushes what was written can be read at once
 */
export const COMPRESSORS: Readonly<Record<Coding, (flushes: boolean) => Transform>> = {
  br: (flushes) =>
    createBrotliCompress({
      flush: flushes ? constants.BROTLI_OPERATION_FLUSH : constants.BROTLI_OPERATION_PROCESS,
      params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_LGWIN]: 17 },
    }),
  zstd: (flushes) =>
    createZstdCompress({
      flush: flushes ? constants.ZSTD_e_flush : constants.ZSTD_e_continue,
      params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_windowLog]: 17 },
    }),
  gzip: (flushes) => createGzip({ flush: flushes ? constants.Z_SYNC_FLUSH : constants.Z_NO_FLUSH, level: 5 }),
};
