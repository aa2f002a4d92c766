"""axe-core, asked about a page in a real browser."""

from collections.abc import Sequence

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

#: WCAG 2.2 up to AA, as far as a program can judge it, and what axe's makers hold to be good practice.
EVERYTHING = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"type": "rule", "values": ["color-contrast"]}
#: The second rule is silent about what the first one finds.
STRONG_COLOURS = {"type": "rule", "values": ["color-contrast", "color-contrast-enhanced"]}
#: The stylesheets are our own and known: axe need not fetch them again.
ASK = """async (asked) => {
  const rules = { "target-size": { enabled: true }, "color-contrast-enhanced": { enabled: true } };
  const wanted = { runOnly: asked, rules, resultTypes: ["violations"], preload: false, iframes: false };
  if (asked.type === "tag") delete rules["color-contrast-enhanced"];
  const found = await axe.run(document, wanted);
  const words = (node) => node.failureSummary.split("\\n").slice(1).join(" ").trim();
  const sentence = (rule, node) => `${rule.id} ${node.target.join(" ")}: ${rule.help}; ${words(node)}`;
  return found.violations.flatMap((rule) => rule.nodes.map((node) => sentence(rule, node)));
}"""


def faults(page: Page, asked: dict[str, str | Sequence[str]] = EVERYTHING) -> list[str]:
    """What axe finds wrong: rule, element, what the rule says; our own addresses before each."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return list(page.evaluate(ASK, asked))
