// Shows every push message, and takes the answer to it. It stores and caches nothing, and says no more than it was sent.
const FALLBACK = { title: "Your reminder", body: "Open it to see what it is.", page: "/tracker/reminders/", actions: [] };

const read = (data) => {
  try { return { ...FALLBACK, ...data.json() }; } catch { return FALLBACK; }
};

// Our own pages only, whatever a message says.
const own = (page) => {
  try {
    const address = new URL(page, location.origin);
    return address.origin === location.origin ? address.href : new URL(FALLBACK.page, location.origin).href;
  } catch { return new URL(FALLBACK.page, location.origin).href; }
};

addEventListener("push", (event) => {
  const { id, title, body, page, actions } = read(event.data);
  // A second try of the same message has the same tag and takes the place of the first.
  event.waitUntil(registration.showNotification(title, { body, tag: id, data: { page: own(page) }, actions }));
});

const answer = async ({ title, data: { page }, tag }, action) => {
  try {
    const { ok } = await fetch(page, { method: "POST", body: new URLSearchParams({ action }), credentials: "omit" });
    if (ok) return;
  } catch { /* no network */ }
  // A tap that was lost must not look like one that was kept.
  await registration.showNotification(title, {
    body: "Your answer was not saved. Open it to try again.", tag, data: { page },
  });
};

addEventListener("notificationclick", (event) => {
  const { notification, action } = event;
  notification.close();
  event.waitUntil(action ? answer(notification, action) : clients.openWindow(notification.data.page));
});

// The browser has changed the address of this device: subscribe anew and tell the site, if somebody is signed in.
const renew = async ({ oldSubscription, newSubscription }) => {
  const about = await fetch("/tracker/push/", { redirect: "error" });
  const { key, token } = await about.json();
  const kept = newSubscription ?? await registration.pushManager.subscribe({
    userVisibleOnly: true, applicationServerKey: key,
  });
  await fetch("/tracker/push/", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": token },
    body: JSON.stringify({ ...kept.toJSON(), leaving: oldSubscription?.endpoint ?? "" }),
  });
};
addEventListener("pushsubscriptionchange", (event) => {
  // Signed out, or no network: the page says so when it is opened next.
  event.waitUntil(renew(event).catch(() => {}));
});
