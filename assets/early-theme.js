/* Loaded in the head, before anything is drawn, so that a dark page never flashes white, a welcome pushes nothing and
 * a screen without filters leaves no room for them. */
(function () {
  "use strict";
  const root = document.documentElement;
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const kept = () => window.localStorage.getItem("songscape-theme");
  const apply = () => (root.dataset.bsTheme = kept() || (system.matches ? "dark" : "light"));
  apply();
  if (!window.localStorage.getItem("songscape-welcomed")) root.dataset.firstVisit = "";
  root.dataset.path = window.location.pathname;
  system.addEventListener("change", apply);
})();
