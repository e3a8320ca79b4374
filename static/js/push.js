/** This browser joins and leaves the devices that get reminders. Permission is asked only after a tap on the button. */
const box = document.getElementById("push-box");
const part = (name) => box.querySelector(`[data-part=${name}]`);
const { key, devices, address, worker } = box?.dataset ?? {};
const canPush = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
const isApple = /iPhone|iPad|iPod/.test(navigator.userAgent)
  || (navigator.userAgent.includes("Mac") && navigator.maxTouchPoints > 1);

const say = (name) => {
  part("status").textContent = part("words").content.querySelector(`[data-word=${name}]`)?.textContent ?? name;
};

const show = (isHere) => {
  part("none").hidden = true;
  part("here").hidden = part("leave").hidden = !isHere;
  part("join").hidden = part("hint").hidden = isHere;
};

const kept = async () => (await navigator.serviceWorker.getRegistration(worker))?.pushManager.getSubscription();

const isKnown = async ({ endpoint }) => {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(endpoint));
  return devices.split(" ").includes([...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join(""));
};

const hasOurKey = ({ options: { applicationServerKey } }) => {
  const written = btoa(String.fromCharCode(...new Uint8Array(applicationServerKey)));
  return written.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "") === key;
};

// Throws the name of a sentence, or the words of the site.
const tell = async (body) => {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": box.querySelector("[name=csrfmiddlewaretoken]").value },
    body: JSON.stringify(body),
  });
  if (answer.redirected || answer.status === 403) throw "signed_out";
  const { words } = await answer.json();
  if (!answer.ok) throw words;
};

const join = async (leaving = "") => {
  await navigator.serviceWorker.register(worker);
  const { pushManager } = await navigator.serviceWorker.ready;
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  try {
    await tell({ ...made.toJSON(), leaving });
  } catch (error) {
    await made.unsubscribe(); // the site does not know it: nobody could end it later
    throw error;
  }
};

const leave = async () => {
  const old = await kept();
  await old?.unsubscribe();
  if (old) await tell({ leaving: old.endpoint });
};

// What this browser says must be what the site keeps, and with our key.
const start = async () => {
  const found = await kept();
  if (!found) return show(false);
  const wasKnown = await isKnown(found);
  if (wasKnown && hasOurKey(found)) return show(true);
  await found.unsubscribe(); // taken off the list elsewhere, another person's, or made for a key we no longer have
  if (wasKnown && Notification.permission === "granted") {
    await join(found.endpoint);
    location.reload();
  } else show(false);
};

const attempt = async (action, after) => {
  say("waiting");
  try {
    await action();
    await after?.();
  } catch (error) {
    if (Notification.permission === "denied") say("denied");
    else say(typeof error === "string" ? error : "failed");
  }
};

if (box && canPush && key) {
  const reload = () => location.reload();
  part("join").addEventListener("click", () => attempt(() => join(), reload));
  part("leave").addEventListener("click", () => attempt(leave, reload));
  start().catch(() => show(false));
} else if (box && isApple) part("iphone").open = true;
