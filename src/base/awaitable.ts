/** A value now or later. Hot code tests with `isPromise` and awaits only what needs it. */
export type Awaitable<T> = T | Promise<T>;

export function isPromise<T>(value: Awaitable<T>): value is Promise<T> {
  return value instanceof Promise;
}
