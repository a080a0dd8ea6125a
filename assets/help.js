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

  /* The text of the screen that is shown. */
  function followScreen() {
    if (!panel()) return;
    const parts = [...panel().querySelectorAll("[data-help]")];
    const own = parts.find((part) => part.dataset.help === window.location.pathname) || parts.find((part) => !part.dataset.help);
    for (const part of parts) part.hidden = part !== own;
  }

  function seen() {
    try {
      return window.localStorage.getItem(WELCOMED);
    } catch {
      return "blocked";
    }
  }

  function dismiss() {
    window.localStorage.setItem(WELCOMED, "1");
    document.getElementById("welcome").hidden = true;
  }

  function greet() {
    const welcome = document.getElementById("welcome");
    if (!welcome) return window.requestAnimationFrame(greet);
    welcome.hidden = Boolean(seen());
  }

  document.addEventListener("click", (event) => {
    const at = (selector) => event.target.closest?.(selector);
    if (at("#help-open")) showHelp(panel().hidden);
    else if (at("#help-close")) showHelp(false);
    else if (at("#welcome [data-done]")) dismiss();
    else if (at("nav.tabs a, a.brand")) window.setTimeout(followScreen, 60);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel() && !panel().hidden) showHelp(false);
  });
  window.addEventListener("popstate", followScreen);
  greet();
})();
