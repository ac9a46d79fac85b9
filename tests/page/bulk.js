// Finds books by their tag, has them counted, changes nothing at first, and then cancels them all at once.
const assert = require("node:assert/strict");
const { end, shows, violations, visit } = require("./browser.js");

end(visit(async ({ page }) => {
  await shows(page, ".book", "The Keeper of Tides");
  await page.getByLabel("Tag").fill("knots");
  await page.waitForFunction(() => document.querySelectorAll(".book").length === 2);
  await page.getByText("Change all of these books").click();
  await page.getByLabel("What is done to each").selectOption("cancel");
  const dialog = page.getByRole("dialog");
  await page.getByRole("button", { name: "Count them" }).click();
  await dialog.getByText("Cancel: 2 books?").waitFor();
  assert.deepEqual(await violations(page), []);
  await dialog.getByRole("button", { name: "Back" }).click();
  assert.equal(await page.locator(".book .badge", { hasText: "Cancelled" }).count(), 0);
  await page.getByRole("button", { name: "Count them" }).click();
  await dialog.getByRole("button", { name: "Cancel: 2" }).click();
  await shows(page, ".bulk [role=status]", "Cancel: done for 2 of 2 books.");
  await page.waitForFunction(() => document.querySelectorAll(".book .badge[data-tone=quiet]").length === 2);
  await page.getByRole("button", { name: "Count them" }).click();
  await shows(page, ".bulk [role=status]", "Among these is no book for it.");
  // The tag stands in the address.
  await page.reload();
  await page.waitForFunction(() => document.querySelectorAll(".book").length === 2);
  await page.getByLabel("Tag").fill("");
  await page.waitForFunction(() => document.querySelectorAll(".book").length === 3);
}));
