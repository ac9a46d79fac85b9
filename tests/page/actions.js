// Holds a book that is being written, lifts the hold, cancels the book and deletes it.
const assert = require("node:assert/strict");
const { end, shows, violations, visit } = require("./browser.js");

end(visit(async ({ page, base, arguments: [id] }) => {
  await page.goto(`${base}/#/books/${id}`);
  const press = (name) => page.getByRole("button", { name, exact: true }).click();
  await press("Hold");
  await shows(page, ".head .badge", "On hold");
  await page.getByText("What it waits for").click();
  await shows(page, ".reasons", "“Lift the hold” lets it go on");
  await press("Lift the hold");
  await page.getByRole("button", { name: "Hold", exact: true }).waitFor();
  await press("Cancel");
  await shows(page, "dialog h2", "Cancel this book?");
  assert.deepEqual(await violations(page), []);
  await press("Back");
  await page.locator("dialog").waitFor({ state: "detached" });
  await press("Cancel");
  await press("Cancel the book");
  await shows(page, ".head .badge", "Cancelled");
  await press("Delete");
  await press("Delete the book");
  await shows(page, ".empty", "No books yet");
}));
