// Signing out takes this device off the list of those that get reminders: the next person may not be the same.
const LONGEST = 2_000; // without a network nobody has to wait to sign out

const leave = async (token) => {
  const found = await navigator.serviceWorker.getRegistration("/sw.js");
  (await found?.getNotifications())?.forEach((notification) => notification.close());
  const kept = await found?.pushManager.getSubscription();
  if (!kept) return;
  await Promise.allSettled([
    kept.unsubscribe(), // from now on the push service refuses what is sent to it
    fetch("/tracker/push/", {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token },
      body: JSON.stringify({ leaving: kept.endpoint }),
    }),
  ]);
};

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const { pathname } = new URL(form.getAttribute("action") ?? "", location);
  if (pathname !== "/accounts/logout/" || !navigator.serviceWorker) return;
  event.preventDefault();
  const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
  await Promise.race([leave(token).catch(() => {}), new Promise((over) => setTimeout(over, LONGEST))]);
  form.submit();
});
