import DOMPurify from "dompurify";
import { Marked } from "marked";
import { clean } from "./clean.ts";

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (c) => escapes[c] ?? c);
}

/** HTML in the text is shown as it was typed; an image is a link to look at. */
const marked = new Marked({
  gfm: true,
  breaks: true,
  async: false,
  renderer: {
    html: ({ text }) => escape(text),
    image: ({ href, text }) => `<a href="${escape(href)}">${escape(text || href)}</a>`,
    checkbox: ({ checked }) => (checked ? "☑ " : "☐ "),
  },
});

const allowed = {
  ALLOWED_TAGS: [
    "p", "br", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr",
    "h1", "h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
  ],
  ALLOWED_ATTR: ["href", "start"],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  RETURN_DOM_FRAGMENT: true as const,
};

/** Longest text that is read as markdown; a longer one is shown as it is. */
export const longestMarkdown = 128 * 1024;

/**
 * Markdown of a model as nodes that hold no script, style, image or address but http(s) and mailto.
 * Headings become bold lines: those of the page are for finding one's way.
 */
export function markdown(text: string): DocumentFragment {
  const fragment = DOMPurify.sanitize(marked.parse(clean(text)) as string, allowed);
  for (const heading of fragment.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    const strong = document.createElement("p");
    const words = document.createElement("strong");
    words.append(...heading.childNodes);
    strong.append(words);
    heading.replaceWith(strong);
  }
  for (const link of fragment.querySelectorAll("a")) {
    if (!link.hasAttribute("href")) {
      link.replaceWith(...link.childNodes);
      continue;
    }
    link.target = "_blank";
    link.rel = "noopener noreferrer";
  }
  for (const block of fragment.querySelectorAll<HTMLElement>("p, li, td, th, blockquote")) block.dir = "auto";
  for (const pre of fragment.querySelectorAll<HTMLElement>("pre")) {
    pre.tabIndex = 0;
    pre.setAttribute("role", "group");
    pre.setAttribute("aria-label", "Code");
  }
  return fragment;
}
