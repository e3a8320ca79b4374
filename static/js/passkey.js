/** Says in words that a passkey did not work; the account library only writes to the console. */
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const message = document.getElementById("passkey_error");
  if (message) message.hidden = false;
});
