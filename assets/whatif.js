/* What-if: a button that carries a change sets the sliders to it; they tell the rest as if they had been moved. */
(function () {
  "use strict";

  const { setProps } = window.songscape;

  function slider(field) {
    return { type: "whatif", field };
  }

  /* A drop-down holds text, a slider a number. */
  function isList(field) {
    const id = JSON.stringify({ field, type: "whatif" });
    return document.getElementById(id)?.tagName === "SELECT";
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-point]");
    if (!button) return;
    for (const [field, value] of Object.entries(JSON.parse(button.dataset.point))) {
      setProps(slider(field), { value: isList(field) ? String(value) : value });
    }
  });
})();
