// What HTML alone cannot do: Airflow's theme, the way out of Airflow's frame, forms that need no button, and tables that
// say that they go on beyond the edge.
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

// What is wider than the screen says so: a line above it, and a shadow where columns are hidden.
function tell_edges(wide) {
  const hidden = wide.scrollWidth - wide.clientWidth;
  wide.classList.toggle("scrolls", hidden > 1);
  wide.classList.toggle("more-left", wide.scrollLeft > 1);
  wide.classList.toggle("more-right", hidden - wide.scrollLeft > 1);
}

function watch_edges(wide) {
  if ("opensAtEnd" in wide.dataset) wide.scrollLeft = wide.scrollWidth;
  const watching = new ResizeObserver(() => tell_edges(wide));
  watching.observe(wide);
  for (const part of wide.children) watching.observe(part);
  wide.addEventListener("scroll", () => tell_edges(wide), { passive: true });
}

addEventListener("DOMContentLoaded", () => {
  if (outer !== window) document.documentElement.dataset.framed = "";
  for (const link of document.querySelectorAll("a[data-out]")) link.addEventListener("click", leave);
  for (const wide of document.querySelectorAll(".wide")) watch_edges(wide);
  for (const field of document.querySelectorAll("[data-at-once]")) {
    field.addEventListener("change", () => field.form.requestSubmit());
  }
});
