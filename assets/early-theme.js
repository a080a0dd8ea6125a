/* Loaded in the head, before anything is drawn, so that a dark page never flashes white and a welcome pushes nothing. */
(function () {
  "use strict";
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const kept = () => window.localStorage.getItem("songscape-theme");
  const apply = () => (root.dataset.bsTheme = kept() || (system.matches ? "dark" : "light"));
  apply();
  if (!window.localStorage.getItem("songscape-welcomed")) root.dataset.firstVisit = "";
  system.addEventListener("change", apply);
})();
