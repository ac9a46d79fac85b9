// Orders a book of three chapters whose second one is held back, reads the first one meanwhile, and downloads the book.
const assert = require("node:assert/strict");
const { readFileSync } = require("node:fs");
const { end, shows, tell, visit } = require("./browser.js");

end(visit(async ({ page, arguments: [outline] }) => {
  await page.getByRole("link", { name: "New book" }).first().click();
  await page.getByLabel("Outline", { exact: true }).fill("No title");
  await shows(page, ".reading [role=alert]", "outline");
  assert.ok(await page.getByRole("button", { name: "Start the book" }).isDisabled());
  await page.getByLabel("Outline", { exact: true }).fill(readFileSync(outline, "utf8"));
  await page.getByLabel("Take the outline as it stands").check();
  await shows(page, ".reading", "3 chapters");
  await shows(page, ".reading dd", "about");
  await page.getByRole("button", { name: "Start the book" }).click();

  await shows(page, ".chapter[data-state=done]", "Staffs");
  await shows(page, ".chapter[data-state=done]", "Machines");
  await shows(page, ".chapter[data-state=writing]", "Moons");
  await page.getByRole("button", { name: "Sections of chapter 1" }).click();
  await shows(page, ".sections li", "Written");
  await page.getByRole("link", { name: "Staffs" }).click();
  await shows(page, "article.text", /\w{3}/);
  assert.ok((await page.locator("article.text").innerText()).length > 500);
  tell("a chapter is read while another is written");

  await page.getByRole("link", { name: "Writing" }).click();
  await shows(page, ".chapter[data-state=done]", "Moons");
  await shows(page, ".head .badge", "Done");
  await page.getByRole("link", { name: "Files" }).click();
  const [saved] = await Promise.all([
    page.waitForEvent("download"), page.getByRole("button", { name: "Download Markdown" }).click(),
  ]);
  assert.match(saved.suggestedFilename(), /^the-keeper-of-tides\.md$/);
  assert.match(readFileSync(await saved.path(), "utf8"), /The Keeper of Tides/);
}));
