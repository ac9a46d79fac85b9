// Orders a book that waits for a review, reads its plan, edits it, and approves it with the keyboard alone.
const { readFileSync } = require("node:fs");
const assert = require("node:assert/strict");
const { end, shows, violations, visit } = require("./browser.js");

end(visit(async ({ page, base, arguments: [outline] }) => {
  await page.goto(`${base}/#/new`);
  await page.getByLabel("Outline", { exact: true }).fill(readFileSync(outline, "utf8"));
  await page.getByLabel("Show me the plan").check();
  await shows(page, ".reading", "3 chapters");
  await page.getByRole("button", { name: "Start the book" }).click();
  await shows(page, ".head .badge", "Plan to approve");
  await page.getByText("What it waits for").click();
  await shows(page, ".reasons", "“Approve the plan” lets it be written");
  await page.getByRole("link", { name: "Read the plan" }).click();
  await shows(page, ".planned h3", "2. Moons");
  await page.getByRole("button", { name: "Edit the plan" }).focus();
  await page.keyboard.press("Enter");
  await page.getByLabel("Tone").fill("as dry as a tide table");
  assert.deepEqual(await violations(page), []);
  await page.getByRole("button", { name: "Keep this plan" }).click();
  await shows(page, ".plan", "as dry as a tide table");
  await page.getByRole("button", { name: "Approve the plan" }).focus();
  await page.keyboard.press("Enter");
  await shows(page, ".head .badge", "Done");
}));
