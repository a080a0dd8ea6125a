/* Loaded in the head, before anything is drawn, so that a dark page never flashes white. */
(function () {
  "use strict";
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const kept = () => window.localStorage.getItem("songscape-theme");
  const apply = () => (root.dataset.bsTheme = kept() || (system.matches ? "dark" : "light"));
  apply();
  system.addEventListener("change", apply);
})();
