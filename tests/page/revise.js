// Marks a passage of a finished chapter, has it changed with a note, compares the versions, takes the old one back, and edits the text.
const assert = require("node:assert/strict");
const { end, shows, violations, visit } = require("./browser.js");

const NOTE = "Say who asked for it.";
const ASKED = `An editor asked for this: ${NOTE}`;

end(visit(async ({ page, base, arguments: [id] }) => {
  await page.goto(`${base}/#/books/${id}/chapters/2`);
  const article = page.locator("article.text");
  await article.locator("p").first().waitFor();
  const before = await article.innerText();
  const marked = await article.locator("p").last().evaluate((paragraph) => {
    getSelection().selectAllChildren(paragraph);
    return paragraph.textContent;
  });
  const panel = (name) => page.locator("summary", { hasText: name });
  const press = (name) => page.getByRole("button", { name, exact: true }).click();
  await panel("Change something").click();
  await shows(page, ".passage blockquote", marked.slice(0, 40));
  await page.getByLabel("What is to be changed").fill(NOTE);
  assert.deepEqual(await violations(page), []);
  await press("Change it");
  await shows(page, "article.text", ASKED);
  const after = await article.innerText();
  assert.equal(after.split(ASKED).length, 2, "one place is changed");
  await shows(page, ".head .badge", "Done");
  await panel("Versions").click();
  await press("Compare 1.0");
  await shows(page, ".compared h3", "Version 2.1");
  assert.equal(await page.locator(".compared .differs").count(), 2, "one paragraph differs on each side");
  assert.deepEqual(await violations(page), []);
  await press("Take 1.0 back");
  await article.filter({ hasNotText: ASKED }).waitFor();
  assert.equal(await article.innerText(), before);
  await shows(page, ".head .badge", "Done");
  await panel("Edit the text yourself").click();
  const own = page.getByLabel("The text of the chapter, as Markdown");
  await own.fill(`${await own.inputValue()}\n\nAn editor was here.\n`);
  await press("Take this text");
  await shows(page, "article.text", "An editor was here.");
  await shows(page, ".head .badge", "Done");
}));
