/* The help panel, and what a first visit is told. */
(function () {
  "use strict";

  const WELCOMED = "songscape-welcomed";
  const panel = () => document.getElementById("help");
  const opener = () => document.getElementById("help-open");

  function showHelp(open) {
    if (!panel()) return;
    panel().hidden = !open;
    opener().setAttribute("aria-expanded", String(open));
    if (open) {
      followScreen();
      panel().querySelector("button").focus();
    } else if (!document.activeElement || panel().contains(document.activeElement) || document.activeElement === document.body) {
      opener().focus();
    }
  }

  function part(tag, content, attributes = {}) {
    const made = document.createElement(tag);
    made.append(...[content].flat());
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  }

  /* The text of the screen that is shown. */
  function followScreen() {
    if (!panel() || panel().hidden) return;
    const texts = JSON.parse(panel().dataset.texts);
    const { title, parts, sources } = texts[window.location.pathname] || texts[""];
    const close = part("button", "×", { type: "button", id: "help-close", class: "quiet icon", "aria-label": "Close help" });
    panel().replaceChildren(
      part("div", close, { class: "help-close" }),
      part("h2", title),
      ...parts.flatMap(([heading, text]) => [...(heading ? [part("h3", heading)] : []), part("p", text)]),
      ...(sources.length ? [part("h3", "Sources"), part("ul", sources.map((source) => part("li", source)), { class: "sources" })] : []),
    );
  }

  function dismiss() {
    window.localStorage.setItem(WELCOMED, "1");
    delete document.documentElement.dataset.firstVisit;
  }

  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest?.(selector);
    if (at("#help-open")) showHelp(panel().hidden);
    else if (at("#help-close")) showHelp(false);
    else if (at("#welcome [data-done]")) dismiss();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel() && !panel().hidden) showHelp(false);
  });
  window.addEventListener("popstate", followScreen);
})();
