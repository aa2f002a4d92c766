"""axe-core, asked about a page in a real browser."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

#: WCAG 2.2 up to AA, as far as a program can judge it, and what axe's makers hold to be good practice; but colours,
#: which cost as much as all the rest and are asked about by palette.
ALL_BUT_COLOURS = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "rules": {"target-size": {"enabled": True}, "color-contrast": {"enabled": False}},
}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
#: The second rule is silent about what the first one finds.
STRONG_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "color-contrast-enhanced"]}}
#: The stylesheets are our own and known: axe need not fetch them again.
ASK = """async ({ asked, within }) => {
  if (within && !document.querySelector(within)) return [];
  const wanted = { ...asked, resultTypes: ["violations"], preload: false, iframes: false };
  const found = await axe.run(within || document, wanted);
  const words = (node) => node.failureSummary.split("\\n").slice(1).join(" ").trim();
  const sentence = (rule, node) => `${rule.id} ${node.target.join(" ")}: ${rule.help}; ${words(node)}`;
  return found.violations.flatMap((rule) => rule.nodes.map((node) => sentence(rule, node)));
}"""


def faults(page: Page, asked: dict[str, Any] = ALL_BUT_COLOURS, within: str = "") -> list[str]:
    """What axe finds wrong on the page, or within what a selector names: rule, element, what the rule says."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return list(page.evaluate(ASK, {"asked": asked, "within": within}))
