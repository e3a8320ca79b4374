// What a text may hold, as education/richtext reads it: p, h3, h4, ul, ol, a[href], strong, em. The server cleans again.
import {
  Bold, BulletList, Document, Heading, History, Italic, Link, ListItem, OrderedList, Paragraph, Text,
} from "../../django_prose_editor/editor.js";

/** Places a link may go to; every other link is dropped by the server. */
export const isAllowedAddress = (address) => /^(https?:\/\/|mailto:|tel:|\/(?!\/)|#)\S+$/i.test(address) || address === "/";

const PlainLink = Link.extend({
  addAttributes: () => ({ href: { default: null } }),
  addKeyboardShortcuts: () => ({}),
});

const PlainOrderedList = OrderedList.extend({
  addAttributes: () => ({}),
  addNodeView: () => null, // the library's own writes a list type that the server would drop
});

const Item = ListItem.extend({
  content: "paragraph (bulletList | orderedList)*",
  addKeyboardShortcuts() {
    // No Tab: it leaves the field, as everywhere on the page.
    const run = (name) => () => this.editor.commands[name](this.name);
    return { Enter: run("splitListItem"), "Mod-]": run("sinkListItem"), "Mod-[": run("liftListItem") };
  },
});

export const extensions = [
  Document, Paragraph, Text, History, Bold, Italic, BulletList, PlainOrderedList, Item,
  Heading.configure({ levels: [3, 4] }),
  PlainLink.configure({ openOnClick: false, autolink: false, defaultProtocol: "https", isAllowedUri: isAllowedAddress }),
];

const TAG = /<([a-z][a-z0-9]*)((?:"[^"]*"|'[^']*'|[^'">])*)>/gi;
const KEPT = /\s(?:href|data-pm-slice)=(?:"[^"]*"|'[^']*'|[^\s"'>]+)/gi;

/** Leaves pasted tags their addresses only. The policy blocks styles and handlers, but the browser reports each of them. */
export const withoutStyles = (html) => html
  .replace(/<(style|script|title)\b[^]*?<\/\1>/gi, "")
  .replace(TAG, (_, tag, attributes) => `<${tag}${(attributes.match(KEPT) ?? []).join("")}>`);
