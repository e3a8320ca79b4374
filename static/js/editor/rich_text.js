// <rich-text> makes its textarea an editor of formatted text once it comes near the screen or gets the focus.
import { Editor } from "../../django_prose_editor/editor.js";
import { extensions, withoutStyles } from "./rich_text_schema.js";
import { toolbar } from "./rich_text_tools.js";

// Sixty editors at once hold up a slow phone for two seconds, one for a thirtieth of one.
const nearby = new IntersectionObserver(
  (entries) => entries.forEach(({ isIntersecting, target }) => isIntersecting && target.open()),
  { rootMargin: "600px" },
);

function named(area, label) {
  if (label) label.id ||= `${area.id}-label`;
  const names = {
    id: area.id, // a link to a mistake leads here
    class: "rich-words",
    role: "textbox",
    spellcheck: "true",
    "aria-multiline": "true",
    "aria-labelledby": label?.id,
    "aria-label": label ? null : area.ariaLabel,
    "aria-describedby": area.getAttribute("aria-describedby"),
    "aria-invalid": area.ariaInvalid,
    "aria-required": area.ariaRequired,
  };
  return Object.fromEntries(Object.entries(names).filter(([, value]) => value));
}

customElements.define("rich-text", class extends HTMLElement {
  connectedCallback() {
    if (this.editor) return; // moved with its row
    nearby.observe(this);
    this.addEventListener("focusin", this.open);
  }

  disconnectedCallback() {
    nearby.unobserve(this);
  }

  open() {
    if (this.editor) return;
    nearby.unobserve(this);
    const area = this.querySelector("textarea");
    const [label] = area.labels;
    const hasFocus = area === document.activeElement;
    const attributes = named(area, label);
    area.id += "-html";
    this.editor = new Editor({
      element: this,
      content: area.value,
      extensions,
      editable: !area.disabled && !area.readOnly,
      injectCSS: false, // it stands in our own sheet: the policy allows no other
      editorProps: { attributes, transformPastedHTML: withoutStyles },
      onUpdate: ({ editor }) => {
        area.value = editor.isEmpty ? "" : editor.getHTML();
        area.dispatchEvent(new Event("input", { bubbles: true }));
      },
    });
    area.hidden = true;
    if (this.editor.isEditable) this.append(toolbar(this.editor));
    label?.addEventListener("click", () => this.editor.commands.focus());
    if (hasFocus) this.editor.commands.focus("end");
  }
});
