/**
 * The one script of our pages. It asks the browser for a passkey (WebAuthn 5.1) and sends the answer as the form that it
 * was asked in.
 */
export const PASSKEY_SCRIPT = `'use strict';
(() => {
  const toBytes = (text) =>
    Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  const toText = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  const withIds = (list) => (list ?? []).map((one) => ({ ...one, id: toBytes(one.id) }));

  const create = async (options) => {
    const user = { ...options.user, id: toBytes(options.user.id) };
    const excludeCredentials = withIds(options.excludeCredentials);
    const publicKey = { ...options, challenge: toBytes(options.challenge), user, excludeCredentials };
    const made = await navigator.credentials.create({ publicKey });
    const { response } = made;
    return {
      id: made.id,
      response: {
        clientDataJSON: toText(response.clientDataJSON),
        authenticatorData: toText(response.getAuthenticatorData()),
        publicKey: toText(response.getPublicKey()),
        publicKeyAlgorithm: response.getPublicKeyAlgorithm(),
        transports: response.getTransports(),
      },
    };
  };

  const get = async (options) => {
    const allowCredentials = withIds(options.allowCredentials);
    const publicKey = { ...options, challenge: toBytes(options.challenge), allowCredentials };
    const shown = await navigator.credentials.get({ publicKey });
    const { response } = shown;
    return {
      id: shown.id,
      response: {
        clientDataJSON: toText(response.clientDataJSON),
        authenticatorData: toText(response.authenticatorData),
        signature: toText(response.signature),
      },
    };
  };

  for (const form of document.querySelectorAll('form[data-passkey]')) {
    const button = form.querySelector('button');
    const problem = form.querySelector('.problem');
    const options = JSON.parse(form.dataset.options);
    const ask = form.dataset.passkey === 'create' ? create : get;
    if (!window.PublicKeyCredential) continue;
    button.disabled = false;
    form.addEventListener('submit', async (event) => {
      event.preventDefault();
      button.disabled = true;
      problem.hidden = true;
      try {
        form.elements.answer.value = JSON.stringify(await ask(options));
        form.submit();
      } catch {
        problem.hidden = false;
        button.disabled = false;
      }
    });
  }
})();
`;
