// Measures pages as a reader meets them: each in a frame of its own, of some widths. The answer is the text of this document.
"use strict";

// The colour of a text and of what is behind it (WCAG 2.2, contrast ratio).
function luminance([red, green, blue]) {
  const [r, g, b] = [red, green, blue].map((v) => {
    v /= 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function color(text) {
  const numbers = text.match(/[\d.]+/g).map(Number);
  return numbers.length > 3 && numbers[3] === 0 ? null : numbers.slice(0, 3);
}

function contrast(view, element) {
  const style = view.getComputedStyle(element);
  const ink = color(element instanceof view.SVGElement ? style.fill : style.color);
  let behind = null;
  for (let place = element; place && !behind; place = place.parentElement) {
    if (!(place instanceof view.SVGElement)) behind = color(view.getComputedStyle(place).backgroundColor);
  }
  const [high, low] = [luminance(ink), luminance(behind || [255, 255, 255])].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

function measure(name, frame, width) {
  const [page, view] = [frame.contentDocument, frame.contentWindow];
  page.querySelectorAll("details").forEach((details) => { details.open = true; });
  const root = page.documentElement;
  const all = [...page.querySelectorAll("body *")];
  const shown = all.filter((e) => e.getClientRects().length > 0 && !e.closest(".skip") && e.localName !== "title");
  const texts = shown.filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim() !== ""));
  const headings = [...page.querySelectorAll("h1, h2, h3, h4")].map((h) => Number(h.localName[1]));
  const said = (e) => `${e.localName}.${e.getAttribute("class") || ""}: ${e.textContent.trim().slice(0, 40)}`;
  return {
    name, width,
    tooWide: root.scrollWidth > root.clientWidth
      ? shown.filter((e) => e.getBoundingClientRect().right > root.clientWidth + 1 && !e.closest(".scroll, pre")).slice(0, 3).map(said).concat("the page")
      : [],
    requests: view.performance.getEntriesByType("resource").map((r) => r.name),
    foreign: [...page.querySelectorAll("script, img, iframe, object, embed, link, form, base, audio, video, input, button")].map(said)
      .concat([...page.querySelectorAll("*")].flatMap((e) => [...e.attributes].filter((a) => /^on|^style$/i.test(a.name)).map((a) => a.name))),
    faint: texts.filter((e) => contrast(view, e) < 4.5).slice(0, 3).map((e) => `${said(e)} ${contrast(view, e).toFixed(2)}`),
    small: texts.filter((e) => !(e instanceof view.SVGElement) && parseFloat(view.getComputedStyle(e).fontSize) < 11).slice(0, 3).map(said),
    landmarks: ["header", "main", "footer", "h1"].filter((n) => page.querySelectorAll(n).length !== 1),
    skipped: headings.filter((level, index) => level - (index ? headings[index - 1] : 0) > 1).map(String),
    pictures: [...page.querySelectorAll("svg")].filter((s) => s.getAttribute("aria-hidden") !== "true"
      && !(s.getAttribute("role") === "img" && s.getAttribute("aria-label"))).map(said),
    headless: [...page.querySelectorAll("table")].filter((t) => t.querySelectorAll("thead th[scope=col]").length < 2
      || t.querySelector("tbody tr:not(:has(> th[scope=row]))")).map(said),
    unlabelled: [...page.querySelectorAll("section, nav")].filter((s) => !s.getAttribute("aria-label")
      && !page.getElementById(s.getAttribute("aria-labelledby"))).map(said),
    isDark: luminance(color(view.getComputedStyle(page.body).backgroundColor)) < 0.2,
    language: root.lang,
  };
}

(async () => {
  const measures = [];
  for (const [name, html] of Object.entries(PAGES)) {
    for (const width of WIDTHS) {
      const frame = document.createElement("iframe");
      frame.style = `width: ${width}px; height: 900px; border: 0`;
      frame.srcdoc = html;
      await new Promise((loaded) => { frame.onload = loaded; document.body.append(frame); });
      measures.push(measure(name, frame, width));
      frame.remove();
    }
  }
  const answer = document.createElement("pre");
  answer.textContent = `BEGIN${encodeURIComponent(JSON.stringify(measures))}END`;
  document.body.append(answer);
})();
