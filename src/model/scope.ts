const SCOPE =
  /^(service:(\*|[a-z0-9-]+(\.[a-z0-9-]+)?|[a-z0-9-]+\/\*)|scim:\*|api:(\*|[a-z0-9-]+(\.[A-Za-z0-9]+(\/[A-Za-z0-9]+)?)?))$/;

/** Whether the text is a scope as a Credential states them. */
export function isScope(text: string): boolean {
  return text.length <= 256 && SCOPE.test(text);
}
