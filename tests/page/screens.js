// Takes pictures of the views at three widths in light and dark. axe must find nothing, and no view may be too wide.
const assert = require("node:assert/strict");
const { join } = require("node:path");
const { end, violations, visit } = require("./browser.js");

const WIDTHS = [390, 1280, 1920];

const look = (scheme) => async ({ page, base, arguments: [folder, done, reviewed] }) => {
  const views = [
    ["books", "#/", ".book"], ["board", `#/books/${done}`, ".chapter"], ["read", `#/books/${done}/chapters/1`, "article.text p"],
    ["plan", `#/books/${reviewed}/plan`, ".planned li"],
  ];
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: Math.round(width === 390 ? 780 : width * 0.6) });
    for (const [name, address, selector] of views) {
      await page.goto(`${base}/${address}`);
      await page.locator(selector).first().waitFor();
      await page.evaluate(() => document.fonts.ready);
      assert.deepEqual(await violations(page), [], `${name} at ${width}`);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), `${name} at ${width}`);
      await page.screenshot({ path: join(folder, `${name}-${width}-${scheme}.png`) });
    }
  }
};

async function all() {
  for (const colorScheme of ["light", "dark"]) await visit(look(colorScheme), { colorScheme });
}

end(all());
