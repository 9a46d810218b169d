// Three things that HTML alone cannot do: Airflow's theme, the way out of Airflow's frame, and forms that need no button.
"use strict";

const outer = window.parent;

// Airflow keeps the theme under "theme" (light, dark or system) of the same site; without it, the system's counts.
function follow_theme() {
  let chosen = null;
  try { chosen = localStorage.getItem("theme"); } catch { /* storage is switched off */ }
  const is_dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = is_dark ? "dark" : "light";
}
follow_theme();
addEventListener("storage", follow_theme);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", follow_theme);

// Airflow's frame may not navigate the page around it, but its router listens to the history, which we may write.
function leave(event) {
  if (outer === window || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  outer.history.pushState({}, "", event.currentTarget.getAttribute("href"));
  outer.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
}

addEventListener("DOMContentLoaded", () => {
  if (outer !== window) document.documentElement.dataset.framed = "";
  for (const link of document.querySelectorAll("a[data-out]")) link.addEventListener("click", leave);
  for (const field of document.querySelectorAll("[data-at-once]")) {
    field.addEventListener("change", () => field.form.requestSubmit());
  }
});
