"""The Chromium of this machine."""

import shutil

#: The one without windows first: without windows to draw for nobody, the tests cost it half the work.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
PATH = next(filter(None, map(shutil.which, NAMES)), None)
