// The toolbar of one rich text: one stop of the Tab key, arrow keys inside it.
import { askAddress } from "./rich_text_link.js";
import { make } from "./page.js";
import { gettext } from "./words.js";

async function setLink(editor) {
  const address = await askAddress(editor.getAttributes("link").href ?? "");
  if (address === null) return;
  const chain = editor.chain().focus().extendMarkRange("link");
  (address ? chain.setLink({ href: address }) : chain.unsetLink()).run();
}

const canLink = (_, editor) => editor.isActive("link") || !editor.state.selection.empty;
const inList = (editor) => editor.isActive("listItem");
const into = (chain) => chain.sinkListItem("listItem");
const outOf = (chain) => chain.liftListItem("listItem");
const heading = (level) => ({ active: ["heading", { level }], run: (chain) => chain.toggleHeading({ level }) });
const TOOLS = [
  { label: gettext("Bold"), active: ["bold"], run: (chain) => chain.toggleBold() },
  { label: gettext("Italic"), active: ["italic"], run: (chain) => chain.toggleItalic() },
  { label: gettext("Heading"), ...heading(3) },
  { label: gettext("Small heading"), ...heading(4) },
  { label: gettext("Bullets"), active: ["bulletList"], run: (chain) => chain.toggleBulletList() },
  { label: gettext("Numbers"), active: ["orderedList"], run: (chain) => chain.toggleOrderedList() },
  { label: gettext("Move in"), shown: inList, can: into, run: into },
  { label: gettext("Move out"), shown: inList, can: outOf, run: outOf },
  { label: gettext("Link"), active: ["link"], can: canLink, ask: setLink },
  { label: gettext("Undo"), can: (can) => can.undo(), run: (chain) => chain.undo() },
  { label: gettext("Redo"), can: (can) => can.redo(), run: (chain) => chain.redo() },
];

function press(editor, { ask, run }, button) {
  if (button.ariaDisabled === "true") return;
  if (ask) ask(editor);
  else run(editor.chain().focus()).run();
}

function refresh(editor, buttons) {
  TOOLS.forEach(({ active, shown, can }, place) => {
    const button = buttons[place];
    if (active) button.ariaPressed = editor.isActive(...active);
    if (shown) button.hidden = !shown(editor);
    if (can) button.ariaDisabled = !can(editor.can(), editor);
  });
}

function walk(event, buttons) {
  const shown = buttons.filter((button) => !button.hidden);
  const here = shown.indexOf(document.activeElement);
  const next = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: -1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  shown.at(next % shown.length).focus();
}

/** Makes the toolbar of an editor. */
export function toolbar(editor) {
  const buttons = TOOLS.map((tool) => {
    const button = make("button", { type: "button", tabIndex: -1 }, tool.label);
    button.addEventListener("click", () => press(editor, tool, button));
    return button;
  });
  buttons[0].tabIndex = 0;
  const bar = make("div", { class: "rich-tools", role: "toolbar", "aria-label": gettext("Formatting") }, ...buttons);
  bar.addEventListener("mousedown", (event) => event.preventDefault()); // the cursor stays in the text
  bar.addEventListener("keydown", (event) => walk(event, buttons));
  bar.addEventListener("focusin", ({ target }) => {
    for (const button of buttons) button.tabIndex = button === target ? 0 : -1;
  });
  editor.on("transaction", () => refresh(editor, buttons));
  refresh(editor, buttons);
  return bar;
}
