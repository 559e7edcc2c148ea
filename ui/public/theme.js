// Sets the theme before the first paint. The policy forbids inline scripts, so this is a file of its own.
(function () {
  var choice = null;
  try {
    choice = localStorage.getItem("hawkeye.theme");
  } catch (_) {
    choice = null; // Storage may be blocked: follow the system.
  }
  var light = choice === "light" || (choice !== "dark" && matchMedia("(prefers-color-scheme: light)").matches);
  document.documentElement.dataset.theme = light ? "light" : "dark";
})();
