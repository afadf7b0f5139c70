import { registerHooks } from 'node:module';

/** Whatever ends otherwise is text or data that modules do not import. */
const FORMATS: Readonly<Record<string, string>> = {
  ts: 'module-typescript',
  mts: 'module-typescript',
  js: 'module',
  mjs: 'module',
  json: 'json',
};

/**
 * Modules of the script come from the texts that were read once, so that a thread that is started later runs the same.
 * The rest, such as packages, is found as ever.
 */
export function serveModules(files: ReadonlyMap<string, string>): void {
  registerHooks({
    resolve: (specifier, context, next) => {
      const url = ownUrl(specifier, context.parentURL, files);
      return url === null ? next(specifier, context) : { url, shortCircuit: true };
    },
    load: (url, context, next) => {
      const source = files.get(url);
      const format = FORMATS[url.slice(url.lastIndexOf('.') + 1)];
      if (source === undefined || format === undefined) return next(url, context);
      return { format, source, shortCircuit: true };
    },
  });
}

function ownUrl(specifier: string, parent: string | undefined, files: ReadonlyMap<string, string>): string | null {
  if (files.has(specifier)) return specifier;
  if (parent === undefined || !files.has(parent) || !/^\.\.?\//.test(specifier)) return null;
  const url = new URL(specifier, parent).href;
  return files.has(url) ? url : null;
}
