// Asks where a link goes.
import { isAllowedAddress } from "./rich_text_schema.js";
import { make } from "./page.js";
import { gettext } from "./words.js";

/** Resolves to an address, to "" for no link any more, or to null where nothing is to change. */
export function askAddress(address) {
  const names = { id: "rich-link-address", value: address, required: true, "aria-describedby": "rich-link-hint" };
  const input = make("input", { ...names, autocomplete: "off" });
  const remove = make("button", { value: "remove", formNoValidate: true, hidden: !address }, gettext("Remove the link"));
  const cancel = make("button", { type: "button" }, gettext("Cancel"));
  const hint = gettext("An address begins with https://, mailto:, tel:, / or #.");
  const dialog = make("dialog", { class: "rich-link", "aria-labelledby": "rich-link-title" },
    make("form", { method: "dialog" },
      make("h2", { id: "rich-link-title" }, gettext("Link")),
      make("label", { for: input.id }, gettext("Address")),
      make("p", { id: "rich-link-hint" }, hint),
      input,
      make("div", { class: "rich-link-buttons" }, make("button", { value: "set" }, gettext("Set the link")), remove, cancel),
    ),
  );
  const check = () => input.setCustomValidity(isAllowedAddress(input.value.trim()) ? "" : hint);
  input.addEventListener("input", check);
  check();
  cancel.onclick = () => dialog.close();
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      const answers = { set: input.value.trim(), remove: "" };
      resolve(answers[dialog.returnValue] ?? null);
    });
  });
}
