// Takes the pictures of the pages of books for docs/formats.md. These lines make them anew:
//
//     cargo run -p bindery-format --example render -- BOOKS
//     python3 -m zipfile -e BOOKS/ordinary.epub BOOKS/ordinary
//     node tests/formats/screens.js BOOKS docs/pictures
const { writeFileSync } = require("node:fs");
const { join, resolve } = require("node:path");
const { pathToFileURL } = require("node:url");
const { chromium } = require("playwright-core");

/** Returns a page with pages beside each other. Each has an address, a width and a height, and where it is scrolled to. */
function beside(pages) {
  const frames = pages.map(({ address, width, height }) =>
    `<iframe src="${address}" width="${width}" height="${height}"></iframe>`);
  return `<!DOCTYPE html><style>body { display: flex; gap: 24px; margin: 24px; background: #8b8b8b; width: max-content; }
    iframe { border: 0; background: #fff; }</style>${frames.join("")}`;
}

async function take(browser, books, path, pages) {
  const width = pages.reduce((sum, page) => sum + page.width + 24, 24);
  const height = Math.max(...pages.map((page) => page.height)) + 48;
  const page = await browser.newPage({ viewport: { width, height } });
  // Only a page from a file can show pages from files.
  const around = join(books, "pictures.html");
  writeFileSync(around, beside(pages));
  await page.goto(pathToFileURL(around).href);
  await page.screenshot({ path });
  await page.close();
}

async function all() {
  const [books, pictures] = process.argv.slice(2).map((folder) => resolve(folder));
  const address = (...names) => pathToFileURL(join(books, ...names)).href;
  const browser = await chromium.launch({ executablePath: process.env.BINDERY_CHROMIUM, args: ["--no-sandbox"] });
  try {
    const html = address("ordinary.html");
    await take(browser, books, join(pictures, "html.png"), [
      { address: html, width: 980, height: 760 }, { address: `${html}#chapter-1`, width: 390, height: 760 },
    ]);
    await take(browser, books, join(pictures, "epub.png"), ["cover.xhtml", "title.xhtml", "chapter-001.xhtml"].map((name) =>
      ({ address: address("ordinary", "EPUB", name), width: 450, height: 720 })));
  } finally {
    await browser.close();
  }
}

all().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
