"""Whether a person can read what a page shows."""

READABLE = 4.5
"""The contrast that WCAG 2 asks of text (AA), to 1."""

# Every text that can be seen, with its contrast to what is painted behind it.
CONTRASTS = """() => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1});
  const brush = canvas.getContext("2d", {willReadFrequently: true});
  const known = new Map();
  const light = (colors) => {
    const key = colors.join();
    if (!known.has(key)) {
      brush.clearRect(0, 0, 1, 1);
      for (const color of colors) {
        brush.fillStyle = color;
        brush.fillRect(0, 0, 1, 1);
      }
      const [r, g, b, alpha] = [...brush.getImageData(0, 0, 1, 1).data].map((each) => each / 255);
      if (alpha < 1) throw new Error(`nothing is painted behind ${key}`);
      const linear = [r, g, b].map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4));
      known.set(key, 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]);
    }
    return known.get(key);
  };
  const behind = (element) => {
    const colors = [];
    for (let each = element; each; each = each.parentElement) colors.unshift(getComputedStyle(each).backgroundColor);
    return colors;
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.data.trim();
    if (!text || !element.checkVisibility({opacityProperty: true}) || element.closest(".unseen, script")) continue;
    const ground = behind(element);
    const [one, other] = [light([...ground, getComputedStyle(element).color]), light(ground)].sort((a, b) => b - a);
    found.push([text.slice(0, 40), (one + 0.05) / (other + 0.05)]);
  }
  return found;
}"""
