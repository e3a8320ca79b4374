"""A push service that exists in the page alone: Chromium cannot subscribe without its vendor's servers."""

from typing import Final

ENDPOINT: Final = "https://fcm.googleapis.com/fcm/send/browser-test"
_SECRET: Final = "AAECAwQFBgcICQoLDA0ODw"
# Keeps one subscription in the tab; its keys are real ones of P-256, so that the site takes them.
_PAGE: Final = """
const text = (bytes) =>
  btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const bytes = (written) =>
  Uint8Array.from(atob(written.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0)).buffer;
const made = ({ key, p256dh }) => ({
  endpoint,
  options: { applicationServerKey: bytes(key) },
  toJSON: () => ({ endpoint, expirationTime: null, keys: { p256dh, auth } }),
  unsubscribe: async () => { sessionStorage.removeItem("subscription"); return true; },
});
PushManager.prototype.subscribe = async ({ applicationServerKey: key }) => {
  const pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, true, ["deriveBits"]);
  const p256dh = text(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)));
  sessionStorage.subscription = JSON.stringify({ key, p256dh });
  return made({ key, p256dh });
};
PushManager.prototype.getSubscription = async () =>
  sessionStorage.subscription ? made(JSON.parse(sessionStorage.subscription)) : null;
"""
SUBSCRIBES: Final = f'(() => {{ const endpoint = "{ENDPOINT}", auth = "{_SECRET}"; {_PAGE} }})();'
