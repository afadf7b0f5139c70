import type { Page } from 'playwright-core';

/**
 * What is wrong with how a page of ours looks and reads, in words; empty when nothing is. It runs in the page, so it
 * is text here. Ratios as WCAG 2.2 has them: 1.4.3 for text, 1.4.11 for what a field ends at.
 */
export function faultsOf(page: Page): Promise<string[]> {
  return page.evaluate(`(${CHECK})()`);
}

const CHECK = `() => {
  const all = (selector) => [...document.querySelectorAll(selector)];
  const faults = [];
  const expect = (isGood, text) => isGood || faults.push(text);

  const parse = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const groundOf = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const ground = parse(getComputedStyle(at).backgroundColor);
      if (ground.length === 3 || ground[3] === 1) return ground;
    }
    return [255, 255, 255];
  };
  const legible = (element, colour, what) => {
    const ratio = contrast(parse(colour), groundOf(element));
    expect(ratio >= 4.5, what + ' has a contrast of ' + ratio.toFixed(2));
  };
  const isShown = (element) => element.checkVisibility() && element.closest('.hidden, noscript') === null;
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { parentElement: element, data } = texts.currentNode;
    if (data.trim() === '' || !isShown(element) || element.closest('[disabled], option, script') !== null) continue;
    legible(element, getComputedStyle(element).color, JSON.stringify(data.trim().slice(0, 40)));
  }
  const fields = all('input:not([type=hidden]), textarea, select').filter(isShown);
  for (const field of fields) {
    const edge = contrast(parse(getComputedStyle(field).borderTopColor), groundOf(field.parentElement));
    expect(edge >= 3, 'the edge of ' + field.name + ' has a contrast of ' + edge.toFixed(2));
    legible(field, getComputedStyle(field).color, field.name);
    if (field.placeholder) legible(field, getComputedStyle(field, '::placeholder').color, 'the placeholder of ' + field.name);
    expect([...field.labels].some((label) => label.textContent.trim() !== ''), field.name + ' has no label');
  }

  expect(document.documentElement.lang === 'en', 'no language');
  expect(document.title.trim() !== '', 'no title');
  for (const part of ['header', 'main', 'footer', 'h1']) expect(all(part).length === 1, all(part).length + ' ' + part);
  let before = 1;
  for (const heading of all('h1, h2, h3, h4')) {
    const level = Number(heading.tagName[1]);
    expect(level <= before + 1, 'level ' + level + ' after ' + before);
    before = level;
  }
  for (const one of all('a, button').filter(isShown)) expect(one.textContent.trim() !== '', 'a nameless ' + one.tagName);
  for (const image of all('img')) expect(image.hasAttribute('alt') && image.naturalWidth > 0, 'a picture is missing');
  const ids = all('[id]').map(({ id }) => id);
  expect(new Set(ids).size === ids.length, 'an id is there twice');
  for (const one of all('[aria-labelledby], [aria-describedby]')) {
    const named = one.getAttribute('aria-labelledby') ?? one.getAttribute('aria-describedby');
    expect(document.getElementById(named) !== null, 'nothing is called ' + named);
  }
  expect(all('[tabindex], [style], [onclick]').length === 0, 'an order or a style of its own');
  expect(all('script').every(({ src }) => src.startsWith(location.origin)), 'a script of others');
  const moving = all('*').filter((one) => {
    const { animationName, transitionDuration } = getComputedStyle(one);
    return animationName !== 'none' || parseFloat(transitionDuration) > 0;
  });
  expect(moving.length === 0, 'something moves');
  const overflow = document.documentElement.scrollWidth - innerWidth;
  expect(overflow <= 0, overflow + ' pixels too wide');
  return faults;
}`;

/** What Tab stops at, in its order, as a position in the document; each stop must be seen. */
export async function focusStops(page: Page): Promise<{ readonly stops: number[]; readonly wanted: number }> {
  await page.evaluate('document.activeElement.blur()');
  const wanted = Number(await page.evaluate(`${FOCUSABLE}.length`));
  const stops: number[] = [];
  for (let i = 0; i < wanted; i++) {
    await page.keyboard.press('Tab');
    stops.push(Number(await page.evaluate(`${FOCUSABLE}.indexOf(document.activeElement)`)));
    const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle');
    if (outline === 'none') throw new Error(`the focus cannot be seen at stop ${i} of ${page.url()}`);
  }
  return { stops, wanted };
}

const FOCUSABLE =
  "[...document.querySelectorAll('a, button:enabled, input:not([type=hidden]), textarea, select')].filter((e) => e.checkVisibility())";
