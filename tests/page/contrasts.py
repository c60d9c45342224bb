"""Whether a person can read what a page shows."""

READABLE = 4.5
"""The contrast that WCAG 2 asks of text (AA), to 1."""

# Every text that can be seen, with its contrast to what is painted behind it.
CONTRASTS = """() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (color) => {
    const [r, g, b] = channels(color).map((each) => each / 255)
      .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const color = getComputedStyle(each).backgroundColor;
      const [, , , alpha = 1] = channels(color);
      if (alpha === 1) return color;
      if (alpha > 0) throw new Error(`${color} lets through what is behind it`);
    }
    throw new Error("nothing is painted");
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.data.trim();
    if (!text || !element.checkVisibility() || element.closest(".unseen, script")) continue;
    const [one, other] = [light(getComputedStyle(element).color), light(behind(element))].sort((a, b) => b - a);
    found.push([text.slice(0, 40), (one + 0.05) / (other + 0.05)]);
  }
  return found;
}"""
