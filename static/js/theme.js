// Sets the chosen theme on <html> before the first paint. A classic script on purpose: modules run too late.
(() => {
  const KEY = "chat.theme";

  /** @param {string} theme "light", "dark" or "system" */
  function apply(theme) {
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
  }

  function stored() {
    try {
      return localStorage.getItem(KEY) ?? "system";
    } catch {
      return "system"; // Storage is blocked: follow the system.
    }
  }

  apply(stored());
  // Another tab changed it.
  addEventListener("storage", (event) => {
    if (event.key === KEY) apply(event.newValue ?? "system");
  });
  globalThis.chatTheme = {
    get: stored,
    /** @param {string} theme */
    set(theme) {
      apply(theme);
      try {
        localStorage.setItem(KEY, theme);
      } catch {
        // It holds for this page at least.
      }
    },
  };
})();
