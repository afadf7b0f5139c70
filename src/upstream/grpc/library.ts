import type * as Library from '@grpc/grpc-js';

export type GrpcLibrary = typeof Library;

/** A package that only those install who use it. */
export async function loadGrpc(): Promise<GrpcLibrary> {
  const library = await import('@grpc/grpc-js');
  // What goes wrong is told where it matters; the library would write it to the terminal as well.
  library.setLogVerbosity(library.logVerbosity.NONE);
  return library;
}

const NEEDED = 'this needs a package: npm install --omit=dev --save-prod @grpc/grpc-js';

/** What is to be done before conversations can be held; `null`: nothing. */
export function whatGrpcNeeds(resolve: (name: string) => string = import.meta.resolve): string | null {
  try {
    resolve('@grpc/grpc-js');
    return null;
  } catch {
    return NEEDED;
  }
}
