// A button beside each password field that shows what is typed: the forms ask for it only once.
for (const field of document.querySelectorAll('.page-card input[type="password"]')) {
  const button = document.createElement("button");
  const rest = document.createElement("span");
  button.type = "button";
  button.textContent = "Show";
  button.setAttribute("aria-pressed", "false");
  rest.className = "visually-hidden";
  rest.textContent = " what is typed here";
  button.append(rest);
  button.addEventListener("click", () => {
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
    field.focus();
  });
  // Sent as a password, so that the browser offers to keep it.
  field.form?.addEventListener("submit", () => (field.type = "password"));
  const frame = document.createElement("div");
  frame.className = "reveal";
  field.replaceWith(frame);
  frame.append(field, button);
}
