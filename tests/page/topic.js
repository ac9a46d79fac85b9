// Orders a book from a topic that is to be reviewed, reads the plan with its outline, and approves it.
const assert = require("node:assert/strict");
const { end, shows, visit } = require("./browser.js");

end(visit(async ({ page, base }) => {
  await page.goto(`${base}/#/new`);
  await page.getByLabel("From a topic").check();
  await page.getByLabel("Topic", { exact: true }).fill("How tides were told");
  await page.getByLabel("Chapters", { exact: true }).fill("61");
  await shows(page, ".reading [role=alert]", "must be from 1 to 60");
  assert.ok(await page.getByRole("button", { name: "Start the book" }).isDisabled());
  await page.getByLabel("Chapters", { exact: true }).fill("3");
  await page.getByLabel("What the book is", { exact: true }).selectOption("course");
  await page.getByLabel("Show me the plan").check();
  await shows(page, ".reading h2", "A book from a topic");
  await shows(page, ".reading dd", "about");
  await page.getByRole("button", { name: "Start the book" }).click();
  await shows(page, ".head .badge", "Plan to approve");
  await page.getByRole("link", { name: "Read the plan" }).click();
  await shows(page, ".planned h3", /^3\. /);
  await page.getByRole("button", { name: "Approve the plan" }).click();
  await shows(page, ".head .badge", "Done");
}));
