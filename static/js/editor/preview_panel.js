// The preview in a panel on the same page, as wide as a phone or a desk. Without script it opens a new tab.
import { make } from "./page.js";
import { gettext } from "./words.js";

const button = document.querySelector("#editor [data-preview]");
const frame = make("iframe", { name: "preview", title: gettext("Preview of the page") });
const failure = make("p", { class: "editor-note is-warning", role: "status" });
const dialog = make("dialog", { class: "preview", ariaLabel: gettext("Preview") });

function choose(width, buttons) {
  frame.dataset.width = width;
  buttons.forEach((each) => (each.ariaPressed = String(each.value === width)));
}

const widths = [["390", gettext("Phone 390")], ["1280", gettext("Desktop 1280")]].map(([value, label]) =>
  make("button", { type: "button", value, onclick: () => choose(value, widths) }, label));
const close = make("button", { type: "button", class: "preview-close", onclick: () => dialog.close() }, gettext("Close"));
choose(innerWidth < 1280 ? "390" : "1280", widths);

const tools = make("div", { class: "preview-tools" }, ...widths, close);
dialog.append(tools, failure, make("div", { class: "preview-room" }, frame));
document.body.append(dialog);
frame.addEventListener("load", () => {
  // A page that may not stand in a frame is the sign-in page or an error.
  failure.textContent = frame.contentDocument ? "" : gettext("The preview did not come. Save your work, then try again.");
});
button.formTarget = frame.name;
button.formNoValidate = true;
button.addEventListener("click", () => dialog.showModal());
