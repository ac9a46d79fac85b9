// Orders a story that waits for a review, and edits its cast and the beats of a chapter before it is written.
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
  await page.getByRole("link", { name: "Read the plan" }).click();
  await page.getByRole("button", { name: "Edit the plan" }).click();
  const cast = page.getByRole("group", { name: "Cast" });
  await cast.getByRole("button", { name: "Add somebody" }).click();
  await cast.getByLabel("Name").last().fill("Odile Marsh");
  await cast.getByLabel("Wants").last().fill("the lamp relit before the spring tide");
  await page.getByRole("group", { name: /^1\. / }).getByLabel("What changes").fill("the lamp keeper hands over her key");
  assert.deepEqual(await violations(page), []);
  await page.getByRole("button", { name: "Keep this plan" }).click();
  await shows(page, ".plan", "Odile Marsh");
  await shows(page, ".planned li", "the lamp keeper hands over her key");
  await page.getByRole("button", { name: "Approve the plan" }).click();
  await shows(page, ".head .badge", "Done");
}));
