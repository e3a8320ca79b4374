/** Says in words that a passkey did not work (the account library only writes to the console), and sends with it
    whether this is the person's own phone: that tick stands in another form. */
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const message = document.getElementById("passkey_error");
  if (message) message.hidden = false;
});

const keep = document.getElementById("id_remember");
// The library sends the form by script, which only this event sees. Without a tick the device counts as shared.
document.getElementById("mfa_login")?.addEventListener("formdata", ({ formData }) => {
  formData.set("remember", keep?.checked ? "on" : "");
});
