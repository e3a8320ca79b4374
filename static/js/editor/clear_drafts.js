// Signing out takes the drafts of the editing screens out of this browser: the next person may not be the same.
document.addEventListener("submit", ({ target }) => {
  const { pathname } = new URL(target.getAttribute("action") ?? "", location);
  if (target.id !== "logout-form" && pathname !== "/accounts/logout/") return;
  document.dispatchEvent(new Event("drafts:cleared"));
  try {
    Object.keys(localStorage).filter((key) => key.startsWith("draft:")).forEach((key) => localStorage.removeItem(key));
  } catch { /* no storage, no drafts */ }
});
