/** The Markdown that the service writes about words: bold, code, blocks of code, lists, cursive. */

export function rendered(markdown: string): HTMLElement {
  const whole = document.createElement("div");
  whole.className = "edit-about";
  for (const part of markdown.split(/\n{2,}/)) {
    const code = /^```\w*\n([\s\S]*?)\n?```$/.exec(part);
    if (code) {
      whole.append(element("pre", code[1] ?? ""));
    } else if (part.startsWith("- ")) {
      const list = document.createElement("ul");
      for (const line of part.split("\n")) list.append(inline("li", line.replace(/^- /, "")));
      whole.append(list);
    } else {
      whole.append(inline("p", part));
    }
  }
  return whole;
}

function element(name: string, text: string): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function inline(name: string, text: string): HTMLElement {
  const made = document.createElement(name);
  for (const part of text.split(/(\*\*[^*]+\*\*|`[^`]+`|\*[^*]+\*)/)) {
    if (part.startsWith("**")) made.append(element("strong", part.slice(2, -2)));
    else if (part.startsWith("`")) made.append(element("code", part.slice(1, -1)));
    else if (part.startsWith("*") && part.length > 1) made.append(element("em", part.slice(1, -1)));
    else made.append(part);
  }
  return made;
}
